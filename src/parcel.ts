import type { DropReason } from './drop-reason.js';
import type { Instant } from './time.js';

/**
 * A datagram, with what its carriers need to know about it.
 *
 * Everything that reads a field takes `octets`; only carriers see parcels. Whoever hands a parcel over must not touch
 * it, or its octets, again: the taker may change both, and may read them until the burst is flushed. To keep one
 * longer, copy it.
 *
 * A *super-datagram* stands for several datagrams of one flow: one header, then the payloads of all of them. Whoever
 * needs them one by one, or complete, takes them apart with `eachDatagram` of src/offload.
 */
export interface Parcel {
  octets: Uint8Array;
  /** The payload length, in octets, of each datagram of a super-datagram; 0 for one datagram, `MISSTATED` for none. */
  segment: number;
  /** How many datagrams it represents. */
  datagrams: number;
  /** The length, in octets, of the headers that each datagram of a super-datagram has; 0 for one datagram. */
  headers: number;
  /** By how much the identification of each datagram of a super-datagram is above that of the one before: 1, or 0. */
  identificationStep: 0 | 1;
  /** Whether its TCP or UDP checksum covers the pseudo-header only, and is still to be completed. */
  isPartial: boolean;
  /** Unique to one datagram, and the same on all its hops; 0 until assigned. Those of a super-datagram follow each other, two apart. */
  id: number;
  /** Called if it is refused after all; undefined if nobody needs to know. */
  refused: Refused | undefined;
}

/** The `segment` of octets about which a device says what cannot be. */
export const MISSTATED = -1;

/** Called by a link or a device, possibly later, when it refuses a parcel that it was handed. */
export type Refused = (reason: DropReason, parcel: Parcel, now: Instant) => void;

/** A parcel of one plain datagram. */
export const parcelOf = (octets: Uint8Array, id = 0, refused?: Refused): Parcel => ({
  octets,
  segment: 0,
  datagrams: 1,
  headers: 0,
  identificationStep: 1,
  isPartial: false,
  id,
  refused,
});

/** A copy of a parcel with its own octets, for another receiver. */
export const copyOf = (parcel: Parcel, allocate: (length: number) => Uint8Array): Parcel => {
  const octets = allocate(parcel.octets.length);
  octets.set(parcel.octets);
  return { ...parcel, octets };
};

/** What a parcel has on a wire, in octets: each of its datagrams has its own header there. */
export const octetsOnWire = ({ octets, datagrams, headers }: Parcel): number =>
  octets.length + (datagrams - 1) * headers;

/** The length of the longest datagram that a parcel represents, in octets: the first. */
export const datagramLength = ({ octets, segment, headers }: Parcel): number =>
  segment > 0 ? headers + segment : octets.length;
