import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ipv4 from '../../src/ip/header.js';
import {
  adjustedChecksum,
  checksum,
  fold,
  isChecksumRight,
  sum,
  uint16,
  uint32,
  writeUint16,
  writeUint32,
} from '../../src/ip/octets.js';
import { datagram, fromHex } from '../support/datagram.js';

describe('numbers in octets', () => {
  const anyPlace = fc.tuple(fc.uint8Array({ minLength: 12, maxLength: 12 }), fc.nat(8));

  it('are read as a DataView reads them', () => {
    fc.assert(
      fc.property(anyPlace, ([octets, at]) => {
        const view = new DataView(octets.buffer);
        expect(uint16(octets, at)).toBe(view.getUint16(at));
        expect(uint32(octets, at)).toBe(view.getUint32(at));
      }),
    );
  });

  it('are written as a DataView writes them, and nothing beside them', () => {
    fc.assert(
      fc.property(anyPlace, fc.nat(0xffff_ffff), ([before, at], value) => {
        for (const [write, name] of [
          [writeUint16, 'setUint16'],
          [writeUint32, 'setUint32'],
        ] as const) {
          const [octets, expected] = [before.slice(), before.slice()];
          write(octets, at, value);
          new DataView(expected.buffer)[name](at, value);
          expect(octets).toEqual(expected);
        }
      }),
    );
  });
});

describe('the sum of octets', () => {
  it('is that of their words, from anywhere to anywhere, going on from another', () => {
    fc.assert(
      fc.property(
        ...[fc.uint8Array({ minLength: 30, maxLength: 30 }), fc.nat(8), fc.nat(22), fc.nat(0x7fff_ffff)],
        (octets, start, length, initial) => {
          let expected = 0;
          for (let at = 0; at < length; at += 1) expected += octets[start + at]! * (at % 2 === 0 ? 0x100 : 1);
          expect(sum(octets, start, start + length)).toBe(expected);
          expect(sum(octets, start, start + length, initial)).toBe(initial + expected);
          const folded = (initial + expected) % 0xffff;
          expect(fold(initial + expected) % 0xffff).toBe(folded);
          const field = checksum(octets, start, start + length, initial);
          expect((0xffff - field) % 0xffff).toBe(folded);
          expect(isChecksumRight(octets, start, start + length, initial)).toBe(field === 0);
        },
      ),
    );
  });

  it.each([
    [0, 0],
    [0xffff, 0xffff],
    [0x1_0000, 1],
    [0x1_fffe, 0xffff],
    [0x1_ffff, 1],
    [0xffff_0001, 1],
    [0xffff_ffff, 0xffff],
  ])('%i folds to %i', (total, folded) => {
    expect(fold(total)).toBe(folded);
  });
});

describe('the checksum', () => {
  it('is that of the worked example of RFC 1071 §3', () => {
    // 0001 f203 f4f5 f6f7 add up to ddf2.
    expect(checksum(fromHex('0001 f203 f4f5 f6f7'), 0, 8)).toBe(~0xddf2 & 0xffff);
  });

  it('counts an odd last octet as if a zero followed', () => {
    expect(checksum(fromHex('0102 03'), 0, 3)).toBe(checksum(fromHex('0102 0300'), 0, 4));
  });

  it('makes octets add up, wherever the field stands', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 100 }), fc.nat(), (octets, place) => {
        const at = (place % ((octets.length - 2) >> 1)) * 2;
        writeUint16(octets, at, 0);
        writeUint16(octets, at, checksum(octets, 0, octets.length));
        expect(isChecksumRight(octets, 0, octets.length)).toBe(true);
        octets[at] = octets[at]! ^ 1;
        expect(isChecksumRight(octets, 0, octets.length)).toBe(false);
      }),
    );
  });

  it('adjusted for one word is what computing anew gives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), fc.nat(0xffff), (header, word) => {
        header[0] = 0x45;
        ipv4.writeChecksum(header);
        const before = ipv4.identification(header);
        const adjusted = adjustedChecksum(ipv4.headerChecksum(header), before, word);
        writeUint16(header, 4, word);
        ipv4.writeChecksum(header);
        expect(adjusted).toBe(ipv4.headerChecksum(header));
      }),
    );
  });

  it('CK2 adjusted to zero is 0x0000, not 0xffff', () => {
    const original = datagram({ ttl: 64 });
    // An identification that makes the field 0xfeff: the rest of the header then adds up to 0x0100.
    const field = ipv4.headerChecksum(original);
    const id = ipv4.identification(original);
    const wanted = datagram({ ttl: 64, id: adjustedId(field, id) });
    expect(ipv4.headerChecksum(wanted)).toBe(0xfeff);
    ipv4.decrementTtl(wanted);
    expect(ipv4.headerChecksum(wanted)).toBe(0x0000);
    expect(isChecksumRight(wanted, 0, 20)).toBe(true);
  });
});

/** The identification for which the checksum field becomes 0xfeff. */
const adjustedId = (field: number, id: number): number => {
  let total = field + id - 0xfeff;
  if (total < 0) total += 0xffff;
  return total % 0xffff;
};
