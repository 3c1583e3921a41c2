import * as ipv4 from '../ip/header.js';
import { adjustedChecksum, checksum, fold, uint16, uint32, writeUint16, writeUint32 } from '../ip/octets.js';
import { type Parcel, parcelOf } from '../parcel.js';
import { CHECKSUM_AT, PSEUDO_ZERO } from './transport.js';

/** Octets for a new datagram, all zero. */
type Allocate = (length: number) => Uint8Array;

/** TCP flags, in the 14th octet of its header. Source: RFC 9293 §3.1. */
const FIN_PSH = 0x01 | 0x08;
const CWR = 0x80;

/**
 * Hands on the datagrams that a parcel represents, in order, each in a parcel of its own with complete checksums.
 *
 * One that is complete already is handed on as it is; otherwise the octets are copied, because others may hold them.
 */
export const eachDatagram = (parcel: Parcel, allocate: Allocate, take: (datagram: Parcel) => void): void => {
  if (!parcel.isPartial) return take(parcel);
  const { datagrams, id, refused } = parcel;
  for (let i = 0; i < datagrams; i++)
    take(parcelOf(datagramAt(parcel, i, allocate), id === 0 ? 0 : id + 2 * i, refused));
};

/** Hands on a super-datagram in several, each of at most so many datagrams; their checksums are still partial. */
export const eachGroup = (
  parcel: Parcel,
  most: number,
  allocate: Allocate,
  take: (group: Parcel) => void,
): void => {
  const { datagrams, segment, headers, id, refused } = parcel;
  for (let first = 0; first < datagrams; first += most) {
    const count = Math.min(most, datagrams - first);
    const group = parcelOf(partAt(parcel, first, count, allocate), id === 0 ? 0 : id + 2 * first, refused);
    group.isPartial = true;
    group.identificationStep = parcel.identificationStep;
    group.datagrams = count;
    group.segment = count > 1 ? segment : 0;
    group.headers = count > 1 ? headers : 0;
    take(group);
  }
};

/** The first datagram that a parcel represents, complete: what an ICMP error quotes. */
export const firstDatagram = (parcel: Parcel, allocate: Allocate): Uint8Array =>
  parcel.isPartial ? datagramAt(parcel, 0, allocate) : parcel.octets;

/** The i-th datagram of a parcel whose checksum is partial, complete, in octets of its own. */
export const datagramAt = (parcel: Parcel, i: number, allocate: Allocate): Uint8Array =>
  parcel.segment === 0 ? completed(parcel.octets, allocate) : segmentAt(parcel, i, allocate);

/** A copy of a datagram with a partial checksum, and the checksum complete: where it is zero all ones, as the kernel has it. */
const completed = (octets: Uint8Array, allocate: Allocate): Uint8Array => {
  const copy = allocate(octets.length);
  copy.set(octets);
  const at = ipv4.headerLength(copy);
  const protocol = ipv4.protocol(copy);
  writeUint16(copy, at + CHECKSUM_AT[protocol]!, checksum(copy, at, copy.length) || PSEUDO_ZERO);
  return copy;
};

/** The i-th segment of a super-datagram, as the kernel would make it. */
const segmentAt = (parcel: Parcel, i: number, allocate: Allocate): Uint8Array => {
  const datagram = partAt(parcel, i, 1, allocate);
  const at = ipv4.headerLength(datagram);
  const protocol = ipv4.protocol(datagram);
  writeTransportChecksum(
    datagram,
    protocol,
    at + CHECKSUM_AT[protocol]!,
    checksum(datagram, at, datagram.length),
  );
  return datagram;
};

/**
 * So many segments of a super-datagram from the i-th on, as one whose checksum is partial.
 *
 * What differs: lengths, the identification (one more each), the sequence number of TCP; FIN and PSH stay with the last
 * one only, CWR with the first only. Checksums are adjusted, never made anew: a wrong one stays wrong.
 *
 * Source: RFC 791 §3.1, RFC 9293 §3.1, RFC 3168 §6.1.2.
 */
const partAt = (parcel: Parcel, i: number, count: number, allocate: Allocate): Uint8Array => {
  const { octets, headers, segment, datagrams, identificationStep } = parcel;
  const from = headers + i * segment;
  const to = Math.min(from + count * segment, octets.length);
  const datagram = allocate(headers + to - from);
  datagram.set(octets.subarray(0, headers));
  datagram.set(octets.subarray(from, to), headers);
  renumber(datagram, ipv4.identification(octets) + i * identificationStep);

  const at = ipv4.headerLength(datagram);
  const protocol = ipv4.protocol(datagram);
  if (protocol === ipv4.PROTOCOL_TCP) {
    writeUint32(datagram, at + 4, (uint32(datagram, at + 4) + i * segment) >>> 0);
    if (i + count < datagrams) datagram[at + 13]! &= ~FIN_PSH;
    if (i > 0) datagram[at + 13]! &= ~CWR;
  } else writeUint16(datagram, at + 4, datagram.length - at);
  // The pseudo-header's sum, with this length for that of all.
  const field = at + CHECKSUM_AT[protocol]!;
  const sum = uint16(datagram, field) + (~(octets.length - at) & 0xffff) + (datagram.length - at);
  writeUint16(datagram, field, fold(sum));
  return datagram;
};

/** Writes length and identification, and adjusts the header checksum for both. Source: RFC 1624 §3. */
const renumber = (datagram: Uint8Array, identification: number): void => {
  let sum = adjustedChecksum(uint16(datagram, 10), uint16(datagram, 2), datagram.length);
  sum = adjustedChecksum(sum, uint16(datagram, 4), identification & 0xffff);
  writeUint16(datagram, 2, datagram.length);
  writeUint16(datagram, 4, identification);
  writeUint16(datagram, 10, sum);
};

const writeTransportChecksum = (datagram: Uint8Array, protocol: number, field: number, value: number): void =>
  writeUint16(datagram, field, value === 0 && protocol === ipv4.PROTOCOL_UDP ? PSEUDO_ZERO : value);
