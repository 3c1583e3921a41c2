import type { DropReason } from './drop-reason.js';
import type { Instant } from './time.js';

/**
 * What crosses a seam: a datagram, and what its carriers have to know of it.
 *
 * Everything that reads a field takes `octets`; only carriers see parcels. Whoever hands a parcel over does not touch
 * it, or its octets, again: the taker may change both, and may read them until the burst is flushed. Whoever keeps
 * one longer copies it.
 */
export interface Parcel {
  octets: Uint8Array;
  /** The payload length of each datagram that `octets` stands for, in octets; 0 for one plain datagram. */
  segment: number;
  /** How many datagrams it stands for. */
  datagrams: number;
  /** The same on all hops of one datagram, and of no other; 0 before anybody has given it one. */
  id: number;
  /** Who is to be told if it is not taken after all; undefined where nobody wants to know. */
  refused: Refused | undefined;
}

/** Told by a link or a device, possibly later, that it did not take a parcel that it was handed. */
export type Refused = (reason: DropReason, parcel: Parcel, now: Instant) => void;

/** A parcel of one plain datagram. */
export const parcelOf = (octets: Uint8Array, id = 0, refused?: Refused): Parcel => ({
  octets,
  segment: 0,
  datagrams: 1,
  id,
  refused,
});

/** A parcel over octets of its own, for whoever else is to have the same. */
export const copyOf = (parcel: Parcel, allocate: (length: number) => Uint8Array): Parcel => {
  const octets = allocate(parcel.octets.length);
  octets.set(parcel.octets);
  return { ...parcel, octets };
};
