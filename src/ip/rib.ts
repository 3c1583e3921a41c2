import { type Address, lastAddress, type Prefix, prefixOf } from '../address.js';
import { type Own, type Path, type PathList, PathLists } from './path-list.js';
import { BEFORE_ALL, keyOf, type PrefixKey, PrefixTable } from './prefix-table.js';
import type { Route, RouteKey } from './route.js';

/** How many prefixes or routes are looked at at once where all of them are. */
export const PIECE = 256;

/** A route of a RIB, as its prefix, its path, and the list of all paths of the prefix. */
export interface RoutePlace {
  readonly prefix: Prefix;
  readonly path: Path;
  readonly list: PathList;
}

/** All routes of a router, in use or not, in the order of their prefixes, and the addresses that are its own. */
export class Rib {
  readonly prefixes = new PrefixTable();
  readonly lists = new PathLists();
  readonly #changed: () => void;
  #size = 0;
  #own: readonly (readonly [Address, Own])[] = [];

  /** `changed` is called after each change. */
  constructor(changed: () => void = () => {}) {
    this.#changed = changed;
  }

  /** How many routes there are. */
  get size(): number {
    return this.#size;
  }

  /** All routes; it may change meanwhile. */
  *[Symbol.iterator](): Generator<Route, void> {
    for (const { prefix, path } of this.placesAfter(BEFORE_ALL)) yield routeOf(prefix, path);
  }

  /** How many routes have each path, in use or not. */
  *counts(): Generator<readonly [Path, number], void> {
    for (const list of this.lists.all)
      for (const path of list?.paths ?? []) if (!path.isGone) yield [path, list!.users];
  }

  /** The routes to a prefix and to those inside it, in order; the RIB may change meanwhile. */
  *placesIn(prefix: Prefix): Generator<RoutePlace, void> {
    const last = lastAddress(prefix);
    for (const place of this.placesAfter(keyOf(prefix.network, prefix.length) - 1)) {
      if (place.prefix.network > last) return;
      yield place;
    }
  }

  /** The routes to all prefixes that contain an address, the shortest first. */
  *placesAround(address: Address): Generator<RoutePlace, void> {
    for (let length = 0; length <= 32; length += 1) {
      const prefix = prefixOf(address, length);
      const list = this.#listOf(prefix.network, length);
      for (const path of list?.paths ?? []) if (!path.isGone) yield { prefix, path, list: list! };
    }
  }

  /** The routes to all prefixes after a key, in order; the RIB may change meanwhile. */
  *placesAfter(key: PrefixKey): Generator<RoutePlace, void> {
    let found: RoutePlace[] = [];
    const collect = (network: Address, length: number, number: number): void => {
      const list = this.lists.at(number);
      for (const path of list.paths)
        if (!path.isGone) found.push({ prefix: { network, length }, path, list });
    };
    for (let last: PrefixKey | undefined = key; last !== undefined; ) {
      last = this.prefixes.visit(last, PIECE, collect);
      yield* found;
      found = [];
    }
  }

  /** Adds a route; returns false, unchanged, if there is one with the same prefix, tos and metric. */
  add(route: Route): boolean {
    if (this.find(route) !== undefined) return false;
    this.replace(route);
    return true;
  }

  /** Adds a route, replacing the one with the same prefix, tos and metric, if any. */
  replace(route: Route): void {
    this.put(route.prefix.network, route.prefix.length, this.lists.pathOf(route));
  }

  /** Gives a prefix a path, replacing the one with the same tos and metric, if any. */
  put(network: Address, length: number, path: Path): void {
    const list = this.#listOf(network, length);
    const other = this.lists.with(list, path);
    this.#size += other.paths.length - (list?.paths.length ?? 0);
    this.#set(network, length, other);
  }

  /** The route with the same prefix, tos and metric, if there is one. */
  find({ prefix, tos, metric }: RouteKey): Route | undefined {
    const path = this.#listOf(prefix.network, prefix.length)?.find(tos, metric);
    return path === undefined || path.isGone ? undefined : routeOf(prefix, path);
  }

  /** The route to a prefix that datagrams of a type of service go by, as compiled last. */
  chosenTo(prefix: Prefix, tos: number): Route | undefined {
    const chosen = this.#listOf(prefix.network, prefix.length)?.chosen ?? [];
    const path =
      chosen.find((each) => each.tos !== undefined && (each.tos & 0x1e) === (tos & 0x1e)) ??
      chosen.find((each) => each.tos === undefined);
    return path === undefined ? undefined : routeOf(prefix, path);
  }

  /** All routes to a prefix, by type of service and metric. */
  routesTo(prefix: Prefix): readonly Route[] {
    const paths = this.#listOf(prefix.network, prefix.length)?.paths ?? [];
    return paths.filter(({ isGone }) => !isGone).map((path) => routeOf(prefix, path));
  }

  /** How many routes there are to a prefix. */
  countTo({ network, length }: Prefix): number {
    let count = 0;
    for (const { isGone } of this.#listOf(network, length)?.paths ?? []) if (!isGone) count += 1;
    return count;
  }

  /** Removes a route; false if there was none. */
  remove({ prefix: { network, length }, tos, metric }: RouteKey): boolean {
    const list = this.#listOf(network, length);
    const path = list?.find(tos, metric);
    if (list === undefined || path === undefined) return false;
    this.#size -= 1;
    this.#set(network, length, this.lists.without(list, path));
    return true;
  }

  /** Whether any route uses this next hop. */
  usesNextHop(via: Address): boolean {
    return this.lists.usesNextHop(via);
  }

  /** Says which addresses are the router's own, or broadcasts of its networks, whatever the routes say of them. */
  setOwn(own: ReadonlyMap<Address, Own>): void {
    for (const [address] of this.#own) this.#giveOwn(address, undefined);
    for (const [address, each] of own) this.#giveOwn(address, each);
    this.#own = [...own];
  }

  #giveOwn(address: Address, own: Own | undefined): void {
    this.#set(address, 32, this.lists.withOwn(this.#listOf(address, 32), own));
  }

  #listOf(network: Address, length: number): PathList | undefined {
    return this.lists.all[this.prefixes.get(network, length)];
  }

  #set(network: Address, length: number, list: PathList | undefined): void {
    const before = this.prefixes.get(network, length);
    if (list !== undefined) {
      this.lists.retain(list);
      this.prefixes.set(network, length, list.number);
    } else this.prefixes.delete(network, length);
    if (before !== 0) this.lists.release(this.lists.at(before));
    this.#changed();
  }
}

const routeOf = (prefix: Prefix, { type, nexthops, metric, tos, origin }: Path): Route => ({
  prefix,
  type,
  nexthops,
  metric,
  tos,
  origin,
});
