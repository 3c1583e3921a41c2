import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { udpFault } from '../../src/ip/udp.js';
import { addressOctets, type DatagramFields, datagram } from '../support/datagram.js';

const [SOURCE, DESTINATION] = ['203.0.113.77', '198.51.100.254'];

/** From port 1000 to 2000, with a length and a checksum of one's own choice. */
const udp = (length: number, field: number, data: readonly number[] = [], some: DatagramFields = {}) => {
  const header = [0x03, 0xe8, 0x07, 0xd0, length >>> 8, length & 255, field >>> 8, field & 255];
  return datagram({ source: SOURCE, destination: DESTINATION, payload: [...header, ...data], ...some });
};

/** The checksum as RFC 768 has it: over the pseudo-header, the header and the data, padded to whole words. */
const fieldFor = (data: readonly number[]): number => {
  const length = 8 + data.length;
  const covered = [
    ...[...addressOctets(SOURCE), ...addressOctets(DESTINATION), 0, 17, 0, length],
    ...[0x03, 0xe8, 0x07, 0xd0, 0, length, ...data, ...(data.length % 2 === 0 ? [] : [0])],
  ];
  const total = covered.reduce((sum, octet, at) => sum + (at % 2 === 0 ? octet * 0x100 : octet), 0);
  return 0xffff - (total % 0xffff);
};

describe('a UDP datagram', () => {
  it.each([0, 7])('of %i octets has no whole header', (length) => {
    expect(udpFault(datagram({ payload: new Uint8Array(length) }))).toBe('udp-bad-checksum');
  });

  it.each([
    [7, 'udp-bad-checksum'],
    [8, undefined],
    [10, undefined],
    [11, 'udp-bad-checksum'],
    [266, 'udp-bad-checksum'],
  ])('that says it has %i octets, of 10 that there are: %s', (length, wanted) => {
    for (const options of [[], [148, 4, 0, 0]])
      expect(udpFault(udp(length, 0, [1, 2], { options }))).toBe(wanted);
  });

  it('without data is whole', () => {
    expect(udpFault(udp(8, 0))).toBeUndefined();
  });

  it('is right with the checksum of its octets and its pseudo-header, and with no other but none', () => {
    const anyData = fc.array(fc.nat(255), { maxLength: 40 });
    fc.assert(
      fc.property(anyData, fc.integer({ min: 1, max: 0xfffe }), fc.boolean(), (data, other, isLonger) => {
        const field = fieldFor(data);
        const length = 8 + data.length;
        const padding = isLonger ? [7, 7] : [];
        expect(udpFault(udp(length, field, [...data, ...padding]))).toBeUndefined();
        const wrong = ((field + other - 1) % 0xffff) + 1;
        expect(udpFault(udp(length, wrong, [...data, ...padding]))).toBe(
          wrong === field ? undefined : 'udp-bad-checksum',
        );
        expect(udpFault(udp(length, 0, data))).toBeUndefined();
      }),
    );
  });
});
