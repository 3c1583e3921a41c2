import * as ipv4 from '../../../src/ip/header.js';
import { writeUint16 } from '../../../src/ip/octets.js';
import type { Expectation } from '../expectation.js';
import { joined } from './sends.js';

/** The fragments of a datagram, cut at these offsets of its payload; options are in the first one only. */
export const pieces = (whole: Uint8Array, ...cuts: readonly number[]): Uint8Array[] =>
  [0, ...cuts].map((from, at) => piece(whole, from, cuts[at] ?? ipv4.payloadLength(whole)));

/** One fragment, from an offset of the payload to another; more follow unless that is the end of it. */
export const piece = (
  whole: Uint8Array,
  from: number,
  to: number,
  more: boolean = to < ipv4.payloadLength(whole),
): Uint8Array => {
  const header = from === 0 ? ipv4.headerLength(whole) : ipv4.MINIMUM_HEADER_LENGTH;
  const start = ipv4.headerLength(whole);
  const octets = joined(whole.subarray(0, header), whole.subarray(start + from, start + to));
  octets[0] = 0x40 | (header >>> 2);
  const flags = ipv4.flagsAndOffset(whole) & (ipv4.FLAG_RESERVED | ipv4.FLAG_DONT_FRAGMENT);
  writeUint16(octets, 2, octets.length);
  writeUint16(octets, 6, flags | (more ? ipv4.FLAG_MORE_FRAGMENTS : 0) | (from >>> 3));
  ipv4.writeChecksum(octets);
  return octets;
};

/** What is to come out, about a datagram that was sent in pieces. */
export const about =
  (whole: Uint8Array, expectation: Expectation): Expectation =>
  () =>
    expectation([whole]);
