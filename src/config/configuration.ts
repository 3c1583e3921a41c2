import type { Prefix } from '../address.js';
import type { Change } from '../change/change.js';
import type { FILTER_KEYS } from '../filter.js';
import type { IgmpSettings } from '../igmp/settings.js';
import type { LinkImpairments } from '../impairments.js';
import type { InterfaceAddress, MulticastScope } from '../interface.js';
import type { SettingsOf } from '../section.js';
import type { MULTICAST_KEYS, RouterSettings } from '../settings.js';
import type { ProblemCode } from '../text/fault.js';
import type { CAPTURE_KEYS } from './keys/capture.js';
import type { CONTROL_KEYS, HTTP_KEYS, LOG_KEYS } from './keys/file.js';
import type { HOST_INTERFACE_KEYS } from './keys/host.js';
import type { LINK_KEYS } from './keys/link.js';
import type { INTERFACE_KEYS, NEXT_HOP_KEYS, ROUTE_KEYS } from './keys/router.js';
import type { SCHEDULE_KEYS } from './keys/schedule.js';
import type { RouteTable } from './route-table.js';

/**
 * A whole lab, checked: every name refers to something, every address stands in its subnet.
 *
 * Made only by `readConfiguration`; nobody needs to check it again. The order is that of the file.
 */
export interface Configuration {
  readonly name: string;
  readonly links: ReadonlyMap<string, LinkConfiguration>;
  readonly hosts: ReadonlyMap<string, HostConfiguration>;
  readonly routers: ReadonlyMap<string, RouterConfiguration>;
  readonly log: SettingsOf<typeof LOG_KEYS>;
  readonly control: SettingsOf<typeof CONTROL_KEYS>;
  /** What the program does while no datagram is there. */
  readonly poll: 'adaptive' | 'interrupt' | 'busy';
  /** Undefined: nothing is served over HTTP. */
  readonly http: SettingsOf<typeof HTTP_KEYS> | undefined;
  readonly capture: readonly CaptureConfiguration[];
  readonly schedule: readonly ScheduledChange[];
}

/** Its file is a whole path. */
export type CaptureConfiguration = SettingsOf<typeof CAPTURE_KEYS>;

/** A change that the lab makes by itself. */
export interface ScheduledChange extends SettingsOf<typeof SCHEDULE_KEYS> {
  readonly change: Change;
}

export type LogLevel = Configuration['log']['level'];
export type LogFormat = Configuration['log']['format'];

/** The impairments are those of the presets, too; a preset is named only to be shown. */
export interface LinkConfiguration extends SettingsOf<typeof LINK_KEYS>, LinkImpairments {
  readonly name: string;
}

export interface HostConfiguration {
  readonly name: string;
  /** The name of a network namespace, or `self`: the one in which tunpike runs. */
  readonly namespace: string;
  readonly interfaces: readonly HostInterfaceConfiguration[];
}

export interface HostInterfaceConfiguration extends Omit<SettingsOf<typeof HOST_INTERFACE_KEYS>, 'address'> {
  readonly link: string;
  /** The primary one. */
  readonly address: InterfaceAddress;
  /** All of them, the primary one first. */
  readonly addresses: readonly InterfaceAddress[];
  /** At most 15 octets, unique in the lab. */
  readonly device: string;
}

export interface RouterConfiguration {
  readonly name: string;
  readonly interfaces: readonly RouterInterfaceConfiguration[];
  readonly routes: readonly RouteConfiguration[];
  readonly tables: readonly RouteTableConfiguration[];
  readonly settings: RouterSettings;
  readonly multicast: MulticastConfiguration;
  readonly filters: readonly FilterConfiguration[];
}

export interface RouterInterfaceConfiguration extends Omit<SettingsOf<typeof INTERFACE_KEYS>, 'address'> {
  readonly link: string;
  /** Empty: unnumbered. The first is primary. */
  readonly addresses: readonly InterfaceAddress[];
  readonly scope: MulticastScope;
  /** Undefined: no IGMP on this interface, unless it is the upstream link of a proxy. */
  readonly igmp: IgmpSettings | undefined;
}

/** A filter, with its interfaces by their links. */
export type FilterConfiguration = SettingsOf<typeof FILTER_KEYS>;

export type MulticastConfiguration = SettingsOf<typeof MULTICAST_KEYS>;
export type MulticastRouteConfiguration = MulticastConfiguration['routes'][number];

type RouteKeys = SettingsOf<typeof ROUTE_KEYS>;

export type RouteConfiguration = Omit<RouteKeys, 'to' | 'file' | 'via' | 'nexthops' | 'type'> & {
  readonly to: Prefix;
} & (
    | { readonly type: 'unicast'; readonly nexthops: readonly NextHopConfiguration[] }
    | { readonly type: Exclude<RouteKeys['type'], 'unicast'> }
  );

/** The routes of a file, and the link of each of its ways; undefined for what leads nowhere. */
export interface RouteTableConfiguration {
  readonly table: RouteTable;
  readonly links: readonly (string | undefined)[];
}

type NextHopConfiguration = SettingsOf<typeof NEXT_HOP_KEYS> & {
  /** The link it leaves by. */
  readonly link: string;
};

/** One mistake in a configuration file, and how to fix it. */
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
