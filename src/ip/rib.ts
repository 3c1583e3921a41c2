import { type Address, formatPrefix, type Prefix } from '../address.js';

/** Where a datagram goes next: out of an interface, to somebody on its link. */
export interface NextHop {
  /** Zero: the destination itself, for it is on the link. */
  readonly via: Address;
  /** The index of the interface by which it leaves. */
  readonly egress: number;
  readonly weight: number;
}

export type RouteType = 'connected' | 'unicast' | 'blackhole' | 'unreachable' | 'prohibit' | 'local';
export type RouteOrigin = 'config' | 'runtime' | 'connected';

/** A known way to a prefix. `nexthops` is empty for blackhole, unreachable and prohibit. */
export interface Route {
  readonly prefix: Prefix;
  readonly type: RouteType;
  readonly nexthops: readonly NextHop[];
  /** The lowest wins among routes to one prefix. */
  readonly metric: number;
  /** Only for datagrams of this type of service; undefined for all. Source: RFC 1812 §5.2.4.3. */
  readonly tos: number | undefined;
  readonly origin: RouteOrigin;
}

/** What tells two routes apart: prefix, type of service and metric. */
const keyOf = (route: Pick<Route, 'prefix' | 'tos' | 'metric'>): string =>
  `${formatPrefix(route.prefix)} ${route.tos ?? '*'} ${route.metric}`;

/** All routes that a router was told of, used or not, in the order in which they came. */
export class Rib {
  readonly #routes = new Map<string, Route>();
  /** Every next hop of every route; undefined after a change, until somebody asks. */
  #nextHops: Set<Address> | undefined;

  [Symbol.iterator](): IterableIterator<Route> {
    return this.#routes.values();
  }

  /** Adds a route; false, and nothing changes, where one to the same prefix, tos and metric is there. */
  add(route: Route): boolean {
    const key = keyOf(route);
    if (this.#routes.has(key)) return false;
    this.#routes.set(key, route);
    this.#nextHops = undefined;
    return true;
  }

  /** Puts a route in the place of the one with the same prefix, tos and metric, if there is one. */
  replace(route: Route): void {
    this.#routes.set(keyOf(route), route);
    this.#nextHops = undefined;
  }

  /** The route to the same prefix, tos and metric, if there is one. */
  find(route: Pick<Route, 'prefix' | 'tos' | 'metric'>): Route | undefined {
    return this.#routes.get(keyOf(route));
  }

  /** Takes a route out; false where there was none. */
  remove(route: Pick<Route, 'prefix' | 'tos' | 'metric'>): boolean {
    this.#nextHops = undefined;
    return this.#routes.delete(keyOf(route));
  }

  /** Whether some route leads through this neighbor. */
  usesNextHop(via: Address): boolean {
    this.#nextHops ??= new Set(
      [...this.#routes.values()].flatMap((route) => route.nexthops.map((hop) => hop.via)),
    );
    return this.#nextHops.has(via);
  }
}
