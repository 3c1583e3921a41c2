import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ipv4 from '../../src/ip/header.js';
import { uint16, uint32, writeUint16 } from '../../src/ip/octets.js';
import { eachDatagram, eachGroup, firstDatagram } from '../../src/offload/segmentation.js';
import { datagramLength, octetsOnWire, type Parcel, parcelOf } from '../../src/parcel.js';
import { zeroSummed } from '../conformance/offload/zero-sum.js';
import { anyHeaders } from '../support/any-super-datagram.js';
import { datagram, hex, pattern } from '../support/datagram.js';
import { isTransportRight, type SuperFields, superDatagram } from '../support/super-datagram.js';

const allocate = (length: number): Uint8Array => new Uint8Array(length);

const datagramsOf = (parcel: Parcel): Parcel[] => {
  const all: Parcel[] = [];
  eachDatagram(parcel, allocate, (each) => all.push(each));
  return all;
};

/** Anything that a kernel may hand out. */
const anySuper = fc
  .record({
    ...anyHeaders,
    segment: fc.integer({ min: 1, max: 1500 }),
    segments: fc.integer({ min: 1, max: 20 }),
    tail: fc.nat(1499),
    sequence: fc.integer({ min: 0xffffff00, max: 0xffffffff }),
    tcpFlags: fc.integer({ min: 0, max: 255 }),
  })
  .map(({ segments, tail, ...fields }) => ({
    ...fields,
    length: fields.segment * (segments - 1) + 1 + (tail % fields.segment),
  }));

describe('a super-datagram', () => {
  it('is taken apart into right datagrams whose payloads are its own, in order', () =>
    fc.assert(
      fc.property(anySuper, (fields: SuperFields) => {
        const parcel = superDatagram(fields);
        const before = parcel.octets.slice();
        const parts = datagramsOf(parcel).map(({ octets }) => octets);
        const headers = before.length - fields.length;
        expect(parts.length).toBe(Math.ceil(fields.length / fields.segment));
        // As text: vitest compares octets one by one, which takes seconds.
        const payloads = Buffer.concat(parts.map((each) => each.subarray(headers)));
        expect(hex(payloads)).toBe(hex(before.subarray(headers)));
        for (const [i, each] of parts.entries()) {
          expect(ipv4.validate(each)).toBeUndefined();
          expect(ipv4.totalLength(each)).toBe(each.length);
          expect(ipv4.identification(each)).toBe((fields.id! + i) & 0xffff);
          expect(isTransportRight(each)).toBe(true);
          // All else of the IPv4 header is as it was.
          for (const at of [0, 1, 6, 7, 8, 9, 12, 16, 19]) expect(each[at]).toBe(before[at]);
        }
        expect(parts.reduce((sum, { length }) => sum + length, 0)).toBe(octetsOnWire(parcel));
        expect(parts[0]!.length).toBe(Math.min(datagramLength(parcel), before.length));
        expect(hex(firstDatagram(parcel, allocate))).toBe(hex(parts[0]!));
        expect(hex(parcel.octets)).toBe(hex(before));
      }),
    ));

  it('of TCP counts on, and keeps FIN and PSH for the last, CWR for the first', () => {
    const parts = datagramsOf(
      superDatagram({ protocol: 6, segment: 100, length: 250, sequence: 0xffffff9c, tcpFlags: 0x99 }),
    ).map(({ octets }) => octets);
    expect(parts.map((each) => uint32(each, 24))).toEqual([0xffffff9c, 0, 100]);
    expect(parts.map((each) => each[33])).toEqual([0x90, 0x10, 0x19]);
  });

  it('of one identification gives it to all, in smaller ones, too', () => {
    const parcel = superDatagram({ id: 7, flags: ipv4.FLAG_DONT_FRAGMENT, segment: 100, length: 950 });
    parcel.identificationStep = 0;
    const parts: Parcel[] = [];
    eachGroup(parcel, 3, allocate, (group) => parts.push(...datagramsOf(group)));
    for (const all of [parts, datagramsOf(parcel)]) {
      expect(all.map(({ octets }) => ipv4.identification(octets))).toEqual(Array(10).fill(7));
      expect(all.every(({ octets }) => ipv4.validate(octets) === undefined)).toBe(true);
    }
  });

  it('gives its datagrams the numbers that were kept for them, and whom to tell', () => {
    const refused = (): void => {};
    const parcel = { ...superDatagram({ segment: 10, length: 25 }), id: 7, refused };
    expect(datagramsOf(parcel).map(({ id }) => id)).toEqual([7, 9, 11]);
    expect(datagramsOf(parcel).every((each) => each.refused === refused)).toBe(true);
  });

  it('keeps a wrong header checksum wrong, and a wrong partial one', () => {
    const parcel = superDatagram({ segment: 10, length: 25 });
    writeUint16(parcel.octets, 10, uint16(parcel.octets, 10) ^ 1);
    expect(datagramsOf(parcel).map(({ octets }) => ipv4.validate(octets))).toEqual(
      Array(3).fill('bad-checksum'),
    );
    const other = superDatagram({ segment: 10, length: 25 });
    writeUint16(other.octets, 26, uint16(other.octets, 26) ^ 1);
    expect(datagramsOf(other).some(({ octets }) => isTransportRight(octets))).toBe(false);
  });

  it('divides into smaller ones that stand for the same', () =>
    fc.assert(
      fc.property(anySuper, fc.integer({ min: 1, max: 9 }), (fields: SuperFields, most) => {
        const parcel = superDatagram(fields);
        fc.pre(parcel.segment > 0);
        const whole = datagramsOf(parcel).map(({ octets }) => hex(octets));
        const groups: Parcel[] = [];
        eachGroup(parcel, most, allocate, (each) => groups.push(each));
        expect(groups.every(({ datagrams }) => datagrams <= most)).toBe(true);
        expect(groups.flatMap((each) => datagramsOf(each)).map(({ octets }) => hex(octets))).toEqual(whole);
      }),
      { numRuns: 50 },
    ));
});

describe('a checksum that is completed', () => {
  /** A payload word that makes the sum all ones. */
  const zeroed = (protocol: number): Parcel => {
    const parcel = superDatagram({ protocol, segment: 100, length: 4, data: new Uint8Array(4) });
    const at = parcel.octets.length - 4;
    const [whole] = datagramsOf(parcel);
    writeUint16(parcel.octets, at, uint16(whole!.octets, protocol === 6 ? 36 : 26));
    return parcel;
  };

  it('of zero is written as all ones, in TCP, too', () => {
    expect(uint16(datagramsOf(zeroed(17))[0]!.octets, 26)).toBe(0xffff);
    expect(uint16(datagramsOf(zeroed(6))[0]!.octets, 36)).toBe(0xffff);
  });

  it('of zero stays zero in a segment of TCP, not of UDP', () => {
    for (const [protocol, field, zero] of [
      [6, 36, 0],
      [17, 26, 0xffff],
    ] as const)
      expect(uint16(datagramsOf(zeroSummed(protocol, 3, 1))[1]!.octets, field)).toBe(zero);
  });

  it('is no business of a complete datagram, which goes on as it is', () => {
    const parcel = parcelOf(datagram({ payload: pattern(30) }));
    expect(datagramsOf(parcel)).toEqual([parcel]);
    expect(datagramsOf(parcel)[0]!.octets).toBe(parcel.octets);
  });
});
