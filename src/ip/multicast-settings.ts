import type { Address } from '../address.js';
import type { Interface } from '../interface.js';
import { defaultsOf, type SettingsOf } from '../section.js';
import { MULTICAST_KEYS } from '../settings.js';

/** Datagrams to a group that go out by certain interfaces whoever asks for them. */
export interface StaticMulticastRoute {
  readonly group: Address;
  /** Undefined for every source. */
  readonly source: Address | undefined;
  readonly incoming: Interface;
  readonly outgoing: readonly Interface[];
}

/** As in the file, with interfaces in place of the links' names. */
export interface MulticastSettings extends Omit<SettingsOf<typeof MULTICAST_KEYS>, 'upstream' | 'routes'> {
  /** Where a proxy is a host, and what its own links send goes. Source: RFC 4605 §4.3. */
  readonly upstream: Interface | undefined;
  readonly routes: readonly StaticMulticastRoute[];
}

/** What a router does that is told nothing of multicast. */
export const DEFAULT_MULTICAST: MulticastSettings = {
  ...defaultsOf(MULTICAST_KEYS),
  upstream: undefined,
  routes: [],
};
