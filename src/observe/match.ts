import { contains, type Prefix } from '../address.js';
import { dropReasons } from '../drop-reason.js';
import type { Event } from '../event.js';
import { Failure } from '../failure.js';
import { parseAddress, parsePrefix } from '../text/addresses.js';
import { accepted } from '../text/fault.js';
import { nearest } from '../text/nearest.js';
import { PROTOCOLS } from '../text/protocols.js';
import type { Matchable } from './event-record.js';

/** Whether all conditions hold; a condition on a missing field never does. */
export type Match = (fields: Matchable) => boolean;

interface Key {
  readonly field: keyof Matchable;
  readonly kind: 'text' | 'number' | 'prefix' | 'protocol';
  readonly means: string;
}

/** Every key of `--match`. */
export const MATCH_KEYS = {
  router: { field: 'router', kind: 'text', means: 'r1' },
  interface: { field: 'interface', kind: 'text', means: 'r1.red' },
  link: { field: 'link', kind: 'text', means: 'red' },
  reason: { field: 'reason', kind: 'text', means: 'a drop reason, for example no-route' },
  event: { field: 'event', kind: 'text', means: 'join, leave, withdrawn, down …' },
  why: {
    field: 'why',
    kind: 'text',
    means: 'why nothing was sent, or the cause of a warning: rate-limit, group-limit',
  },
  message: { field: 'message', kind: 'text', means: 'an ICMP message, for example ttl-exceeded' },
  source: { field: 'source', kind: 'prefix', means: 'an address or a prefix' },
  destination: { field: 'destination', kind: 'prefix', means: 'an address or a prefix' },
  group: { field: 'group', kind: 'prefix', means: 'a group or a prefix of groups' },
  reporter: { field: 'reporter', kind: 'prefix', means: 'the host that reported a group' },
  protocol: { field: 'protocol', kind: 'protocol', means: 'icmp, igmp, tcp, udp or a number' },
  'source-port': { field: 'sourcePort', kind: 'number', means: 'of UDP or TCP' },
  'destination-port': { field: 'destinationPort', kind: 'number', means: 'of UDP or TCP' },
  size: { field: 'length', kind: 'number', means: 'total length in octets' },
  ttl: { field: 'ttl', kind: 'number', means: '0 to 255' },
} as const satisfies Readonly<Record<string, Key>>;

/** The words that a key can have, where that is a closed list. */
export type KnownWords = Readonly<Partial<Record<keyof typeof MATCH_KEYS, readonly string[]>>>;

const EVENTS: Readonly<Record<Extract<Event, { readonly event: string }>['event'], true>> = {
  join: true,
  leave: true,
  expire: true,
  'querier-elected': true,
  'query-sent': true,
  warning: true,
  withdrawn: true,
  restored: true,
  add: true,
  del: true,
  replace: true,
  up: true,
  down: true,
  gone: true,
  changed: true,
  'neighbor-learned': true,
  'neighbor-moved': true,
  'neighbor-lost': true,
  applied: true,
  refused: true,
};

/** Those that are the same in every lab. */
const WORDS: KnownWords = { reason: dropReasons(), event: Object.keys(EVENTS) };

const checkWord = (name: string, value: string, known: readonly string[] | undefined): void => {
  if (known === undefined || known.includes(value)) return;
  const near = nearest(value, known);
  throw new Failure(
    2,
    `no ${name} is called '${value}'`,
    `${near === undefined ? '' : `did you mean ${near}? `}${name} is one of ${known.join(' ') || '(none)'}`,
  );
};

/**
 * Reads `protocol=udp destination=10.0.3.0/24 size>1400`: conditions separated by blanks, all of which must hold.
 *
 * Every key takes `=`, numbers also `<` and `>`. `known` lists the words of more keys than are known everywhere.
 * Throws a `Failure` (2) that says what is wrong, also about a word that nothing ever matches.
 */
export const parseMatch = (expression: string, known: KnownWords = {}): Match => {
  const words = { ...WORDS, ...known };
  const tests = expression
    .split(/\s+/)
    .filter(Boolean)
    .map((pair) => parsePair(pair, words));
  return (fields) => tests.every((test) => test(fields));
};

const parsePair = (pair: string, known: KnownWords): Match => {
  const parts = /^([a-z-]+)([=<>])(.+)$/.exec(pair);
  if (parts === null) throw new Failure(2, `\`${pair}\` is not KEY=VALUE`, `keys: ${KEY_LIST}`);
  const [, name = '', operator = '', value = ''] = parts;
  if (!isKey(name)) {
    const near = nearest(name, Object.keys(MATCH_KEYS));
    throw new Failure(
      2,
      `unknown key '${name}'`,
      near === undefined ? `one of ${KEY_LIST}` : `did you mean ${near}?`,
    );
  }
  const { field, kind }: Key = MATCH_KEYS[name];
  if (operator !== '=' && kind !== 'number')
    throw new Failure(2, `\`${pair}\`: only numbers can be compared`, `write ${name}=${value}`);
  switch (kind) {
    case 'text':
      checkWord(name, value, known[name]);
      return (fields) => fields[field] === value;
    case 'prefix':
      return within(field, prefixFrom(value));
    case 'protocol':
      return compared(
        field,
        '=',
        numberFrom(pair, String(PROTOCOLS.get(value) ?? value), 'icmp, igmp, tcp, udp or a number'),
      );
    default:
      return compared(field, operator, numberFrom(pair, value, 'a number'));
  }
};

const KEY_LIST = Object.keys(MATCH_KEYS).join(' ');

const isKey = (name: string): name is keyof typeof MATCH_KEYS => Object.hasOwn(MATCH_KEYS, name);

const within =
  (field: keyof Matchable, prefix: Prefix): Match =>
  (fields) => {
    const address = fields[field];
    return typeof address === 'number' && contains(prefix, address);
  };

const compared =
  (field: keyof Matchable, operator: string, wanted: number): Match =>
  (fields) => {
    const value = fields[field];
    if (typeof value !== 'number') return false;
    return operator === '=' ? value === wanted : operator === '<' ? value < wanted : value > wanted;
  };

const prefixFrom = (text: string): Prefix =>
  text.includes('/') || text === 'default'
    ? accepted(parsePrefix(text))
    : { network: accepted(parseAddress(text)), length: 32 };

const numberFrom = (pair: string, text: string, wanted: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Failure(2, `\`${pair}\`: not ${wanted}`, `give ${wanted}`);
};
