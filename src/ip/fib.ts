import { type Address, type Prefix, prefixOf } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { Interface } from '../interface.js';
import { BLOCK_BITS, COVERED, SEARCHED, UNKNOWN } from './prefix-index.js';
import { CAPACITY, COUNT, COVER, LENGTH, LENGTH_BITS, ROW } from './prefix-rows.js';
import type { PrefixTable } from './prefix-table.js';
import type { NextHop, RouteType } from './route.js';
import { PAGE_BITS, PLACE } from './segments.js';

/** How datagrams for some prefixes and one type of service are forwarded. */
export interface Way {
  readonly type: RouteType;
  /** Undefined: every type of service without a way of its own. */
  readonly tos: number | undefined;
  /** The usable ones; never empty for unicast, and for connected only if the interface is down. */
  readonly nexthops: readonly NextHop[];
  readonly totalWeight: number;
}

/** What a router knows about one address. Valid until routes or interfaces change. */
export interface FibEntry {
  /** `local`: ours. `broadcast`: {network, -1} of an attached network. `network`: {network, 0} of one. */
  readonly kind: 'route' | 'local' | 'broadcast' | 'network';
  /** For local, broadcast and network: the interface with the address; undefined for a loopback address. */
  readonly interface: Interface | undefined;
  /** For routes: the way for any type of service, if there is one. */
  readonly way: Way | undefined;
  /** The ways for one type of service only. */
  readonly tosWays: readonly Way[];
}

/** An entry as it was after some change. */
export interface CompiledEntry extends FibEntry {
  /** Whether it has any way at all; if not, the next shorter prefix counts. */
  readonly isUsable: boolean;
  readonly compiledAt: number;
}

/** The entries that prefixes share, by number. */
export interface FibEntries {
  readonly all: readonly (CompiledEntry | undefined)[];
  /** Counts the changes of interfaces and neighbors: an entry that was compiled before the last one is out of date. */
  readonly changes: number;
  compile(number: number): void;
}

/**
 * The lookup: longest prefix match by binary search among the prefixes that share their first bits with an address.
 *
 * It follows every change at once. Entries are compiled when they are first looked up after a change, so that a
 * change costs the same however many routes it concerns.
 *
 * Source: RFC 1812 §5.2.4.3.
 */
export class Fib {
  readonly #prefixes: PrefixTable;
  readonly #entries: FibEntries;
  /** Some of the last addresses that were looked up, and what was found (measured: most datagrams need no search). */
  readonly #addresses = new Uint32Array(REMEMBERED);
  readonly #found: (FibEntry | undefined)[] = new Array(REMEMBERED).fill(undefined);
  #isAnyFound = false;

  constructor(prefixes: PrefixTable, entries: FibEntries) {
    this.#prefixes = prefixes;
    this.#entries = entries;
  }

