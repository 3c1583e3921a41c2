import type { Book } from '../book.js';
import type { Hop } from '../hop.js';
import type { Interface } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import { firstDatagram } from '../offload/segmentation.js';

/**
 * Takes what a host on the link of an interface has sent to a next hop that nobody there owns.
 *
 * It is received and goes no further, and its sender is told so: with this router's own address, because it is the
 * sender's kernel that would say it on Ethernet, where ARP has failed, and that cannot be spoken for.
 */
export const unreachableEntrance = (ingress: Interface, book: Book): Hop => ({
  take: (parcel, now) => {
    book.received(ingress, parcel);
    if (parcel.isPartial) {
      const first = firstDatagram(parcel, (length) => new Uint8Array(length));
      return book.endedTogether(ingress, ipv4.validate(first) ?? 'host-unreachable', parcel, first, now);
    }
    const fault = ipv4.validate(parcel.octets);
    const original =
      fault === undefined ? parcel.octets.subarray(0, ipv4.totalLength(parcel.octets)) : parcel.octets;
    book.ended(ingress, fault ?? 'host-unreachable', original, now);
  },
});
