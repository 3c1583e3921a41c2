import type { Address } from './address.js';
import type { Parcel } from './parcel.js';
import type { Instant } from './time.js';

/**
 * Anything that takes a datagram: a link, a router's interface, a host's device, or a wrapper around one of these.
 *
 * The only seam that a datagram crosses. What delays, drops, counts or records is a hop that wraps a hop.
 */
export interface Hop {
  take(parcel: Parcel, now: Instant): void;
}

/** A router's end of a link. */
export interface Wire {
  /**
   * Where to hand a datagram for this next hop; undefined if nobody with a working device owns it. For a group or a
   * broadcast the next hop is the destination itself, and there is always a taker.
   */
  resolve(nextHop: Address): Hop | undefined;
  /** How many there are for whom what goes to a group is copied; left out, one. */
  audience?(): number;
}
