import * as ipv4 from '../../src/ip/header.js';
import { fold, sum, writeUint16, writeUint32 } from '../../src/ip/octets.js';
import { type Parcel, parcelOf } from '../../src/parcel.js';
import { type DatagramFields, datagram, pattern } from './datagram.js';

export interface SuperFields extends DatagramFields {
  /** The payload length of each segment, in octets. */
  readonly segment: number;
  /** How many octets are carried. */
  readonly length: number;
  readonly data?: Uint8Array;
  /** Of TCP. */
  readonly sequence?: number;
  readonly tcpFlags?: number;
  readonly tcpOptions?: readonly number[];
}

/** The sum that a kernel leaves in the checksum field of what it offloads. */
export const pseudoSum = (octets: Uint8Array): number => {
  const at = ipv4.headerLength(octets);
  return fold(sum(octets, 12, 20) + ipv4.protocol(octets) + (octets.length - at));
};

/** A super-datagram as a kernel hands it out. */
export const superDatagram = (fields: SuperFields): Parcel => {
  const { segment, length, data = pattern(length), protocol = ipv4.PROTOCOL_UDP } = fields;
  const isTcp = protocol === ipv4.PROTOCOL_TCP;
  const { tcpOptions = [], sequence = 1000, tcpFlags = 0x10 } = fields;
  const header = new Uint8Array(isTcp ? 20 + tcpOptions.length : 8);
  header.set([0x03, 0xe8, 0x07, 0xd0]);
  if (isTcp) {
    writeUint32(header, 4, sequence);
    header.set([(header.length / 4) << 4, tcpFlags, 0x10, 0], 12);
    header.set(tcpOptions, 20);
  } else writeUint16(header, 4, 8 + length);
  const octets = datagram({ ...fields, protocol, payload: [...header, ...data] });
  const at = ipv4.headerLength(octets);
  writeUint16(octets, at + (isTcp ? 16 : 6), pseudoSum(octets));
  const parcel = parcelOf(octets);
  parcel.isPartial = true;
  if (length <= segment) return parcel;
  parcel.segment = segment;
  parcel.headers = at + header.length;
  parcel.datagrams = Math.ceil(length / segment);
  return parcel;
};

/** Whether the TCP or UDP checksum of a whole datagram is right. */
export const isTransportRight = (octets: Uint8Array): boolean => {
  const at = ipv4.headerLength(octets);
  return fold(sum(octets, at, octets.length, pseudoSum(octets))) === 0xffff;
};
