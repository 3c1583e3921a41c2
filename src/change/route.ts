import { type Address, isGroupPrefix, type Prefix, prefixOf } from '../address.js';
import { leaf } from '../key.js';
import { parseAddress, parseHostAddress, parsePrefix } from '../text/addresses.js';
import { type Fault, fault, isFault } from '../text/fault.js';
import { nearest } from '../text/nearest.js';
import { type ChangeBy, grammar } from './grammar.js';

/** A next hop as it is typed: `via 192.0.2.2 dev core weight 2`. */
export interface HopWords {
  readonly via: Address;
  /** An interface, or its link. */
  readonly dev: string | undefined;
  readonly weight: number;
}

/** A route as it is typed, in the words of iproute2. */
export interface RouteWords {
  readonly to: Prefix;
  readonly type: 'unicast' | 'blackhole' | 'unreachable' | 'prohibit';
  /** Of a unicast route; none where `del` leaves them out. */
  readonly nexthops: readonly HopWords[];
  /** Undefined: 0, or any for `del`. */
  readonly metric: number | undefined;
  readonly tos: number | undefined;
}

/** A question as it is typed: `203.0.113.10 from 198.51.100.10`. */
export interface LookupWords {
  readonly destination: Address;
  readonly source: Address | undefined;
  readonly tos: number;
}

const ROUTER = { router: leaf('name', 'the router; default: the only one') };
const COMMON = {
  arguments: {},
  options: ROUTER,
  letters: { r: 'router' },
  names: { router: 'router' },
} as const;
const FORM = 'PREFIX via ADDRESS [dev LINK] [metric N] [tos N]';
const LOOKUP_FORM = 'ADDRESS [from ADDRESS] [tos N]';

export const ROUTE_ADD = grammar({
  ...COMMON,
  words: 'route add',
  description: 'add a route; it lasts until it is deleted, or the lab ends',
  operands: { form: FORM, read: (words) => readRoute('route add', words) },
  examples: [
    [
      'route add 203.0.113.0/24 via 192.0.2.2 dev core metric 5 -r r1',
      'a second way, behind the one with metric 0',
    ],
    ['route add blackhole 198.18.0.0/15', 'drop silently; `unreachable` and `prohibit` answer'],
    ['route add default nexthop via 192.0.2.2 weight 2 nexthop via 198.51.100.20', 'flows two to one'],
  ],
});

export const ROUTE_REPLACE = grammar({
  ...COMMON,
  words: 'route replace',
  description: 'replace the route with the same prefix, metric and tos, or add it; no datagram is lost',
  operands: { form: FORM, read: (words) => readRoute('route replace', words) },
  examples: [['route replace 203.0.113.0/24 via 192.0.2.6', 'the next datagram goes there']],
});

export const ROUTE_DEL = grammar({
  ...COMMON,
  words: 'route del',
  description: 'delete a route, also one of the file',
  operands: {
    form: 'PREFIX [via ADDRESS] [metric N] [tos N]',
    read: (words) => readRoute('route del', words),
  },
  examples: [
    ['route del 203.0.113.0/24 metric 5', 'the one with that metric'],
    ['route del default', 'the one with the lowest metric'],
  ],
});

export const ROUTE_GET = grammar({
  ...COMMON,
  words: 'route get',
  description: 'say where a datagram would go, and by which route; sends nothing',
  operands: { form: LOOKUP_FORM, read: (words) => readLookup(words) },
  examples: [['route get 203.0.113.10 from 198.51.100.10 -r r1', 'exit code 1 if it would be dropped']],
});

/** What a route command asks for. */
type RouteBy<G> = ChangeBy<G> & { readonly arguments: { readonly route: RouteWords } };
export type RouteAdd = RouteBy<typeof ROUTE_ADD>;
export type RouteReplace = RouteBy<typeof ROUTE_REPLACE>;
export type RouteDel = RouteBy<typeof ROUTE_DEL>;
export type RouteGet = ChangeBy<typeof ROUTE_GET> & { readonly arguments: { readonly lookup: LookupWords } };

/** What may be written before a prefix. */
export const ROUTE_TYPES = ['unicast', 'blackhole', 'unreachable', 'prohibit'] as const;
const LARGEST_METRIC = 0xffffffff;
const MOST_WEIGHT = 256;

/** The words of a command, read one after the other. */
class Words {
  readonly #command: string;
  readonly #words: readonly string[];
  #at = 0;

  constructor(command: string, words: readonly string[]) {
    this.#command = command;
    this.#words = words;
  }

  get next(): string | undefined {
    return this.#words[this.#at];
  }

  /** Takes the next word if it is one of these. */
  takeOneOf<Word extends string>(words: readonly Word[]): Word | undefined {
    const found = words.find((word) => word === this.next);
    if (found !== undefined) this.#at += 1;
    return found;
  }

  /** Takes the next word as a value. */
  take<Value>(what: string, read: (text: string) => Value | Fault): Value | Fault {
    const text = this.next;
    if (text === undefined) return fault('E-TYPE', `\`${this.#command}\` needs ${what}`, this.#usage);
    this.#at += 1;
    const value = read(text);
    return isFault(value) ? { ...value, message: `${what}: ${value.message}` } : value;
  }

  /** What is wrong with the next word, which is none of those that may stand there. */
  unexpected(words: readonly string[]): Fault {
    const text = this.next ?? '';
    const meant = nearest(text, words);
    return fault(
      'E-KEY',
      `\`${text.slice(0, 40)}\` is not expected here`,
      meant === undefined ? this.#usage : `did you mean \`${meant}\`?`,
    );
  }

  get #usage(): string {
    return `write \`${this.#command} ${this.#command === 'route get' ? LOOKUP_FORM : FORM}\``;
  }
}

