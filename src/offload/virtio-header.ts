import * as ipv4 from '../ip/header.js';
import { checksum, uint16, writeUint16 } from '../ip/octets.js';
import { MISSTATED, type Parcel } from '../parcel.js';
import { CHECKSUM_AT, headersLength, PSEUDO_ZERO } from './transport.js';

/**
 * The virtio-net header: what a device says of the datagram behind it, and is told.
 *
 * `flags`, `gso_type`, then four numbers of 16 bits in the order of the machine: the length of all headers, the payload
 * length of a segment, where the octets begin that the checksum covers, and where behind that its field is.
 *
 * Source: Virtual I/O Device 1.2 §5.1.6, linux/virtio_net.h.
 */
export const VIRTIO_HEADER_LENGTH = 10;

const NEEDS_CHECKSUM = 1;
/** Of our own: the datagrams that a super-datagram stands for have one identification. No kernel says so. */
const ONE_IDENTIFICATION = 0x80;
const TYPE_NONE = 0;
const TYPE_TCP = 1;
const TYPE_UDP = 5;
/** A bit beside the type: the first segment has CWR, or had it. */
const ECN = 0x80;
const CWR = 0x80;

const IS_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const machineUint16 = (octets: Uint8Array, at: number): number =>
  IS_LITTLE ? octets[at]! | (octets[at + 1]! << 8) : uint16(octets, at);

const writeMachineUint16 = (octets: Uint8Array, at: number, value: number): void => {
  octets[at] = IS_LITTLE ? value : value >>> 8;
  octets[at + 1] = IS_LITTLE ? value >>> 8 : value;
};

/** Whether the header in front of `at` says nothing, as of most datagrams. */
export const saysNothing = (octets: Uint8Array, at: number): boolean =>
  (octets[at - VIRTIO_HEADER_LENGTH]! & NEEDS_CHECKSUM) === 0 &&
  octets[at - VIRTIO_HEADER_LENGTH + 1] === TYPE_NONE;

/**
 * Notes in a parcel what the header in front of `at` says of its octets, which are those from `at` on.
 *
 * Nothing of it is believed before it has been checked, and `hdr_len` never: on forwarded datagrams it is another
 * length. What cannot be is `MISSTATED`. A checksum that is partial but not that of the datagram's own TCP or UDP, as
 * inside a tunnel, is completed here, so that nobody else has to know of such.
 */
export const readVirtioHeader = (octets: Uint8Array, at: number, parcel: Parcel): void => {
  parcel.segment = 0;
  parcel.datagrams = 1;
  parcel.headers = 0;
  parcel.identificationStep = 1;
  parcel.isPartial = false;
  if (saysNothing(octets, at)) return;
  const datagram = parcel.octets;
  // Nobody forwards it, so nobody needs to know more.
  if (datagram.length > 0 && datagram[0]! >>> 4 === 6) return;
  const header = at - VIRTIO_HEADER_LENGTH;
  const type = octets[header + 1]! & ~ECN;
  const needsChecksum = (octets[header]! & NEEDS_CHECKSUM) !== 0;
  const start = machineUint16(octets, header + 6);
  const field = start + machineUint16(octets, header + 8);
  if (!needsChecksum || start < behindHeader(datagram) || field + 2 > datagram.length) {
    parcel.segment = MISSTATED;
    return;
  }
  const isOwn = isOwnChecksum(datagram, start, field);
  parcel.isPartial = isOwn;
  if ((octets[header]! & ONE_IDENTIFICATION) !== 0) parcel.identificationStep = 0;
  if (type !== TYPE_NONE) readSegments(datagram, type, machineUint16(octets, header + 4), parcel);
  else if (!isOwn) writeUint16(datagram, field, checksum(datagram, start, datagram.length) || PSEUDO_ZERO);
};

/** Where the IPv4 header ends, by its own word; no earlier than the shortest does. */
const behindHeader = (datagram: Uint8Array): number =>
  Math.max(ipv4.MINIMUM_HEADER_LENGTH, datagram.length > 0 ? ipv4.headerLength(datagram) : 0);

/** Whether a checksum field is that of the TCP or UDP which a whole datagram carries. */
const isOwnChecksum = (datagram: Uint8Array, start: number, field: number): boolean => {
  if (datagram.length < ipv4.MINIMUM_HEADER_LENGTH || ipv4.version(datagram) !== 4) return false;
  const at = ipv4.headerLength(datagram);
  return (
    at >= ipv4.MINIMUM_HEADER_LENGTH &&
    start === at &&
    ipv4.totalLength(datagram) === datagram.length &&
    !ipv4.isFragment(datagram) &&
    field - start === CHECKSUM_AT[ipv4.protocol(datagram)] &&
    headersLength(datagram) > 0
  );
};

const readSegments = (datagram: Uint8Array, type: number, segment: number, parcel: Parcel): void => {
  const fits = (protocol: number): boolean =>
    (type === TYPE_TCP && protocol === ipv4.PROTOCOL_TCP) ||
    (type === TYPE_UDP && protocol === ipv4.PROTOCOL_UDP);
  if (!parcel.isPartial || segment === 0 || !fits(ipv4.protocol(datagram))) {
    parcel.segment = MISSTATED;
    parcel.isPartial = false;
    return;
  }
  const headers = headersLength(datagram);
  const payload = datagram.length - headers;
  if (payload <= segment) return;
  parcel.segment = segment;
  parcel.headers = headers;
  parcel.datagrams = Math.ceil(payload / segment);
};

/** Writes the header of a datagram that is complete: it says nothing. */
export const writeNothing = (octets: Uint8Array, at: number): void => {
  for (let i = at - VIRTIO_HEADER_LENGTH; i < at; i++) octets[i] = 0;
};

/**
 * Writes the header in front of `at`, where a datagram with a partial checksum stands; with `segment`, the payload
 * length of each of the datagrams that it stands for, else 0.
 */
export const writePartial = (octets: Uint8Array, at: number, segment: number): void => {
  const header = at - VIRTIO_HEADER_LENGTH;
  const start = (octets[at]! & 15) << 2;
  const isTcp = octets[at + 9] === ipv4.PROTOCOL_TCP;
  const ecn = isTcp && (octets[at + start + 13]! & CWR) !== 0 ? ECN : 0;
  octets[header] = NEEDS_CHECKSUM;
  octets[header + 1] = segment === 0 ? TYPE_NONE : isTcp ? TYPE_TCP | ecn : TYPE_UDP;
  writeMachineUint16(
    octets,
    header + 2,
    segment === 0 ? 0 : start + (isTcp ? (octets[at + start + 12]! >>> 4) << 2 : 8),
  );
  writeMachineUint16(octets, header + 4, segment);
  writeMachineUint16(octets, header + 6, start);
  writeMachineUint16(octets, header + 8, isTcp ? 16 : 6);
};
