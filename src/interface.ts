import { type Address, contains, type Prefix } from './address.js';
import type { DropCounts, InterfaceCounters } from './counters.js';
import { leaf, list, noted, whole } from './key.js';
import type { Wire } from './link.js';
import { defaultsOf, type SettingsOf } from './section.js';

/** One address of an interface and the subnet it stands in. */
export interface InterfaceAddress {
  readonly address: Address;
  readonly prefix: Prefix;
}

/** How far multicast goes by an interface. Source: RFC 2365 §5, RFC 1812 §5.2.1.3. */
export const SCOPE_KEYS = {
  boundary: noted(
    'groups that neither come in nor leave here: prefixes, local, organization-local',
    list(
      'groups that neither come in nor leave here; reports of them are ignored (RFC 2365)',
      leaf('boundary', 'a prefix of groups, or a scope by its name'),
      { most: 256 },
      [],
    ),
  ),
  'ttl-threshold': noted(
    'multicast leaves here only if it came in with this TTL',
    whole(
      'multicast leaves here only if it came in with at least this TTL (RFC 1812); TTL 1 never does',
      1,
      255,
      1,
    ),
  ),
};

export type MulticastScope = SettingsOf<typeof SCOPE_KEYS>;

export const UNBOUNDED: MulticastScope = defaultsOf(SCOPE_KEYS);

/** Whether an interface stands at the boundary of a group's scope. */
export const isBeyond = ({ boundary }: MulticastScope, group: Address): boolean =>
  boundary.length > 0 && boundary.some((each) => contains(each, group));

/** A router's place on a link. `mtu`, `up` and `forwarding` change at run time; the router is told when they do. */
export interface Interface {
  /** ROUTER.LINK, for example `r1.red`. */
  readonly name: string;
  readonly link: string;
  /** 1, 2, 3 … in the order of the configuration; the ifIndex that ICMP extensions carry. */
  readonly index: number;
  /** The first is primary. Empty: unnumbered. */
  readonly addresses: readonly InterfaceAddress[];
  /** The longest datagram that may leave here, in octets. */
  mtu: number;
  up: boolean;
  /** Whether datagrams in transit may come in or leave here. Source: RFC 1812 §5.3.11. */
  forwarding: boolean;
  readonly scope: MulticastScope;
  readonly wire: Wire;
  readonly counters: InterfaceCounters;
  readonly drops: DropCounts;
}
