import * as ipv4 from '../../../src/ip/header.js';
import { checksum, writeUint16 } from '../../../src/ip/octets.js';
import { type DatagramFields, datagram } from '../../support/datagram.js';
import { HOST, REMOTE, ROUTER } from '../topology.js';

/** A datagram in transit from the host on port 0 to somewhere behind port 1, unless told otherwise. */
export const transit = (fields: DatagramFields = {}): Uint8Array =>
  datagram({ source: HOST[0], destination: REMOTE[1], payload: udp(), ...fields });

/** Fields of an ICMP query, and of the datagram around it. */
export interface QueryFields extends DatagramFields {
  readonly identifier?: number;
  readonly sequence?: number;
  readonly data?: Uint8Array | readonly number[];
  readonly code?: number;
}

/** An echo request from the host on port 0 to the router's address there, unless told otherwise. */
export const echoRequest = (fields: QueryFields = {}): Uint8Array => query(8, fields);

/** An ICMP message with identifier, sequence number and data, to the router unless told otherwise. */
export const query = (type: number, fields: QueryFields = {}): Uint8Array => {
  const { identifier = 0x4242, sequence = 1, data = [0xde, 0xad, 0xbe, 0xef], code = 0, ...rest } = fields;
  const octets = [identifier >>> 8, identifier & 255, sequence >>> 8, sequence & 255, ...data];
  return datagram({
    source: HOST[0],
    destination: ROUTER[0],
    protocol: ipv4.PROTOCOL_ICMP,
    payload: icmp(type, code, octets),
    ...rest,
  });
};

/** The octets of an ICMP message: type, code, a right checksum, and all that follows it. */
export const icmp = (type: number, code: number, rest: ArrayLike<number>): Uint8Array => {
  const message = new Uint8Array(4 + rest.length);
  message[0] = type;
  message[1] = code;
  message.set(Array.from(rest), 4);
  writeUint16(message, 2, checksum(message, 0, message.length));
  return message;
};

/** The octets of an ICMP error about an original, quoted whole. */
export const icmpErrorAbout = (
  original: Uint8Array,
  type: number,
  code: number,
  parameter: readonly [number, number, number, number] = [0, 0, 0, 0],
): Uint8Array => icmp(type, code, [...parameter, ...original]);

export interface UdpFields {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly data?: Uint8Array | readonly number[];
  /** 0, which says that there is none, unless told. */
  readonly checksum?: number;
  readonly length?: number;
}

/** The octets of a UDP datagram. */
export const udp = (fields: UdpFields = {}): Uint8Array => {
  const data = fields.data ?? [1, 2, 3, 4, 5, 6, 7, 8];
  const octets = new Uint8Array(8 + data.length);
  octets.set(data, 8);
  writeUint16(octets, 0, fields.sourcePort ?? 1000);
  writeUint16(octets, 2, fields.destinationPort ?? 2000);
  writeUint16(octets, 4, fields.length ?? octets.length);
  writeUint16(octets, 6, fields.checksum ?? 0);
  return octets;
};

/** A copy with some octets changed and nothing else made to fit them: not the checksum either. */
export const spoilt = (original: Uint8Array, at: number, ...changed: readonly number[]): Uint8Array => {
  const octets = original.slice();
  octets.set(changed, at);
  return octets;
};

/** Several pieces of octets, one after the other. */
export const joined = (...pieces: readonly ArrayLike<number>[]): Uint8Array =>
  Uint8Array.from(pieces.flatMap((piece) => Array.from(piece)));
