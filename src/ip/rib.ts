import { type Address, formatPrefix, type Prefix } from '../address.js';

/** Where a datagram goes next: out of an interface, to a neighbor on its link. */
export interface NextHop {
  /** Zero: the destination itself, which is on the link. */
  readonly via: Address;
  /** The index of the interface by which it leaves. */
  readonly egress: number;
  readonly weight: number;
}

export type RouteType = 'connected' | 'unicast' | 'blackhole' | 'unreachable' | 'prohibit' | 'local';
export type RouteOrigin = 'config' | 'runtime' | 'connected';

/** A route to a prefix. `nexthops` is empty for blackhole, unreachable and prohibit. */
export interface Route {
  readonly prefix: Prefix;
  readonly type: RouteType;
  readonly nexthops: readonly NextHop[];
  /** Among routes to one prefix, the lowest wins. */
  readonly metric: number;
  /** Only for datagrams of this type of service; undefined for all. Source: RFC 1812 §5.2.4.3. */
  readonly tos: number | undefined;
  readonly origin: RouteOrigin;
}

/** What identifies a route: prefix, type of service and metric. */
const keyOf = (route: Pick<Route, 'prefix' | 'tos' | 'metric'>): string =>
  `${formatPrefix(route.prefix)} ${route.tos ?? '*'} ${route.metric}`;

/** All routes of a router, in use or not, in the order in which they were added. */
export class Rib {
  readonly #routes = new Map<string, Route>();
  /** The next hops of all routes; undefined after a change, until needed. */
  #nextHops: Set<Address> | undefined;

  [Symbol.iterator](): IterableIterator<Route> {
    return this.#routes.values();
  }

  /** Adds a route; returns false, unchanged, if there is one with the same prefix, tos and metric. */
  add(route: Route): boolean {
    const key = keyOf(route);
    if (this.#routes.has(key)) return false;
    this.#routes.set(key, route);
    this.#nextHops = undefined;
    return true;
  }

  /** Adds a route, replacing the one with the same prefix, tos and metric, if any. */
  replace(route: Route): void {
    this.#routes.set(keyOf(route), route);
    this.#nextHops = undefined;
  }

  /** The route with the same prefix, tos and metric, if there is one. */
  find(route: Pick<Route, 'prefix' | 'tos' | 'metric'>): Route | undefined {
    return this.#routes.get(keyOf(route));
  }

  /** Removes a route; false if there was none. */
  remove(route: Pick<Route, 'prefix' | 'tos' | 'metric'>): boolean {
    this.#nextHops = undefined;
    return this.#routes.delete(keyOf(route));
  }

  /** Whether any route uses this next hop. */
  usesNextHop(via: Address): boolean {
    this.#nextHops ??= new Set(
      [...this.#routes.values()].flatMap((route) => route.nexthops.map((hop) => hop.via)),
    );
    return this.#nextHops.has(via);
  }
}
