import type { Address } from '../address.js';
import type { Observer } from '../event.js';
import type { Interface } from '../interface.js';
import type { Random } from '../random.js';
import type { Instant } from '../time.js';
import type { Work } from './work.js';

/** What IGMP on one interface is given. */
export interface IgmpEnvironment {
  readonly interface: Interface;
  /** On the upstream interface of a proxy, a router is only a host. */
  readonly role: 'router' | 'host';
  readonly random: Random;
  /** Receives events, and at most one warning of each kind per minute. */
  readonly observer: Observer;
  /** How much may be done at a time. */
  readonly work: Work;
  /** Whether multicast is forwarded on the interface at all. */
  isForwarding(): boolean;
  /** Sends a finished datagram out of the interface; its octets then belong to the callee. */
  send(datagram: Uint8Array, destination: Address, now: Instant): void;
  /** What is forwarded to the link from a group has changed; from any group if undefined. */
  changed(group: Address | undefined, now: Instant): void;
  /** The link has a new querier. */
  elected(): void;
}
