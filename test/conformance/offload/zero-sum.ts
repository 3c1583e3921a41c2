import * as ipv4 from '../../../src/ip/header.js';
import { uint16, writeUint16 } from '../../../src/ip/octets.js';
import type { Parcel } from '../../../src/parcel.js';
import { superDatagram } from '../../support/super-datagram.js';
import { madeOf } from './oracle.js';

/** The payload of each segment, in octets. */
const SEGMENT = 8;

/** A super-datagram of so many segments, of which one has a checksum that computes to zero. */
export const zeroSummed = (protocol: number, segments: number, which: number): Parcel => {
  const data = Uint8Array.from({ length: segments * SEGMENT }, (_, at) =>
    Math.floor(at / SEGMENT) === which ? 0 : at,
  );
  const parcel = superDatagram({ protocol, segment: SEGMENT, length: data.length, data });
  const field = ipv4.MINIMUM_HEADER_LENGTH + (protocol === ipv4.PROTOCOL_TCP ? 16 : 6);
  // A word of zeros that becomes the checksum brings the sum to all ones.
  const sum = uint16(madeOf([parcel])[which]!, field);
  writeUint16(parcel.octets, parcel.headers + which * SEGMENT, sum);
  return parcel;
};
