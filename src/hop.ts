import type { Address } from './address.js';
import type { Parcel } from './parcel.js';
import type { Instant } from './time.js';

/**
 * Whatever takes a datagram: a link, a router's interface, a host's device, and whatever is put in front of one.
 *
 * The only seam that a datagram crosses. What delays, drops, counts or records is a hop that wraps a hop.
 */
export interface Hop {
  take(parcel: Parcel, now: Instant): void;
}

/** What a router knows of a link: the end of the wire in its hand. */
export interface Wire {
  /**
   * Where a datagram for this next hop goes in; undefined where nobody whose device is up owns it. For a group or a
   * broadcast the next hop is that destination itself, and somebody always takes it.
   */
  resolve(nextHop: Address): Hop | undefined;
}
