import type { DropReason } from '../drop-reason.js';
import * as ipv4 from './header.js';
import { isChecksumRight, sum, uint16 } from './octets.js';

const UDP_HEADER_LENGTH = 8;

/**
 * What is wrong with the UDP datagram inside a whole IPv4 datagram, or undefined if nothing is.
 *
 * Checksum 0 means that there is none. Source: RFC 768, RFC 1122 §4.1.3.4.
 */
export const udpFault = (datagram: Uint8Array): DropReason | undefined => {
  const at = ipv4.headerLength(datagram);
  // Of a header that is cut off, it is 0, or more than is there.
  const length = uint16(datagram, at + 4);
  if (length < UDP_HEADER_LENGTH || length > datagram.length - at) return 'udp-bad-checksum';
  if (uint16(datagram, at + 6) === 0) return undefined;
  return isChecksumRight(datagram, at, at + length, pseudoHeaderSum(datagram, length))
    ? undefined
    : 'udp-bad-checksum';
};

/** The sum of source, destination, protocol and length, which the transport checksum covers too. Source: RFC 768. */
export const pseudoHeaderSum = (datagram: Uint8Array, length: number): number =>
  sum(datagram, 12, 20, ipv4.protocol(datagram) + length);
