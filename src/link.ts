import type { Address } from './address.js';
import type { DropReason } from './drop-reason.js';
import type { Instant } from './time.js';

/**
 * What a router knows of a link: the end of the wire in its hand.
 *
 * `transmit` owns the octets until it returns and may read them, within the same burst, until the burst
 * is flushed: whoever hands a datagram over does not touch it again.
 */
export interface Wire {
  /** Whether somebody whose device is up owns this next hop. */
  reaches(nextHop: Address): boolean;
  /** Takes a datagram towards a next hop; for a group or a broadcast the next hop is that destination itself. */
  transmit(datagram: Uint8Array, nextHop: Address, now: Instant): void;
}

/** Told by the link or by a device, possibly later, that it did not take a datagram that it was handed. */
export type Refused = (reason: DropReason, datagram: Uint8Array, now: Instant) => void;