  /** The entry with the longest prefix that contains the address; undefined if there is no route. */
  lookup(address: Address): FibEntry | undefined {
    const { index, rows } = this.#prefixes;
    if (index === undefined) {
      const at = placeOf(address);
      const found = this.#found[at];
      if (found !== undefined && this.#addresses[at] === address) return found;
    } else {
      let number = index.numbers[address >>> BLOCK_BITS]!;
      if (number === COVERED) {
        number = rows.words[(address >>> 16) * ROW + COVER]! >>> LENGTH_BITS;
        if (number === 0) return undefined;
      } else if (number === SEARCHED) number = UNKNOWN;
      const entry = this.#entries.all[number];
      if (entry !== undefined && entry.compiledAt === this.#entries.changes && entry.isUsable) return entry;
    }
    return this.#search(address);
  }

  /** To be called when prefixes or entries have changed. */
  changed(): void {
    if (!this.#isAnyFound) return;
    this.#found.fill(undefined);
    this.#isAnyFound = false;
  }

  #search(address: Address): FibEntry | undefined {
    const entry = this.#entries.all[this.#match(address) >>> LENGTH_BITS];
    const { index } = this.#prefixes;
    if (index === undefined) {
      const at = placeOf(address);
      this.#addresses[at] = address;
      this.#found[at] = entry;
      this.#isAnyFound = true;
    } else if (index.numbers[address >>> BLOCK_BITS] === UNKNOWN) this.#prefixes.fillIndex(index, address);
    return entry;
  }

  /** The prefix whose entry a lookup finds. */
  prefixOf(address: Address): Prefix | undefined {
    const word = this.#match(address);
    return word === 0 ? undefined : prefixOf(address, word & LENGTH);
  }

  /** The word of the longest prefix with a usable entry; 0 if there is none. */
  #match(address: Address): number {
    let word = this.#longest(address, ANY_LENGTH);
    while (word !== 0) {
      const entry = this.#entries.all[word >>> LENGTH_BITS]!;
      if (entry.compiledAt !== this.#entries.changes) this.#entries.compile(word >>> LENGTH_BITS);
      if (entry.isUsable) break;
      word = this.#longest(address, word & LENGTH);
    }
    return word;
  }

  /** The word of the longest prefix that contains an address and is shorter than `limit`; 0 if there is none. */
  #longest(address: Address, limit: number): number {
    const { rows, shift } = this.#prefixes;
    const row = ((address >>> 16) >>> shift) * ROW;
    const word = this.#longestIn(row, address, limit);
    if (word !== 0) return word;
    const cover = rows.words[row + COVER]!;
    return (cover & LENGTH) < limit ? cover : this.#longestIn(rows.words.length - ROW, address, limit);
  }

  /** The same among the prefixes of one row. */
  #longestIn(row: number, address: Address, limit: number): number {
    const { words, pages } = this.#prefixes.rows;
    const count = words[row + COUNT]!;
    if (count === 0) return 0;
    const segment = words[row]!;
    const page = pages[segment >>> PAGE_BITS]!;
    const base = segment & PLACE;
    // The last prefix that begins at the address or before it.
    let low = base - 1;
    let end = base + count;
    while (end - low > 1) {
      const middle = (low + end) >>> 1;
      if (page[middle]! <= address) low = middle;
      else end = middle;
    }
    const capacity = words[row + CAPACITY]!;
    while (low >= base) {
      const word = page[low + capacity]!;
      const length = word & LENGTH;
      const isIn = length === 0 || (address ^ page[low]!) >>> (32 - length) === 0;
      if (isIn && length < limit) return word;
      low = base + page[low + 2 * capacity]! - 1;
    }
    return 0;
  }
}

const REMEMBERED = 256;

/** Where an address is remembered, by Knuth's multiplicative hash. */
const placeOf = (address: Address): number => Math.imul(address, 0x9e3779b1) >>> 24;

/** More than any prefix has. */
const ANY_LENGTH = 33;

/** The way of an entry for a type of service; undefined is a TOS miss. Source: RFC 1812 §5.2.4.3 (3). */
export const wayFor = (entry: FibEntry, tos: number): Way | undefined => {
  if (entry.tosWays.length > 0) {
    const wanted = tos & 0x1e;
    for (const way of entry.tosWays) if ((way.tos! & 0x1e) === wanted) return way;
  }
  return entry.way;
};

/** The only next hop of a way, or the drop reason of a way without one; undefined if there are several. */
export const onlyNextHop = (way: Way): NextHop | DropReason | undefined => {
  if (way.nexthops.length === 1) return way.nexthops[0]!;
  return way.nexthops.length === 0 ? (NO_NEXT_HOP[way.type] ?? 'no-route') : undefined;
};

const NO_NEXT_HOP: Readonly<Partial<Record<RouteType, DropReason>>> = {
  connected: 'host-unreachable',
  blackhole: 'blackhole',
  unreachable: 'unreachable-route',
  prohibit: 'prohibit-route',
};

/** The next hop of a way for a hash, in proportion to the weights. Source: RFC 2992 §2. */
export const pickNextHop = (way: Way, hash: number): NextHop => {
  let point = Math.floor((hash / 2 ** 32) * way.totalWeight);
  for (const hop of way.nexthops) {
    point -= hop.weight;
    if (point < 0) return hop;
  }
  return way.nexthops[0]!;
};

/** The egress of a next hop, among the interfaces of its router. */
export const egressOf = (hop: NextHop, interfaces: readonly Interface[]): Interface =>
  interfaces[hop.egress - 1]!;

/** Whether any way of an entry leaves by an interface. */
export const leadsTo = (entry: FibEntry, egress: Interface): boolean => {
  const ways = entry.way === undefined ? entry.tosWays : [entry.way, ...entry.tosWays];
  return ways.some((way) => way.nexthops.some((hop) => hop.egress === egress.index));
};
