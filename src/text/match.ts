import { contains, type Prefix } from '../address.js';
import { dropReasons } from '../drop-reason.js';
import { Failure } from '../failure.js';
import { parseAddress, parsePrefix } from './addresses.js';
import { accepted } from './fault.js';
import { nearest } from './nearest.js';
import { PROTOCOLS } from './protocols.js';

/** What `--match` looks at; whatever is matched has some of these fields. Addresses are numbers. */
export interface Matchable {
  readonly source?: number | null;
  readonly destination?: number | null;
  readonly protocol?: number | null;
  /** In octets. */
  readonly length?: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly interface?: string | null;
  readonly reason?: string;
}

/** Whether all conditions hold; a condition on a missing field never does. */
export type Match = (fields: Matchable) => boolean;

interface Key {
  readonly field: keyof Matchable;
  readonly kind: 'text' | 'number' | 'length' | 'prefix' | 'protocol';
  readonly means: string;
}

/** Every key of `--match`. */
export const MATCH_KEYS = {
  protocol: { field: 'protocol', kind: 'protocol', means: 'icmp, igmp, tcp, udp or a number' },
  source: { field: 'source', kind: 'prefix', means: 'an address or a prefix' },
  destination: { field: 'destination', kind: 'prefix', means: 'an address or a prefix' },
  'source-port': { field: 'sourcePort', kind: 'number', means: 'of UDP or TCP' },
  'destination-port': { field: 'destinationPort', kind: 'number', means: 'of UDP or TCP' },
  size: { field: 'length', kind: 'length', means: 'total length in octets; also size<N and size>N' },
  interface: { field: 'interface', kind: 'text', means: 'r1.red' },
  reason: { field: 'reason', kind: 'text', means: 'a drop reason, for example no-route' },
} as const satisfies Readonly<Record<string, Key>>;

/** The words that a key can have, where that is a closed list. */
export type KnownWords = Readonly<Partial<Record<keyof typeof MATCH_KEYS, readonly string[]>>>;

/** Those that are the same in every lab. */
const WORDS: KnownWords = { reason: dropReasons() };

/** All have to hold, so that more than a few for each key say nothing new. */
const MOST_CONDITIONS = 32;

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
 * Every key takes `=`, `size` also `<` and `>`. `known` lists the words of more keys than are known everywhere.
 * Throws a `Failure` (2) that says what is wrong, also about a word that nothing ever matches.
 */
export const parseMatch = (expression: string, known: KnownWords = {}): Match => {
  const words = { ...WORDS, ...known };
  const pairs = expression.split(/\s+/).filter(Boolean);
  if (pairs.length > MOST_CONDITIONS)
    throw new Failure(
      2,
      `${pairs.length} conditions are too many: each is asked about every datagram`,
      `give ${MOST_CONDITIONS} at most`,
    );
  const tests = pairs.map((pair) => parsePair(pair, words));
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
      `${near === undefined ? '' : `did you mean ${near}? `}one of ${KEY_LIST}`,
    );
  }
  const { field, kind }: Key = MATCH_KEYS[name];
  if (operator !== '=' && kind !== 'length')
    throw new Failure(2, `\`${pair}\`: only size can be compared`, `write ${name}=${value}`);
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
