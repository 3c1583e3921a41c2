import type { Address } from '../address.js';
import type { Observer } from '../event.js';
import type { Interface } from '../interface.js';
import type { Random } from '../random.js';
import type { Instant } from '../time.js';
import type { Send } from './output.js';
import type { Warn } from './warnings.js';

/** What IGMP on one interface is given. */
export interface IgmpSurroundings {
  readonly interface: Interface;
  /** Towards the upstream of a proxy a router is only a host. */
  readonly role: 'router' | 'host';
  readonly random: Random;
  /** Whether multicast is forwarded on the interface at all. */
  isForwarding(): boolean;
  readonly observer: Observer;
  /** The octets are the receiver's from then on. */
  readonly send: Send;
  /** What is forwarded to the link of a group is different now. */
  changed(group: Address, now: Instant): void;
  /** The querier of the link is another one now. */
  elected(): void;
  /** Called at most once a minute for each warning. */
  readonly warn: Warn;
}
