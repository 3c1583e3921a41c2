import type { Address, Prefix } from './address.js';
import type { DropCounts, InterfaceCounters } from './counters.js';
import type { Wire } from './link.js';

/** One address of an interface and the subnet it stands in. */
export interface InterfaceAddress {
  readonly address: Address;
  readonly prefix: Prefix;
}

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
  readonly wire: Wire;
  readonly counters: InterfaceCounters;
  readonly drops: DropCounts;
}
