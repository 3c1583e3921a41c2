import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ipv4 from '../../src/ip/header.js';
import { isChecksumRight } from '../../src/ip/octets.js';
import { datagram, fromHex, hex, ip, withOctets } from '../support/datagram.js';

/** Captured from Linux 6.18: an IGMP query, with Router Alert. */
const LINUX = fromHex('46c0002400004000 01024211c0000201 e0000001940400001164ec1e00000000027d0000');

describe('the header of a datagram', () => {
  it('is read as Linux writes it', () => {
    expect(ipv4.validate(LINUX)).toBeUndefined();
    const { version, headerLength, tos, totalLength, identification, flagsAndOffset, ttl, protocol } = ipv4;
    expect(
      [version, headerLength, tos, totalLength, identification, flagsAndOffset, ttl, protocol].map((field) =>
        field(LINUX),
      ),
    ).toEqual([4, 24, 0xc0, 36, 0, 0x4000, 1, 2]);
    expect([ipv4.source(LINUX), ipv4.destination(LINUX)]).toEqual([ip('192.0.2.1'), ip('224.0.0.1')]);
    expect([ipv4.headerChecksum(LINUX), ipv4.payloadLength(LINUX), ipv4.hasOptions(LINUX)]).toEqual([
      ...[0x4211, 12, true],
    ]);
  });

  it.each([
    [0x0000, 0, 'none'],
    [0x8000, 0, 'none'],
    [0x4000, 0, 'DF'],
    [0x2000, 0, 'MF fragment'],
    [0x6000, 0, 'DF MF fragment'],
    [0x0000, 8, 'fragment'],
    [0x0000, 65_528, 'fragment'],
    [0x0100, 0, 'fragment'],
    [0xe000, 65_528, 'DF MF fragment'],
  ])('with the flags %i and the offset %i is told as %s', (flags, offset, wanted) => {
    const d = datagram({ flags, offset });
    const words = [
      ipv4.isDontFragment(d) && 'DF',
      ipv4.hasMoreFragments(d) && 'MF',
      ipv4.isFragment(d) && 'fragment',
    ].filter(Boolean);
    expect(words.join(' ') || 'none').toBe(wanted);
    expect(ipv4.fragmentOffset(d)).toBe(offset + ((flags & 0x1fff) << 3));
  });

  it('keeps one too long from an MTU only where it must not be fragmented', () => {
    const [may, mayNot] = [datagram(), datagram({ flags: ipv4.FLAG_DONT_FRAGMENT })];
    expect([1500, 1501].map((length) => ipv4.isTooLong(mayNot, length, 1500))).toEqual([false, true]);
    expect(ipv4.isTooLong(may, 1501, 1500)).toBe(false);
  });

  it('is written as Linux writes it, in front of the payload that is in place', () => {
    const octets = LINUX.slice().fill(0xee, 0, 24);
    const fields = { tos: 0xc0, identification: 0, flags: 0x4000, ttl: 1, protocol: 2 };
    const [source, destination] = [ip('192.0.2.1'), ip('224.0.0.1')];
    ipv4.writeHeader(octets, { ...fields, source, destination }, fromHex('94040000'));
    expect(hex(octets)).toBe(hex(LINUX));
  });

  it('is 20 octets long without options, and has a checksum of its own', () => {
    const [octets, other] = [new Uint8Array(300), new Uint8Array(300).fill(0xff)];
    const fields = { tos: 1, identification: 0x0203, flags: 0x2000, ttl: 4, protocol: 5 };
    for (const each of [octets, other])
      ipv4.writeHeader(each, { ...fields, source: 0x06070809, destination: 0x0a0b0c0d });
    expect(hex(octets.subarray(0, 20))).toBe('4501012c0203200004056fa2060708090a0b0c0d');
    expect(octets.subarray(0, 20)).toEqual(other.subarray(0, 20));
    expect([ipv4.hasOptions(octets), isChecksumRight(octets, 0, 20)]).toEqual([false, true]);
  });

  it('has a right checksum with any other TTL, and nothing else changes', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.integer({ min: 1, max: 255 }), fc.nat(255), (id, before, ttl) => {
        const given = datagram({ id, ttl: before });
        for (const [changed, wanted] of [
          [(d: Uint8Array) => ipv4.setTtl(d, ttl), ttl],
          [ipv4.decrementTtl, before - 1],
        ] as const) {
          const octets = given.slice();
          changed(octets);
          expect(hex(octets)).toBe(hex(withOctets(given, 8, wanted)));
        }
      }),
    );
  });
});

describe('what the gate says', () => {
  const whole = datagram({ options: [148, 4, 0, 0] });

  it.each<[string, Uint8Array, string | undefined]>([
    ['nothing', new Uint8Array(0), 'too-short'],
    ['one octet less than a header', datagram().subarray(0, 19), 'too-short'],
    ['a header alone', datagram({ payload: [] }), undefined],
    ['a header with options and a payload', whole, undefined],
    ['what follows the datagram, too', Uint8Array.from([...whole, 1, 2, 3]), undefined],
    ['version 6', withOctets(whole, 0, 0x66), 'ipv6'],
    ['version 6 of whatever header length', withOctets(whole, 0, 0x60), 'ipv6'],
    ['version 0', withOctets(whole, 0, 0x06), 'bad-version'],
    ['version 5', withOctets(whole, 0, 0x56), 'bad-version'],
    ['version 7', withOctets(whole, 0, 0x76), 'bad-version'],
    ['a header of 16 octets', withOctets(whole, 0, 0x44), 'bad-header-length'],
    ['a header of none', withOctets(whole, 0, 0x40), 'bad-header-length'],
    ['a header that is cut off', whole.subarray(0, 23), 'bad-header-length'],
    ['a header that is longer than all octets', withOctets(datagram(), 0, 0x4f), 'bad-header-length'],
    ['a wrong checksum', datagram().fill(65, 8, 9), 'bad-checksum'],
    ['a wrong checksum in the last option octet', whole.slice().fill(1, 23, 24), 'bad-checksum'],
    ['a total length within the header', withOctets(whole, 2, 0, 23), 'bad-total-length'],
    ['a total length of the header', withOctets(whole, 2, 0, 24), undefined],
    ['a total length beyond the octets', withOctets(whole, 2, 0, whole.length + 1), 'truncated'],
    ['a header whose payload is cut off', whole.subarray(0, 24), 'truncated'],
  ])('of %s', (_title, octets, wanted) => {
    expect(ipv4.validate(octets)).toBe(wanted);
  });

  it('is a wrong checksum before a wrong total length', () => {
    const octets = withOctets(whole, 2, 0, 23);
    octets[8]! += 1;
    expect(ipv4.validate(octets)).toBe('bad-checksum');
  });
});

describe('the flags of a header', () => {
  it('are its three highest bits', () => {
    const { FLAG_RESERVED, FLAG_DONT_FRAGMENT, FLAG_MORE_FRAGMENTS } = ipv4;
    expect([FLAG_RESERVED, FLAG_DONT_FRAGMENT, FLAG_MORE_FRAGMENTS]).toEqual([0x8000, 0x4000, 0x2000]);
  });
});
