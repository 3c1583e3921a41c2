import type { DropReason } from './drop-reason.js';
import type { Instant } from './time.js';

/**
 * A datagram, with what its carriers need to know about it.
 *
 * Everything that reads a field takes `octets`; only carriers see parcels. Whoever hands a parcel over must not touch
 * it, or its octets, again: the taker may change both, and may read them until the burst is flushed. To keep one
 * longer, copy it.
 */
export interface Parcel {
  octets: Uint8Array;
  /** The payload length, in octets, of each datagram that `octets` represents; 0 for one plain datagram. */
  segment: number;
  /** How many datagrams it represents. */
  datagrams: number;
  /** Unique to one datagram, and the same on all its hops; 0 until assigned. */
  id: number;
  /** Called if it is refused after all; undefined if nobody needs to know. */
  refused: Refused | undefined;
}

/** Called by a link or a device, possibly later, when it refuses a parcel that it was handed. */
export type Refused = (reason: DropReason, parcel: Parcel, now: Instant) => void;

/** A parcel of one plain datagram. */
export const parcelOf = (octets: Uint8Array, id = 0, refused?: Refused): Parcel => ({
  octets,
  segment: 0,
  datagrams: 1,
  id,
  refused,
});

/** A copy of a parcel with its own octets, for another receiver. */
export const copyOf = (parcel: Parcel, allocate: (length: number) => Uint8Array): Parcel => {
  const octets = allocate(parcel.octets.length);
  octets.set(parcel.octets);
  return { ...parcel, octets };
};
