import * as ipv4 from '../ip/header.js';
import { uint16 } from '../ip/octets.js';

export { PROTOCOL_TCP, PROTOCOL_UDP } from '../ip/header.js';

/** Where the checksum is behind the start of the header of a protocol; undefined for others than TCP and UDP. */
export const CHECKSUM_AT: Readonly<Record<number, number>> = {
  [ipv4.PROTOCOL_TCP]: 16,
  [ipv4.PROTOCOL_UDP]: 6,
};

/** How a UDP checksum of zero is written, since zero says that there is none. Source: RFC 768. */
export const PSEUDO_ZERO = 0xffff;

/** The octets of a UDP header. */
export const UDP_HEADER_LENGTH = 8;
const SHORTEST_TCP_HEADER = 20;

/**
 * The length of the IPv4 header and the TCP or UDP header behind it, in octets; 0 where they are not whole, or the
 * length that UDP names is not that of the datagram.
 *
 * The datagram is one that says its own length, and of TCP or UDP.
 */
export const headersLength = (datagram: Uint8Array): number => {
  const at = ipv4.headerLength(datagram);
  if (ipv4.protocol(datagram) === ipv4.PROTOCOL_UDP) {
    const isWhole =
      at + UDP_HEADER_LENGTH <= datagram.length && uint16(datagram, at + 4) === datagram.length - at;
    return isWhole ? at + UDP_HEADER_LENGTH : 0;
  }
  if (at + SHORTEST_TCP_HEADER > datagram.length) return 0;
  const length = (datagram[at + 12]! >>> 4) << 2;
  return length >= SHORTEST_TCP_HEADER && at + length <= datagram.length ? at + length : 0;
};
