import { type Address, lastAddress, type Prefix } from '../address.js';
import type { Interface } from '../interface.js';
import { egressOf, type FibEntries, type Way } from './fib.js';
import type { Own, Path, PathList, PathLists } from './path-list.js';
import type { NextHop, Route } from './route.js';

/**
 * Compiles path lists into what the FIB says, by the state of the interfaces.
 *
 * Routes through an interface that is down are not used, and a next hop without a working owner gives way to one
 * that has one. A connected network whose interface is down stays known, without a next hop, because its hosts
 * may be alive. Source: RFC 1812 §5.3.12.3.
 */
export class Compiler implements FibEntries {
  readonly all: FibEntries['all'];
  readonly #lists: PathLists;
  #interfaces: readonly Interface[];
  changes = 0;

  constructor(lists: PathLists, interfaces: readonly Interface[]) {
    this.#lists = lists;
    this.all = lists.all;
    this.#interfaces = interfaces;
  }

  /** Interfaces or neighbors have changed, or there are others. */
  changed(interfaces: readonly Interface[]): void {
    this.#interfaces = interfaces;
    this.changes += 1;
  }

  compile(number: number): void {
    this.#compile(this.#lists.at(number));
  }

  /** Whether a path of a list is in use: neither withdrawn nor shadowed by a better one. */
  isInUse(list: PathList, path: Path): boolean {
    if (list.compiledAt !== this.changes) this.#compile(list);
    return list.inUse.includes(path);
  }

  #compile(list: PathList): void {
    const chosen: Path[] = [];
    const inUse: Path[] = [];
    const tosWays: Way[] = [];
    list.way = undefined;
    for (const paths of byTos(list.paths)) {
      const choice = choose(paths, this.#interfaces);
      if (choice === undefined) continue;
      chosen.push(choice.path);
      if (choice.nexthops.length > 0 || choice.path.nexthops.length === 0) inUse.push(choice.path);
      if (list.own !== undefined) continue;
      if (choice.path.tos === undefined) list.way = wayOf(choice);
      else tosWays.push(wayOf(choice));
    }
    list.tosWays = tosWays;
    list.chosen = chosen;
    list.inUse = inUse;
    list.isUsable = list.kind !== 'route' || list.way !== undefined || tosWays.length > 0;
    list.compiledAt = this.changes;
  }
}

/** The paths for each type of service. */
const byTos = (paths: readonly Path[]): (readonly Path[])[] =>
  [...new Set(paths.map(({ tos }) => tos))].map((tos) => paths.filter((path) => path.tos === tos));

/** A path, and those of its next hops that are usable now. */
interface Choice {
  readonly path: Path;
  readonly nexthops: readonly NextHop[];
}

/** The usable path with the lowest metric; they are sorted by it. Source: RFC 1812 §5.2.4.3 (4). */
const choose = (paths: readonly Path[], interfaces: readonly Interface[]): Choice | undefined => {
  let unreached: Choice | undefined;
  for (const path of paths) {
    if (path.isGone) continue;
    if (path.nexthops.length === 0) return unreached ?? { path, nexthops: [] };
    const up = path.nexthops.filter((hop) => egressOf(hop, interfaces).up);
    if (up.length === 0) {
      if (path.type === 'connected') unreached ??= { path, nexthops: [] };
      continue;
    }
    const reached =
      path.type === 'connected'
        ? up
        : up.filter((hop) => egressOf(hop, interfaces).wire.resolve(hop.via) !== undefined);
    if (reached.length > 0) return { path, nexthops: reached };
    unreached ??= { path, nexthops: up };
  }
  return unreached;
};

const wayOf = ({ path: { type, tos }, nexthops }: Choice): Way => ({
  type,
  tos,
  nexthops,
  totalWeight: nexthops.reduce((total, hop) => total + hop.weight, 0),
});

/** The addresses that are not for routes: our own, and the ends of attached networks unless they are our own. */
export const ownAddresses = (
  interfaces: readonly Interface[],
  loopback: Address | undefined,
): ReadonlyMap<Address, Own> => {
  const own = new Map<Address, Own>();
  for (const each of interfaces)
    for (const { prefix } of each.addresses) {
      if (prefix.length > 30) continue;
      own.set(prefix.network, { kind: 'network', interface: each });
      own.set(lastAddress(prefix), { kind: 'broadcast', interface: each });
    }
  const locals = new Map<Address, Own>();
  const addLocal = (address: Address, of: Interface | undefined): void => {
    if (!locals.has(address)) locals.set(address, { kind: 'local', interface: of });
  };
  for (const each of interfaces) for (const { address } of each.addresses) addLocal(address, each);
  if (loopback !== undefined) addLocal(loopback, undefined);
  return new Map([...own, ...locals]);
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

const isSamePrefix = (a: Prefix, b: Prefix): boolean => a.length === b.length && a.network === b.network;
