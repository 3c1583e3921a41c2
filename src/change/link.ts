import { IMPAIRMENT_KEYS } from '../impairments.js';
import { lasting, leaf } from '../key.js';
import { fault } from '../text/fault.js';
import { grammar } from './grammar.js';

const LINK = leaf('name', 'the name of the link');
const FROM = leaf('name', 'only for what this host or router sends');
const FOR = lasting('take this back by itself after so long', { least: '1ms', most: '24h', usual: 's' });

/** Impairments of a running link, by the names of the file; they add to what is set. */
export const LINK_SET = grammar({
  words: 'link set',
  description:
    'change the impairments of a link; the names are those of the file, 0 means none, and what is not named stays',
  arguments: { link: LINK },
  options: {
    ...IMPAIRMENT_KEYS,
    mtu: leaf('mtu', 'the longest datagram that the link carries, in octets; also of the hosts’ devices'),
    from: FROM,
    for: FOR,
  },
  names: { link: 'link', from: 'owner' },
  examples: [
    ['link set core --delay 50ms --jitter 5ms', 'delay what passes, in both directions'],
    ['link set core --loss 100% --for 2s', 'lose everything for two seconds, then be as before'],
    [
      'link set radio --preset mobile-3g --from alice',
      'what alice sends passes a 3G network: `help presets`',
    ],
    ['link set core --loss 1% --burst 3 --seed 42', 'the same losses each time'],
  ],
  fault: ({ options }) => {
    const named = Object.keys(options);
    if (named.every((name) => name === 'from' || name === 'for'))
      return fault('E-KEY', '`link set` changes nothing', 'add an option, such as `--delay 50ms`');
    return options.mtu !== undefined && options.from !== undefined
      ? fault('E-KEY', 'an MTU is that of the whole link', 'leave out --from, or set the MTU by itself')
      : undefined;
  },
});

/** Takes back what `link set` has changed. */
export const LINK_RESET = grammar({
  words: 'link reset',
  description:
    'take back what `link set` has changed, also what would end by itself: the link is as the file says again',
  arguments: { link: LINK },
  options: { from: FROM },
  names: { link: 'link', from: 'owner' },
  examples: [
    ['link reset core', 'as the file says again'],
    ['link reset core --from alice', 'only what was changed for what alice sends'],
  ],
});

/** Cuts a link. */
export const LINK_DOWN = grammar({
  words: 'link down',
  description: 'cut a link: no interface on it has carrier, and what is on its way is lost',
  arguments: { link: LINK },
  options: { for: FOR },
  names: { link: 'link' },
  examples: [
    ['link down core', 'until `tunpike link up core`'],
    ['link down core --for 5s', 'it comes up by itself'],
  ],
});

/** Mends a link that was cut. */
export const LINK_UP = grammar({
  words: 'link up',
  description: 'let a link that is down pass datagrams again',
  arguments: { link: LINK },
  options: { for: FOR },
  names: { link: 'link' },
  examples: [['link up core', 'routes over it are used again']],
});
