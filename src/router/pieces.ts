import type { Hop } from '../hop.js';
import type { Interface } from '../interface.js';
import { fragment } from '../ip/fragment.js';
import { eachDatagram } from '../offload/segmentation.js';
import type { Parcel } from '../parcel.js';
import type { Instant } from '../time.js';

/** To whom a datagram goes, and when. */
export interface Handover {
  readonly egress: Interface;
  readonly hop: Hop | undefined;
  readonly isToGroup: boolean;
  readonly now: Instant;
}

/**
 * Hands on what a parcel that is too long for an MTU, in octets, is sent as: the datagrams that it represents, which
 * may still be too long, or the fragments of the one that it is.
 *
 * Source: RFC 791 §3.2.
 */
export const eachPiece = (
  parcel: Parcel,
  mtu: number,
  allocate: (length: number) => Uint8Array,
  take: (piece: Parcel) => void,
): void => {
  if (parcel.isPartial) eachDatagram(parcel, allocate, take);
  else fragment(parcel.octets, mtu, allocate, (octets) => take({ ...parcel, octets }));
};
