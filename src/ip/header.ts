import type { Address } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import {
  adjustedChecksum,
  checksum,
  isChecksumRight,
  uint16,
  uint32,
  writeUint16,
  writeUint32,
} from './octets.js';

/**
 * The IPv4 header as functions over the datagram's octets.
 *
 * Every accessor trusts that `validate` has passed the datagram. Import it as `ipv4` and read
 * `ipv4.ttl(datagram)`. Lengths and offsets are in octets.
 *
 * Source: RFC 791 §3.1.
 */
export const MINIMUM_HEADER_LENGTH = 20;
export const MAXIMUM_DATAGRAM_LENGTH = 65_535;

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_IGMP = 2;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;

/** Precedence 6, in the TOS of what routers say to each other and to hosts. Source: RFC 1812 §4.3.2.5, RFC 9776 §4. */
export const INTERNETWORK_CONTROL = 0xc0;

export const FLAG_RESERVED = 0x8000;
export const FLAG_DONT_FRAGMENT = 0x4000;
export const FLAG_MORE_FRAGMENTS = 0x2000;

/** Where the option octets begin. */
export const OPTIONS_AT = 20;

/**
 * The gate: checks a datagram before any of its fields is believed.
 *
 * Returns why the octets are refused, or undefined if the accessors below may be used on them. With `truncated`, the
 * header is complete and correct, and only the payload is short.
 * Octets after the total length are allowed; the caller cuts them off.
 *
 * Source: RFC 1812 §5.2.2.
 */
export const validate = (octets: Uint8Array): DropReason | undefined => {
  if (octets.length < MINIMUM_HEADER_LENGTH) return 'too-short';
  const number = version(octets);
  if (number !== 4) return number === 6 ? 'ipv6' : 'bad-version';
  const header = headerLength(octets);
  if (header < MINIMUM_HEADER_LENGTH || header > octets.length) return 'bad-header-length';
  if (!isChecksumRight(octets, 0, header)) return 'bad-checksum';
  const total = totalLength(octets);
  if (total < header) return 'bad-total-length';
  return total > octets.length ? 'truncated' : undefined;
};

export const version = (d: Uint8Array): number => d[0]! >>> 4;
export const headerLength = (d: Uint8Array): number => (d[0]! & 15) << 2;
export const tos = (d: Uint8Array): number => d[1]!;
export const totalLength = (d: Uint8Array): number => uint16(d, 2);
export const identification = (d: Uint8Array): number => uint16(d, 4);
/** The 16 bits that hold the three flags and the fragment offset in units of 8 octets. */
export const flagsAndOffset = (d: Uint8Array): number => uint16(d, 6);
export const isDontFragment = (d: Uint8Array): boolean => (d[6]! & 0x40) !== 0;
export const hasMoreFragments = (d: Uint8Array): boolean => (d[6]! & 0x20) !== 0;
export const fragmentOffset = (d: Uint8Array): number => (uint16(d, 6) & 0x1fff) << 3;
export const isFragment = (d: Uint8Array): boolean => (uint16(d, 6) & 0x3fff) !== 0;
export const ttl = (d: Uint8Array): number => d[8]!;
export const protocol = (d: Uint8Array): number => d[9]!;
export const headerChecksum = (d: Uint8Array): number => uint16(d, 10);
export const source = (d: Uint8Array): Address => uint32(d, 12);
export const destination = (d: Uint8Array): Address => uint32(d, 16);
export const hasOptions = (d: Uint8Array): boolean => d[0] !== 0x45;
export const payloadLength = (d: Uint8Array): number => totalLength(d) - headerLength(d);

/** Whether a datagram is longer than an MTU, and must not be fragmented; `length` is that of one of those it stands for. */
export const isTooLong = (d: Uint8Array, length: number, mtu: number): boolean =>
  length > mtu && isDontFragment(d);

/** Recomputes the header checksum over the final octets of the header. */
export const writeChecksum = (d: Uint8Array): void => {
  writeUint16(d, 10, 0);
  writeUint16(d, 10, checksum(d, 0, headerLength(d)));
};

/** Takes 1 from the TTL. */
export const decrementTtl = (d: Uint8Array): void => setTtl(d, d[8]! - 1);

/** Writes the TTL and adjusts the checksum for that one word. Source: RFC 1624 §3. */
export const setTtl = (d: Uint8Array, ttl: number): void => {
  const before = uint16(d, 8);
  d[8] = ttl;
  writeUint16(d, 10, adjustedChecksum(uint16(d, 10), before, uint16(d, 8)));
};

/** The fields of a header of our own; the others follow from the datagram. */
export interface HeaderFields {
  readonly tos: number;
  readonly identification: number;
  /** `FLAG_DONT_FRAGMENT` or 0. */
  readonly flags: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly source: Address;
  readonly destination: Address;
}

/**
 * Writes a header, checksum included, in front of a payload that is in place.
 *
 * `d` is the whole datagram, its length the total length. `options` has a multiple of 4 octets, at most 40.
 */
export const writeHeader = (d: Uint8Array, fields: HeaderFields, options?: Uint8Array): void => {
  const length = MINIMUM_HEADER_LENGTH + (options?.length ?? 0);
  d[0] = 0x40 | (length >>> 2);
  d[1] = fields.tos;
  writeUint16(d, 2, d.length);
  writeUint16(d, 4, fields.identification);
  writeUint16(d, 6, fields.flags);
  d[8] = fields.ttl;
  d[9] = fields.protocol;
  writeUint32(d, 12, fields.source);
  writeUint32(d, 16, fields.destination);
  if (options !== undefined) d.set(options, OPTIONS_AT);
  writeChecksum(d);
};
