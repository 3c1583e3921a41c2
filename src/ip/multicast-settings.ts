import type { Address, Prefix } from '../address.js';
import type { Interface } from '../interface.js';
import { defaultsOf, type SettingsOf } from '../section.js';
import { MULTICAST_KEYS } from '../settings.js';

/** Datagrams to certain groups that always leave by certain interfaces. */
export interface StaticMulticastRoute {
  readonly group: Prefix;
  /** Undefined for every source. */
  readonly source: Address | undefined;
  readonly incoming: Interface;
  readonly outgoing: readonly Interface[];
}

/** A service that is carried between interfaces. */
export interface Reflection {
  readonly service: 'mdns' | 'ssdp';
  readonly between: readonly Interface[];
}

/** As in the file, but with interfaces for the names of links. */
export interface MulticastSettings
  extends Omit<SettingsOf<typeof MULTICAST_KEYS>, 'upstream' | 'routes' | 'reflect'> {
  /** Where a proxy is a host, and where the traffic of its other links goes. Source: RFC 4605 §4.3. */
  readonly upstream: Interface | undefined;
  readonly routes: readonly StaticMulticastRoute[];
  readonly reflect: readonly Reflection[];
}

/** The defaults of a router without multicast settings. */
export const DEFAULT_MULTICAST: MulticastSettings = {
  ...defaultsOf(MULTICAST_KEYS),
  upstream: undefined,
  routes: [],
  reflect: [],
};
