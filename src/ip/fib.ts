import { type Address, lastAddress, type Prefix } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { Interface } from '../interface.js';
import type { NextHop, RouteType } from './rib.js';

/** How datagrams for one prefix and type of service are forwarded. */
export interface Way {
  readonly type: RouteType;
  readonly prefix: Prefix;
  /** Undefined: every type of service without a way of its own. */
  readonly tos: number | undefined;
  /** The usable ones; never empty for unicast, and for connected only if the interface is down. */
  readonly nexthops: readonly NextHop[];
  readonly totalWeight: number;
}

/** What a router knows about one address. */
export interface FibEntry {
  readonly prefix: Prefix;
  /** `local`: ours. `broadcast`: {network, -1} of an attached network. `network`: {network, 0} of one. */
  readonly kind: 'route' | 'local' | 'broadcast' | 'network';
  /** For local, broadcast and network: the interface with the address; undefined for a loopback address. */
  readonly interface: Interface | undefined;
  /** For routes: the way for any type of service, if there is one. */
  readonly way: Way | undefined;
  /** The ways for one type of service only. */
  readonly tosWays: readonly Way[];
}

/**
 * The compiled lookup: longest prefix match by one binary search.
 *
 * Prefixes nest or are disjoint, so they cut the address space into ranges that each have one longest
 * prefix. `starts[i]` is where range i begins, `entries[i]` its entry. Never changed; a newly compiled one
 * replaces it.
 *
 * Source: RFC 1812 §5.2.4.3.
 */
export class Fib {
  readonly #starts: Uint32Array;
  readonly #entries: readonly (FibEntry | undefined)[];

  constructor(starts: Uint32Array, entries: readonly (FibEntry | undefined)[]) {
    this.#starts = starts;
    this.#entries = entries;
  }

  /** The entry with the longest prefix that contains the address; undefined if there is no route. */
  lookup(address: Address): FibEntry | undefined {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle]! <= address) low = middle;
      else high = middle - 1;
    }
    return this.#entries[low];
  }
}

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

/** A FIB of entries with distinct prefixes, in any order. */
export const fibOf = (unordered: Iterable<FibEntry>): Fib => {
  const entries = [...unordered].sort(
    (a, b) => a.prefix.network - b.prefix.network || a.prefix.length - b.prefix.length,
  );
  const starts: number[] = [];
  const held: (FibEntry | undefined)[] = [];
  const begin = (start: number, entry: FibEntry | undefined): void => {
    if (starts.at(-1) === start) held[held.length - 1] = entry;
    else {
      starts.push(start);
      held.push(entry);
    }
  };
  const open: FibEntry[] = [];
  const closeBefore = (network: number): void => {
    for (let top = open.at(-1); top !== undefined && lastAddress(top.prefix) < network; top = open.at(-1)) {
      open.pop();
      begin(lastAddress(top.prefix) + 1, open.at(-1));
    }
  };
  begin(0, undefined);
  for (const entry of entries) {
    closeBefore(entry.prefix.network);
    begin(entry.prefix.network, entry);
    open.push(entry);
  }
  closeBefore(2 ** 32);
  if (starts.at(-1) === 2 ** 32) {
    starts.pop();
    held.pop();
  }
  return new Fib(Uint32Array.from(starts), held);
};
