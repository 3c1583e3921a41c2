import type { Address } from '../../src/address.js';
import * as ipv4 from '../../src/ip/header.js';
import { writeUint16 } from '../../src/ip/octets.js';

/** What a test wants to say about a datagram; all else is boring. */
export interface DatagramFields {
  readonly tos?: number;
  readonly id?: number;
  /** Of `ipv4.FLAG_…`, added up. */
  readonly flags?: number;
  /** Fragment offset in octets. */
  readonly offset?: number;
  readonly ttl?: number;
  readonly protocol?: number;
  readonly source?: Address | string;
  readonly destination?: Address | string;
  /** Padded with zeros (EOL) to a multiple of 4 octets. */
  readonly options?: Uint8Array | readonly number[];
  readonly payload?: Uint8Array | readonly number[];
}

/** UDP from port 1000 to port 2000, empty, without a checksum. */
const EMPTY_UDP: readonly number[] = [0x03, 0xe8, 0x07, 0xd0, 0, 8, 0, 0];

/** A datagram of its own octets with a valid header checksum, from 192.0.2.10 to 198.51.100.10. */
export const datagram = (fields: DatagramFields = {}): Uint8Array => {
  const given = fields.options ?? [];
  const options = new Uint8Array((given.length + 3) & ~3);
  options.set(given);
  const payload = fields.payload ?? EMPTY_UDP;
  const octets = new Uint8Array(ipv4.MINIMUM_HEADER_LENGTH + options.length + payload.length);
  octets.set(payload, octets.length - payload.length);
  ipv4.writeHeader(
    octets,
    {
      tos: fields.tos ?? 0,
      identification: fields.id ?? 0x1234,
      flags: (fields.flags ?? 0) | ((fields.offset ?? 0) >>> 3),
      ttl: fields.ttl ?? 64,
      protocol: fields.protocol ?? ipv4.PROTOCOL_UDP,
      source: ip(fields.source ?? '192.0.2.10'),
      destination: ip(fields.destination ?? '198.51.100.10'),
    },
    options,
  );
  return octets;
};

/** Changes some octets of a datagram and makes its header checksum right again. */
export const withOctets = (original: Uint8Array, at: number, ...changed: readonly number[]): Uint8Array => {
  const octets = original.slice();
  octets.set(changed, at);
  writeUint16(octets, 10, 0);
  ipv4.writeChecksum(octets);
  return octets;
};

/** `192.0.2.1` as a number; a number stays what it is. */
export const ip = (address: Address | string): Address =>
  typeof address === 'number'
    ? address
    : address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** The four octets of an address, for options and payloads. */
export const addressOctets = (address: Address | string): readonly number[] => {
  const value = ip(address);
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
};

/** Octets that tell their place: 0, 1, 2 … with a step at each 256, so that a shifted copy is noticed. */
export const pattern = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at + (at >>> 8) * 7) & 255);

export const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** Hex digits, spaces between them ignored. */
export const fromHex = (digits: string): Uint8Array =>
  Uint8Array.from(Buffer.from(digits.replaceAll(/\s/g, ''), 'hex'));
