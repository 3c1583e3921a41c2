import type { Address, Prefix } from '../address.js';
import type { IgmpSettings } from '../igmp/settings.js';
import type { InterfaceAddress, MulticastScope } from '../interface.js';
import type { RouterSettings } from '../settings.js';
import type { ProblemCode } from '../text/fault.js';
import type { Duration } from '../time.js';

/**
 * A whole lab, checked: every name refers to something, every address stands in its subnet.
 *
 * Made only by `readConfiguration`; whoever holds one need not check it again. Orders are those of the file.
 */
export interface Configuration {
  readonly name: string;
  readonly links: ReadonlyMap<string, LinkConfiguration>;
  readonly hosts: ReadonlyMap<string, HostConfiguration>;
  readonly routers: ReadonlyMap<string, RouterConfiguration>;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
  readonly control: { readonly socket: string | undefined; readonly mode: number };
}

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
export type LogFormat = 'auto' | 'pretty' | 'json';

export interface LinkConfiguration {
  readonly name: string;
  /** In octets, 68 to 65535. */
  readonly mtu: number;
  /** The router that gets the hosts’ off-link datagrams; undefined without a router, or with several and none named. */
  readonly gateway: string | undefined;
}

export interface HostConfiguration {
  readonly name: string;
  /** A network namespace by name, or `self`: the one in which tunpike runs. */
  readonly namespace: string;
  readonly interfaces: readonly HostInterfaceConfiguration[];
}

export interface HostInterfaceConfiguration {
  readonly link: string;
  readonly address: InterfaceAddress;
  /** Destinations that the host reaches through this link; groups are routed by device, the rest via the gateway. */
  readonly routes: readonly Prefix[];
  /** At most 15 octets, unique in the lab. */
  readonly device: string;
  readonly persistent: boolean;
}

export interface RouterConfiguration {
  readonly name: string;
  readonly interfaces: readonly RouterInterfaceConfiguration[];
  readonly routes: readonly RouteConfiguration[];
  readonly settings: RouterSettings;
  readonly multicast: MulticastConfiguration;
}

export interface RouterInterfaceConfiguration {
  readonly link: string;
  /** Empty: unnumbered. The first is primary. */
  readonly addresses: readonly InterfaceAddress[];
  readonly forwarding: boolean;
  readonly scope: MulticastScope;
  /** Undefined: no IGMP here, unless this is the upstream link of a proxy. */
  readonly igmp: IgmpSettings | undefined;
}

export interface MulticastConfiguration {
  readonly routing: boolean;
  /** `strict`: a datagram must come in from towards its source. */
  readonly reversePath: 'strict' | 'off';
  /** The router's own link on which it is an IGMP proxy's host side; undefined: no proxy. Source: RFC 4605 §4. */
  readonly upstream: string | undefined;
  readonly routes: readonly MulticastRouteConfiguration[];
}

/** Forwarded whoever asks; counts only where the router is on the links, which all exist. */
export interface MulticastRouteConfiguration {
  readonly group: Address;
  /** Undefined for every source. */
  readonly source: Address | undefined;
  /** A link. */
  readonly in: string;
  /** Links, at least one. */
  readonly out: readonly string[];
}

export type RouteConfiguration = {
  readonly to: Prefix;
  readonly metric: number;
  /** The route counts only for datagrams of this type of service; undefined for all. Source: RFC 1812 §5.2.4.3. */
  readonly tos: number | undefined;
} & (
  | { readonly type: 'unicast'; readonly nexthops: readonly NextHopConfiguration[] }
  | { readonly type: 'blackhole' | 'unreachable' | 'prohibit' }
);

export interface NextHopConfiguration {
  readonly via: Address;
  /** The link it leaves by. */
  readonly link: string;
  readonly weight: number;
}

/** One mistake in a configuration file, and how to mend it. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
  readonly code: ProblemCode;
  /** Where in the configuration, for example `routers.r1.routes[0].via`. */
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

/** How long something lasts, as a configuration says it: `15ms`, `2s`, `5m`, `1h`. */
export type { Duration };
