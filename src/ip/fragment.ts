import * as ipv4 from './header.js';
import { FLAG_DONT_FRAGMENT, FLAG_MORE_FRAGMENTS, FLAG_RESERVED } from './header.js';
import { writeUint16 } from './octets.js';
import { END_OF_OPTIONS, NO_OPERATION } from './options.js';

/**
 * Cuts a datagram into as few fragments as its MTU allows and emits them in order.
 *
 * `datagram` is ready to leave, its TTL already decremented; it may be a fragment itself. `mtu` is at
 * least 68, and the caller has checked that DF is clear. Each fragment is written into room from `allocate` and
 * belongs to its receiver; a datagram that fits is emitted itself. Identification and the reserved bit are in every
 * fragment; options only if they are to be copied.
 *
 * A fragment that reaches beyond the largest datagram, which nobody could reassemble, is cut off where the
 * offset field ends.
 *
 * Source: RFC 791 §3.2, RFC 1812 §4.2.2.7, §5.2.5.
 */
export const fragment = (
  datagram: Uint8Array,
  mtu: number,
  allocate: (length: number) => Uint8Array,
  emit: (fragment: Uint8Array) => void,
): void => {
  if (datagram.length <= mtu) {
    emit(datagram);
    return;
  }
  const flags = ipv4.flagsAndOffset(datagram) & (FLAG_RESERVED | FLAG_DONT_FRAGMENT);
  const offset = ipv4.fragmentOffset(datagram);
  const start = ipv4.headerLength(datagram);
  let header = datagram.subarray(0, start);
  for (let at = start; at < datagram.length; ) {
    const rest = datagram.length - at;
    const room = mtu - header.length;
    const length = rest <= room ? rest : room & ~7;
    const isLast = length === rest;
    const pieceOffset = offset + at - start;
    if (pieceOffset > MAXIMUM_OFFSET) return;
    const piece = allocate(header.length + length);
    piece.set(header);
    piece.set(datagram.subarray(at, at + length), header.length);
    const more = !isLast || ipv4.hasMoreFragments(datagram) ? FLAG_MORE_FRAGMENTS : 0;
    writeUint16(piece, 2, piece.length);
    writeUint16(piece, 6, flags | more | (pieceOffset >>> 3));
    ipv4.writeChecksum(piece);
    emit(piece);
    if (at === start && start > ipv4.MINIMUM_HEADER_LENGTH) header = laterHeader(datagram);
    at += length;
  }
};

/**
 * The options that every fragment carries: those with the copied bit, padded to a multiple of 4 octets.
 *
 * Source: RFC 791 §3.1.
 */
export const fragmentOptions = (datagram: Uint8Array): Uint8Array => {
  const end = ipv4.headerLength(datagram);
  const copied = new Uint8Array(end - ipv4.MINIMUM_HEADER_LENGTH);
  let length = 0;
  for (let at = ipv4.OPTIONS_AT; at < end; ) {
    const type = datagram[at]!;
    if (type === END_OF_OPTIONS) break;
    if (type === NO_OPERATION) {
      at += 1;
      continue;
    }
    const optionLength = datagram[at + 1]!;
    if (optionLength < 2 || at + optionLength > end) break;
    if ((type & COPIED) !== 0) {
      copied.set(datagram.subarray(at, at + optionLength), length);
      length += optionLength;
    }
    at += optionLength;
  }
  return copied.subarray(0, (length + 3) & ~3);
};

/**
 * Whether a fragment is possible: not empty, within 65,535 octets, and a multiple of 8 octets unless it is the
 * last one.
 */
export const isPossibleFragment = (datagram: Uint8Array): boolean => {
  const length = ipv4.payloadLength(datagram);
  if (length === 0 || (ipv4.hasMoreFragments(datagram) && length % 8 !== 0)) return false;
  const end = ipv4.fragmentOffset(datagram) + length;
  return ipv4.headerLength(datagram) + end <= ipv4.MAXIMUM_DATAGRAM_LENGTH;
};

/** An offset of 13 bits in units of 8 octets. */
const MAXIMUM_OFFSET = 0x1fff << 3;

const COPIED = 0x80;

const laterHeader = (datagram: Uint8Array): Uint8Array => {
  const options = fragmentOptions(datagram);
  const header = new Uint8Array(ipv4.MINIMUM_HEADER_LENGTH + options.length);
  header.set(datagram.subarray(0, ipv4.MINIMUM_HEADER_LENGTH));
  header.set(options, ipv4.OPTIONS_AT);
  header[0] = 0x40 | (header.length >>> 2);
  return header;
};
