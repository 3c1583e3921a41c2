import type { Book } from '../book.js';
import type { Hop } from '../hop.js';
import type { Interface } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import { eachDatagram, firstDatagram } from '../offload/segmentation.js';
import type { Parcel } from '../parcel.js';
import type { Instant } from '../time.js';

/**
 * Takes what a host on the link of an interface has sent to a next hop that nobody there owns.
 *
 * It is received and goes no further, and its sender is told so: with this router's own address, because it is the
 * sender's kernel that would say it on Ethernet, where ARP has failed, and that cannot be spoken for.
 */
export const unreachableEntrance = (ingress: Interface, book: Book): Hop => {
  const take = (parcel: Parcel, now: Instant): void => {
    // Who captures sees datagrams as they are on a wire.
    if (parcel.isPartial && book.recorder !== undefined)
      return eachDatagram(parcel, allocate, (each) => take(each, now));
    book.received(ingress, parcel, now);
    if (parcel.isPartial) {
      const first = firstDatagram(parcel, allocate);
      return book.endedTogether(ingress, ipv4.validate(first) ?? 'host-unreachable', parcel, first, now);
    }
    const fault = ipv4.validate(parcel.octets);
    const original =
      fault === undefined ? parcel.octets.subarray(0, ipv4.totalLength(parcel.octets)) : parcel.octets;
    book.ended(ingress, fault ?? 'host-unreachable', original, now);
  };
  return { take };
};

const allocate = (length: number): Uint8Array => new Uint8Array(length);
