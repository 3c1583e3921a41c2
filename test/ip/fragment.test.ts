import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fragment, fragmentOptions } from '../../src/ip/fragment.js';
import * as ipv4 from '../../src/ip/header.js';
import { isChecksumRight } from '../../src/ip/octets.js';
import { datagram, fromHex, hex, pattern } from '../support/datagram.js';

const room = (length: number): Uint8Array => new Uint8Array(length).fill(0xee);

const fragmentsOf = (whole: Uint8Array, mtu: number): Uint8Array[] => {
  const pieces: Uint8Array[] = [];
  fragment(whole, mtu, room, (piece) => pieces.push(piece));
  return pieces;
};

const headerOf = (piece: Uint8Array): string => hex(piece.subarray(0, ipv4.headerLength(piece)));
const payloadOf = (piece: Uint8Array): Uint8Array => piece.subarray(ipv4.headerLength(piece));
const joined = (pieces: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(pieces.flatMap((piece) => [...payloadOf(piece)]));

/** As it leaves: TTL already decremented. */
const leaving = { ttl: 63, protocol: 253, source: '10.0.1.10', destination: '10.0.2.10' };

describe('fragments as Linux 6.18 sent them, forwarding the same datagram between two TUN devices', () => {
  it('FR1 1428 octets over an MTU of 600 are three fragments in order', () => {
    const pieces = fragmentsOf(datagram({ ...leaving, tos: 0xb8, payload: pattern(1408) }), 600);
    expect(pieces.map(headerOf)).toEqual([
      '45b80254123420003ffd2eae0a00010a0a00020a',
      '45b80254123420483ffd2e660a00010a0a00020a',
      '45b80114123400903ffd4f5e0a00010a0a00020a',
    ]);
    expect(joined(pieces)).toEqual(pattern(1408));
  });

  it('FR4 fragments of a fragment go on from its offset and all say that more follow', () => {
    const flags = ipv4.FLAG_MORE_FRAGMENTS;
    const pieces = fragmentsOf(datagram({ ...leaving, flags, offset: 800, payload: pattern(1200) }), 600);
    expect(pieces.map(headerOf)).toEqual([
      '45000254123420643ffd2f020a00010a0a00020a',
      '45000254123420ac3ffd2eba0a00010a0a00020a',
      '45000044123420f43ffd30820a00010a0a00020a',
    ]);
  });

  it('FR5 the last piece of a last fragment says that none follow', () => {
    const pieces = fragmentsOf(datagram({ ...leaving, offset: 800, payload: pattern(1205) }), 600);
    expect(pieces.map(headerOf)).toEqual([
      '45000254123420643ffd2f020a00010a0a00020a',
      '45000254123420ac3ffd2eba0a00010a0a00020a',
      '45000049123400f43ffd507d0a00010a0a00020a',
    ]);
  });
});

describe('fragments', () => {
  const RECORD_ROUTE = [7, 7, 4, 0, 0, 0, 0];
  const ROUTER_ALERT = [148, 4, 0, 0];

  it('FR2 a datagram that fits is emitted itself', () => {
    const whole = datagram({ payload: pattern(580) });
    const pieces = fragmentsOf(whole, 600);
    expect(pieces).toHaveLength(1);
    expect(pieces[0]).toBe(whole);
  });

  it('FR8 carry the options with the copied bit, the first one all of them', () => {
    const options = [...RECORD_ROUTE, ...ROUTER_ALERT];
    const pieces = fragmentsOf(datagram({ options, payload: pattern(1208) }), 600);
    expect(pieces.map((piece) => headerOf(piece).slice(40))).toEqual([
      '070704000000009404000000',
      '94040000',
      '94040000',
    ]);
    expect(pieces.map((piece) => piece.length)).toEqual([600, 600, 24 + 1208 - 568 - 576]);
    expect(joined(pieces)).toEqual(pattern(1208));
  });

  it('FR8 close the gaps between copied options and fill up with zeros', () => {
    const whole = datagram({ options: fromHex('01 830704c0000201 07070400000000 8803ff') });
    expect(hex(fragmentOptions(whole))).toBe('830704c00002018803ff0000');
  });

  it('FR8 lose what follows End of Option List', () => {
    expect(fragmentOptions(datagram({ options: [0, 148, 4, 0, 0] }))).toHaveLength(0);
    expect(fragmentOptions(datagram({ options: [0, 3, 0, 148, 4, 0, 0] }))).toHaveLength(0);
  });

  it.each([
    ['of length 2', '8202 9404 0000', '8202 9404 0000 0000'],
    ['of length 1', '9404 0000 8801 0000', '9404 0000'],
    ['of length 0', '9404 0000 8800 0000', '9404 0000'],
    ['that runs past the header', '9404 0000 8805 0000', '9404 0000'],
    ['that runs far past the header', '9404 0000 88ff 0000', '9404 0000'],
    ['that ends with the header', '9404 0000 8804 0000', '9404 0000 8804 0000'],
  ])('FR8 have the options up to one that cannot be: %s', (_title, digits, copied) => {
    const whole = datagram({ options: fromHex(digits), payload: pattern(300) });
    expect(hex(fragmentOptions(whole))).toBe(hex(fromHex(copied)));
  });

  it('FR9 of a datagram with 40 octets of copied options go on in steps of 8', () => {
    const options = [136, 40, ...pattern(38)];
    const pieces = fragmentsOf(datagram({ options, payload: pattern(100) }), 68);
    expect(pieces.map((piece) => piece.length)).toEqual([...new Array(12).fill(68), 64]);
    expect(pieces.map(ipv4.fragmentOffset)).toEqual(pieces.map((_, index) => 8 * index));
    expect(joined(pieces)).toEqual(pattern(100));
  });

  it('FR10 of 68 octets are never made on an MTU of 68', () => {
    expect(fragmentsOf(datagram({ payload: pattern(48) }), 68)).toHaveLength(1);
  });

  it('FR11 keep identification 0', () => {
    const pieces = fragmentsOf(datagram({ id: 0, payload: pattern(1000) }), 600);
    expect(pieces.map(ipv4.identification)).toEqual([0, 0]);
  });

  it('FR14 hold as much as fits in multiples of 8 octets', () => {
    const pieces = fragmentsOf(datagram({ payload: pattern(3000) }), 607);
    expect(pieces.map(ipv4.payloadLength)).toEqual([584, 584, 584, 584, 584, 80]);
  });

  it('FR14 the last one need not be a multiple of 8', () => {
    const pieces = fragmentsOf(datagram({ payload: pattern(576 + 580) }), 600);
    expect(pieces.map(ipv4.payloadLength)).toEqual([576, 580]);
  });

  it('HV10 all have the reserved bit where the datagram had it', () => {
    const pieces = fragmentsOf(datagram({ flags: ipv4.FLAG_RESERVED, payload: pattern(1400) }), 600);
    expect(pieces.map((piece) => piece[6]! & 0x80)).toEqual([0x80, 0x80, 0x80]);
  });

  it('HV13 of the longest datagram are 45 on an MTU of 1500', () => {
    const pieces = fragmentsOf(datagram({ payload: pattern(65_515) }), 1500);
    expect(pieces).toHaveLength(45);
    expect(pieces.reduce((sum, piece) => sum + ipv4.payloadLength(piece), 0)).toBe(65_515);
  });

  it('RA8 stop where the offset field ends, and never come round to 0', () => {
    const pieces = fragmentsOf(datagram({ offset: 65_520, payload: pattern(1400) }), 600);
    expect(pieces.map(ipv4.fragmentOffset)).toEqual([65_520]);
    expect(ipv4.hasMoreFragments(pieces[0]!)).toBe(true);
    const offsets = (offset: number) =>
      fragmentsOf(datagram({ offset, payload: pattern(96) }), 68).map(ipv4.fragmentOffset);
    expect([offsets(65_480), offsets(65_488)]).toEqual([[65_480, 65_528], [65_488]]);
  });

  it('of any datagram fit the MTU, have a right checksum and hold its payload in order', () => {
    const anyDatagram = fc.record({
      payload: fc.integer({ min: 0, max: 3000 }).map(pattern),
      options: fc.constantFrom<number[]>([], RECORD_ROUTE, ROUTER_ALERT, [...RECORD_ROUTE, ...ROUTER_ALERT]),
      flags: fc.constantFrom(0, ipv4.FLAG_MORE_FRAGMENTS, ipv4.FLAG_RESERVED),
      offset: fc.integer({ min: 0, max: 100 }).map((units) => 8 * units),
      tos: fc.nat(255),
      id: fc.nat(0xffff),
    });
    fc.assert(
      fc.property(anyDatagram, fc.integer({ min: 68, max: 1500 }), (fields, mtu) => {
        const whole = datagram(fields);
        const pieces = fragmentsOf(whole, mtu);
        expect(joined(pieces)).toEqual(fields.payload);
        let offset = fields.offset;
        for (const [index, piece] of pieces.entries()) {
          const isLast = index === pieces.length - 1;
          expect(piece.length).toBeLessThanOrEqual(mtu);
          expect(ipv4.totalLength(piece)).toBe(piece.length);
          expect(isChecksumRight(piece, 0, ipv4.headerLength(piece))).toBe(true);
          expect(ipv4.fragmentOffset(piece)).toBe(offset);
          expect(ipv4.hasMoreFragments(piece)).toBe(!isLast || ipv4.hasMoreFragments(whole));
          expect(ipv4.identification(piece)).toBe(fields.id);
          expect(ipv4.tos(piece)).toBe(fields.tos);
          if (!isLast) expect(ipv4.payloadLength(piece) % 8).toBe(0);
          offset += ipv4.payloadLength(piece);
        }
      }),
      { numRuns: 300 },
    );
  });
});
