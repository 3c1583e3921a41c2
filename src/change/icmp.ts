import { leaf } from '../key.js';
import { ICMP_KEYS } from '../settings.js';
import { fault } from '../text/fault.js';
import { flattened } from './flatten.js';
import { grammar } from './grammar.js';

/** What a running router sends by ICMP, by the names of the file. */
export const ICMP_SET = grammar({
  words: 'icmp set',
  description: 'change what a router sends by ICMP; the names are those of the file',
  arguments: {},
  options: { ...flattened(ICMP_KEYS), router: leaf('name', 'the router; default: the only one') },
  letters: { r: 'router' },
  names: { router: 'router' },
  examples: [
    ['icmp set --frag-needed false -r r2', 'make r2 an MTU black hole'],
    ['icmp set --rate-limit-per-second 10 --rate-limit-burst 10', 'limit errors to ten a second'],
    ['icmp set --extensions incoming,next-hop', 'name interfaces in errors (RFC 5837)'],
  ],
  fault: ({ options }) =>
    Object.keys(options).every((name) => name === 'router')
      ? fault('E-KEY', '`icmp set` changes nothing', 'add an option, such as `--frag-needed false`')
      : undefined,
});
