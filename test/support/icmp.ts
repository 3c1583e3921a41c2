import * as ipv4 from '../../src/ip/header.js';
import { checksum, writeUint16 } from '../../src/ip/octets.js';
import { type DatagramFields, datagram } from './datagram.js';

/** An ICMP message with its checksum; `rest` is what follows the checksum. */
export const message = (type: number, code: number, rest: Iterable<number>): Uint8Array => {
  const octets = Uint8Array.from([type, code, 0, 0, ...rest]);
  writeUint16(octets, 2, checksum(octets, 0, octets.length));
  return octets;
};

/** A datagram with an ICMP message, to the router's own 192.0.2.1 unless told. */
export const icmp = (payload: Uint8Array, fields: DatagramFields = {}): Uint8Array =>
  datagram({ destination: '192.0.2.1', protocol: ipv4.PROTOCOL_ICMP, payload, ...fields });

/** The ICMP message inside a datagram. */
export const messageOf = (d: Uint8Array): Uint8Array => d.subarray(ipv4.headerLength(d));

export const typeAndCode = (d: Uint8Array): readonly number[] => [...messageOf(d).subarray(0, 2)];
