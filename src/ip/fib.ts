import { type Address, lastAddress, mask, type Prefix } from '../address.js';
import type { Interface } from '../interface.js';
import type { NextHop, Rib, Route, RouteType } from './rib.js';

/** What becomes of datagrams for one prefix and type of service. */
export interface Way {
  readonly type: RouteType;
  readonly prefix: Prefix;
  /** Undefined: for every type of service that no other way of the prefix names. */
  readonly tos: number | undefined;
  /** Those that are usable now; never empty for unicast, and for connected only where the interface is down. */
  readonly nexthops: readonly NextHop[];
  readonly totalWeight: number;
}

/** What a router knows of one address. */
export interface FibEntry {
  readonly prefix: Prefix;
  /** `local`: ours. `broadcast`: {network, -1} of an attached network. `network`: {network, 0} of one. */
  readonly kind: 'route' | 'local' | 'broadcast' | 'network';
  /** For local, broadcast and network: the interface that has the address; undefined for a loopback address. */
  readonly interface: Interface | undefined;
  /** For routes: the way without a type of service, where there is one. */
  readonly way: Way | undefined;
  /** Ways that count for one type of service only. */
  readonly tosWays: readonly Way[];
}

/**
 * The compiled lookup: longest prefix first, in one binary search.
 *
 * Prefixes nest or are disjoint, so they cut the address space into ranges that each have one longest
 * prefix. `starts[i]` is where range i begins, `entries[i]` what holds in it. Never changed; a new one is
 * compiled and takes its place.
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

  /** The entry with the longest prefix that contains the address; undefined where there is no route. */
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

/** The way for a type of service among those of one entry; undefined is a TOS miss. Source: RFC 1812 §5.2.4.3 (3). */
export const wayFor = (entry: FibEntry, tos: number): Way | undefined => {
  if (entry.tosWays.length > 0) {
    const wanted = tos & 0x1e;
    for (const way of entry.tosWays) if ((way.tos! & 0x1e) === wanted) return way;
  }
  return entry.way;
};

/** Whether some way of an entry leaves by an interface. */
export const leadsTo = (entry: FibEntry, egress: Interface): boolean => {
  const ways = entry.way === undefined ? entry.tosWays : [entry.way, ...entry.tosWays];
  return ways.some((way) => way.nexthops.some((hop) => hop.interface === egress));
};

/**
 * Compiles routes, interfaces and own addresses into a FIB.
 *
 * An interface that is down loses its routes, and a next hop that nobody who is up owns gives way to
 * one that is; a connected network whose interface is down stays known, without a next hop,
 * for its hosts may live. Source: RFC 1812 §5.3.12.3.
 */
export const compileFib = (rib: Rib, interfaces: readonly Interface[], loopback: Address | undefined): Fib =>
  fibOf(collectEntries(rib, interfaces, loopback));

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

/** The routes that datagrams follow now: neither withdrawn nor waiting for a better one to go. */
export const routesInUse = (rib: Rib): ReadonlySet<Route> => {
  const inUse = new Set<Route>();
  for (const routes of groupBy(rib, (route) => keyOf(route.prefix)).values())
    for (const sameTos of groupBy(routes, (route) => route.tos).values()) {
      const choice = choose(sameTos);
      if (choice !== undefined && (choice.nexthops.length > 0 || choice.route.nexthops.length === 0))
        inUse.add(choice.route);
    }
  return inUse;
};

// One number for each prefix: 2^32 networks times 33 lengths stay below 2^53.
const keyOf = (prefix: Prefix): number => prefix.network * 64 + prefix.length;

const collectEntries = (
  rib: Rib,
  interfaces: readonly Interface[],
  loopback: Address | undefined,
): Iterable<FibEntry> => {
  const entries = new Map<number, FibEntry>();
  for (const [key, routes] of groupBy(rib, (route) => keyOf(route.prefix))) {
    const entry = routeEntry(routes);
    if (entry !== undefined) entries.set(key, entry);
  }
  for (const each of interfaces) {
    for (const { prefix } of each.addresses) {
      if (prefix.length > 30) continue;
      const ends = [
        ['network', prefix.network],
        ['broadcast', lastAddress(prefix)],
      ] as const;
      for (const [kind, network] of ends) setHost(entries, network, kind, each);
    }
  }
  for (const each of interfaces)
    for (const { address } of each.addresses) setHost(entries, address, 'local', each);
  if (loopback !== undefined) setHost(entries, loopback, 'local', undefined);
  return entries.values();
};

const setHost = (
  entries: Map<number, FibEntry>,
  network: Address,
  kind: FibEntry['kind'],
  of: Interface | undefined,
): void => {
  const prefix = { network, length: 32 };
  const key = keyOf(prefix);
  if (entries.get(key)?.kind === 'local') return;
  entries.set(key, { prefix, kind, interface: of, way: undefined, tosWays: [] });
};

const routeEntry = (routes: readonly Route[]): FibEntry | undefined => {
  const prefix = routes[0]!.prefix;
  const tosWays: Way[] = [];
  let plain: Way | undefined;
  for (const [tos, sameTos] of groupBy(routes, (route) => route.tos)) {
    const choice = choose(sameTos);
    if (choice === undefined) continue;
    if (tos === undefined) plain = wayOf(choice);
    else tosWays.push(wayOf(choice));
  }
  if (plain === undefined && tosWays.length === 0) return undefined;
  return { prefix, kind: 'route', interface: undefined, way: plain, tosWays };
};

/** A route, and those of its next hops that count now. */
interface Choice {
  readonly route: Route;
  readonly nexthops: readonly NextHop[];
}

/** The route of the lowest metric that can be used now. Source: RFC 1812 §5.2.4.3 (4). */
const choose = (routes: readonly Route[]): Choice | undefined => {
  const byMetric = [...routes].sort((a, b) => a.metric - b.metric);
  let unreached: Choice | undefined;
  for (const route of byMetric) {
    if (route.nexthops.length === 0) return unreached ?? { route, nexthops: [] };
    const up = route.nexthops.filter((hop) => hop.interface.up);
    if (up.length === 0) {
      if (route.type === 'connected') unreached ??= { route, nexthops: [] };
      continue;
    }
    const reached = route.type === 'connected' ? up : up.filter((hop) => hop.interface.wire.reaches(hop.via));
    if (reached.length > 0) return { route, nexthops: reached };
    unreached ??= { route, nexthops: up };
  }
  return unreached;
};

const wayOf = ({ route, nexthops }: Choice): Way => ({
  type: route.type,
  prefix: route.prefix,
  tos: route.tos,
  nexthops,
  totalWeight: nexthops.reduce((total, hop) => total + hop.weight, 0),
});

const groupBy = <Item, Key>(items: Iterable<Item>, keyOf: (item: Item) => Key): Map<Key, Item[]> => {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
};

/** The directly attached routes of interfaces, one for each subnet. */
export const connectedRoutes = (interfaces: readonly Interface[]): Route[] =>
  interfaces.flatMap((each) =>
    each.addresses
      .filter(({ prefix }, at, all) => all.findIndex((other) => isSamePrefix(other.prefix, prefix)) === at)
      .map(({ prefix }) => ({
        prefix,
        type: 'connected' as const,
        nexthops: [{ via: 0, interface: each, weight: 1 }],
        metric: 0,
        tos: undefined,
        origin: 'connected' as const,
      })),
  );

const isSamePrefix = (a: Prefix, b: Prefix): boolean =>
  a.length === b.length && ((a.network ^ b.network) & mask(a.length)) === 0;
