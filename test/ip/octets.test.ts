import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ipv4 from '../../src/ip/header.js';
import { adjustedChecksum, checksum, isChecksumRight, writeUint16 } from '../../src/ip/octets.js';
import { datagram, fromHex } from '../support/datagram.js';

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
