import type { Address } from '../address.js';
import type { Observer } from '../event.js';
import type { Interface } from '../interface.js';
import type { Random } from '../random.js';
import type { Instant } from '../time.js';

/** What IGMP on one interface is given. */
export interface Environment {
  readonly interface: Interface;
  /** Towards the upstream of a proxy a router is only a host. */
  readonly role: 'router' | 'host';
  readonly random: Random;
  /** Hears what happens, and of each kind of warning at most one a minute. */
  readonly observer: Observer;
  /** Whether multicast is forwarded on the interface at all. */
  isForwarding(): boolean;
  /** Takes a finished datagram, which leaves by the interface; its octets are the receiver's from then on. */
  send(datagram: Uint8Array, destination: Address, now: Instant): void;
  /** What is forwarded to the link of a group is different now. */
  changed(group: Address, now: Instant): void;
  /** The querier of the link is another one now. */
  elected(): void;
}
