import { type Address, contains, type Prefix } from './address.js';
import type { DropCounts, InterfaceCounters } from './counters.js';
import type { Wire } from './link.js';

/** One address of an interface and the subnet it stands in. */
export interface InterfaceAddress {
  readonly address: Address;
  readonly prefix: Prefix;
}

/** How far multicast goes by an interface. Source: RFC 2365 §5, RFC 1812 §5.2.1.3. */
export interface MulticastScope {
  /** Groups that neither come in nor leave here, and that nobody on the link can join. */
  readonly boundary: readonly Prefix[];
  /** The TTL that a datagram must come in with to leave here, 1 to 255; TTL 1 is used up whatever this is. */
  readonly ttlThreshold: number;
}

export const UNBOUNDED: MulticastScope = { boundary: [], ttlThreshold: 1 };

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
