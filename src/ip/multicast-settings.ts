import type { Address } from '../address.js';
import type { Interface } from '../interface.js';

/** Datagrams to a group that go out by certain interfaces whoever asks for them. */
export interface StaticMulticastRoute {
  readonly group: Address;
  /** Undefined for every source. */
  readonly source: Address | undefined;
  readonly incoming: Interface;
  readonly outgoing: readonly Interface[];
}

export interface MulticastSettings {
  readonly routing: boolean;
  /** `strict`: a datagram must come in by the interface towards its source. */
  readonly reversePath: 'strict' | 'off';
  /** Where a proxy is a host, and what its own links send goes. Source: RFC 4605 §4.3. */
  readonly upstream: Interface | undefined;
  readonly routes: readonly StaticMulticastRoute[];
}

/** What a router does that is told nothing of multicast. */
export const DEFAULT_MULTICAST: MulticastSettings = {
  routing: true,
  reversePath: 'strict',
  upstream: undefined,
  routes: [],
};