const readRoute = (command: string, given: readonly string[]): { readonly route: RouteWords } | Fault => {
  const words = new Words(command, given);
  const type = words.takeOneOf(ROUTE_TYPES) ?? 'unicast';
  words.takeOneOf(['to']);
  const to = words.take('a prefix', parseDestination);
  if (isFault(to)) return to;
  const rest = readRest(words);
  if (isFault(rest)) return rest;
  const { nexthops, metric, tos, dev } = rest;
  if (type !== 'unicast' && nexthops.length > 0)
    return fault('E-KEY', `a route of the type ${type} has no next hop`, 'leave out `via`');
  if (dev !== undefined)
    return fault('E-KEY', `\`dev ${dev.slice(0, 40)}\` has no next hop`, 'write `via ADDRESS` before it');
  if (type === 'unicast' && nexthops.length === 0 && command !== 'route del')
    return fault(
      'E-KEY',
      'the route has no next hop',
      'add `via ADDRESS`, or write `blackhole`, `unreachable` or `prohibit` before the prefix',
    );
  return { route: { to, type, nexthops, metric, tos } };
};

/** A single address is a prefix of 32 bits, as for iproute2. */
const parseDestination = (text: string): Prefix | Fault => {
  const address = /^[\d.]+$/.test(text) ? parseAddress(text) : undefined;
  const to = address === undefined ? parsePrefix(text) : isFault(address) ? address : prefixOf(address, 32);
  if (isFault(to) || !isGroupPrefix(to)) return to;
  return fault(
    'E-MCAST',
    `\`${text}\` is a range of multicast groups`,
    'write static multicast routes in the file, under `multicast`',
  );
};

interface Rest {
  readonly nexthops: readonly HopWords[];
  readonly metric: number | undefined;
  readonly tos: number | undefined;
  /** A `dev` without a `via`. */
  readonly dev: string | undefined;
}

/** What may be written behind it. */
export const ROUTE_WORDS = ['via', 'dev', 'metric', 'tos', 'nexthop', 'weight'] as const;

const readRest = (words: Words): Rest | Fault => {
  const numbers: { metric?: number; tos?: number } = {};
  let hop: Partial<HopWords> = {};
  const nexthops: HopWords[] = [];
  let isList = false;
  const endHop = (): void => {
    if (hop.via !== undefined) nexthops.push({ dev: undefined, weight: 1, ...hop, via: hop.via });
    hop = {};
  };
  while (words.next !== undefined) {
    const word = words.takeOneOf(ROUTE_WORDS);
    if (word === undefined) return words.unexpected(ROUTE_WORDS);
    if (word === 'nexthop') {
      if (!isList && hop.via !== undefined)
        return fault('E-KEY', '`via` and `nexthop` do not go together', 'write `nexthop` before each `via`');
      if (isList && hop.via === undefined)
        return fault('E-KEY', 'a `nexthop` has no `via`', 'write `nexthop via ADDRESS`');
      endHop();
      isList = true;
    } else if (word === 'metric' || word === 'tos') {
      const number = words.take(word, word === 'tos' ? parseTos : numberUpTo(0, LARGEST_METRIC));
      if (isFault(number)) return number;
      if (numbers[word] !== undefined) return twice(word);
      numbers[word] = number;
    } else {
      const value = words.take<number | string>(word, HOP_VALUES[word]);
      if (isFault(value)) return value;
      if (hop[word] !== undefined) return twice(word);
      hop = { ...hop, [word]: value };
    }
  }
  if (isList && hop.via === undefined)
    return fault('E-KEY', 'a `nexthop` has no `via`', 'write `nexthop via ADDRESS`');
  const dev = hop.via === undefined ? hop.dev : undefined;
  endHop();
  return { nexthops, metric: numbers.metric, tos: numbers.tos, dev };
};

const twice = (word: string): Fault => fault('E-DUPLICATE', `\`${word}\` is written twice`, 'write it once');

const numberUpTo =
  (least: number, most: number) =>
  (text: string): number | Fault =>
    /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most
      ? Number(text)
      : fault(
          'E-RANGE',
          `\`${text.slice(0, 40)}\` is out of range`,
          `write a number from ${least} to ${most}`,
        );

/** As iproute2 reads it: in hexadecimal, with or without `0x`. */
const parseTos = (text: string): number | Fault =>
  /^(0x)?[0-9a-f]{1,2}$/i.test(text)
    ? Number.parseInt(text, 16)
    : fault('E-RANGE', `\`${text.slice(0, 40)}\` is no type of service`, 'write it in hexadecimal: `0x10`');

const HOP_VALUES = {
  via: parseHostAddress,
  dev: (text: string): string => text,
  weight: numberUpTo(1, MOST_WEIGHT),
} as const;

const readLookup = (given: readonly string[]): { readonly lookup: LookupWords } | Fault => {
  const words = new Words('route get', given);
  words.takeOneOf(['to']);
  const destination = words.take('an address', parseAddress);
  if (isFault(destination)) return destination;
  const found: { from?: number; tos?: number } = {};
  while (words.next !== undefined) {
    const word = words.takeOneOf(['from', 'tos'] as const);
    if (word === undefined) return words.unexpected(['from', 'tos']);
    const value = words.take(word, word === 'tos' ? parseTos : parseHostAddress);
    if (isFault(value)) return value;
    if (found[word] !== undefined) return twice(word);
    found[word] = value;
  }
  return { lookup: { destination, source: found.from, tos: found.tos ?? 0 } };
};
