import { type Address, lastAddress, mask, type Prefix } from '../address.js';
import type { Interface } from '../interface.js';
import { egressOf, type Fib, type FibEntry, fibOf, type Way } from './fib.js';
import type { NextHop, Rib, Route } from './rib.js';

/**
 * Compiles routes, interfaces and own addresses into a FIB.
 *
 * Routes through an interface that is down are not used, and a next hop without a working owner gives way to one
 * that has one. A connected network whose interface is down stays known, without a next hop, because its hosts
 * may be alive. Source: RFC 1812 §5.3.12.3.
 */
export const compileFib = (rib: Rib, interfaces: readonly Interface[], loopback: Address | undefined): Fib =>
  fibOf(collectEntries(rib, interfaces, loopback));

/** The routes in use: neither withdrawn nor shadowed by a better one. */
export const routesInUse = (rib: Rib, interfaces: readonly Interface[]): ReadonlySet<Route> => {
  const inUse = new Set<Route>();
  for (const routes of groupBy(rib, (route) => keyOf(route.prefix)).values())
    for (const sameTos of groupBy(routes, (route) => route.tos).values()) {
      const choice = choose(sameTos, interfaces);
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
    const entry = routeEntry(routes, interfaces);
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

const routeEntry = (routes: readonly Route[], interfaces: readonly Interface[]): FibEntry | undefined => {
  const prefix = routes[0]!.prefix;
  const tosWays: Way[] = [];
  let plain: Way | undefined;
  for (const [tos, sameTos] of groupBy(routes, (route) => route.tos)) {
    const choice = choose(sameTos, interfaces);
    if (choice === undefined) continue;
    if (tos === undefined) plain = wayOf(choice);
    else tosWays.push(wayOf(choice));
  }
  if (plain === undefined && tosWays.length === 0) return undefined;
  return { prefix, kind: 'route', interface: undefined, way: plain, tosWays };
};

/** A route, and those of its next hops that are usable now. */
interface Choice {
  readonly route: Route;
  readonly nexthops: readonly NextHop[];
}

/** The usable route with the lowest metric. Source: RFC 1812 §5.2.4.3 (4). */
const choose = (routes: readonly Route[], interfaces: readonly Interface[]): Choice | undefined => {
  const byMetric = [...routes].sort((a, b) => a.metric - b.metric);
  let unreached: Choice | undefined;
  for (const route of byMetric) {
    if (route.nexthops.length === 0) return unreached ?? { route, nexthops: [] };
    const up = route.nexthops.filter((hop) => egressOf(hop, interfaces).up);
    if (up.length === 0) {
      if (route.type === 'connected') unreached ??= { route, nexthops: [] };
      continue;
    }
    const reached =
      route.type === 'connected'
        ? up
        : up.filter((hop) => egressOf(hop, interfaces).wire.resolve(hop.via) !== undefined);
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

/** The connected routes of interfaces, one for each subnet. */
export const connectedRoutes = (interfaces: readonly Interface[]): Route[] =>
  interfaces.flatMap((each) =>
    each.addresses
      .filter(({ prefix }, at, all) => all.findIndex((other) => isSamePrefix(other.prefix, prefix)) === at)
      .map(({ prefix }) => ({
        prefix,
        type: 'connected' as const,
        nexthops: [{ via: 0, egress: each.index, weight: 1 }],
        metric: 0,
        tos: undefined,
        origin: 'connected' as const,
      })),
  );

const isSamePrefix = (a: Prefix, b: Prefix): boolean =>
  a.length === b.length && ((a.network ^ b.network) & mask(a.length)) === 0;
