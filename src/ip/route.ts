import type { Address, Prefix } from '../address.js';

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

/** Where a route leads: all of it but its prefix. `nexthops` is empty for blackhole, unreachable and prohibit. */
export interface RoutePath {
  readonly type: RouteType;
  readonly nexthops: readonly NextHop[];
  /** Among routes to one prefix, the lowest wins. */
  readonly metric: number;
  /** Only for datagrams of this type of service; undefined for all. Source: RFC 1812 §5.2.4.3. */
  readonly tos: number | undefined;
  readonly origin: RouteOrigin;
}

/** A route to a prefix. */
export interface Route extends RoutePath {
  readonly prefix: Prefix;
}

/** What identifies a route: no two of a router have the same. */
export type RouteKey = Pick<Route, 'prefix' | 'tos' | 'metric'>;

/** Many routes of a plan that go few ways, such as the lines of a file. No two have the same prefix and metric. */
export interface RouteTable {
  readonly size: number;
  networkAt(at: number): Address;
  lengthAt(at: number): number;
  /** The number of the way that a route goes, from 0. */
  wayAt(at: number): number;
  /** The number of the way of the route with a prefix and a metric; -1 if there is none. */
  wayTo(network: Address, length: number, metric: number): number;
}

/** A table, and the path of each of its ways. */
export interface PlannedTable {
  readonly table: RouteTable;
  readonly ways: readonly RoutePath[];
}
