import { type Address, isMulticast } from '../address.js';
import type { Interface } from '../interface.js';
import type { Instant } from '../time.js';
import { fragment } from './fragment.js';

/**
 * Hands a finished datagram to the link of its egress, in fragments where it is longer than the MTU.
 *
 * The octets belong to the link from then on.
 */
export const send = (
  datagram: Uint8Array,
  egress: Interface,
  nextHop: Address,
  allocate: (length: number) => Uint8Array,
  now: Instant,
): void => {
  if (datagram.length <= egress.mtu) hand(datagram, egress, nextHop, now);
  else fragment(datagram, egress.mtu, allocate, (piece) => hand(piece, egress, nextHop, now));
};

const hand = (datagram: Uint8Array, egress: Interface, nextHop: Address, now: Instant): void => {
  egress.counters.handedPackets += 1;
  egress.counters.handedOctets += datagram.length;
  if (isMulticast(nextHop)) egress.counters.outMulticastPackets += 1;
  egress.wire.transmit(datagram, nextHop, now);
};
