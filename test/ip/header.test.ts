import { describe, expect, it } from 'vitest';
import * as ipv4 from '../../src/ip/header.js';
import { datagram, fromHex, ip } from '../support/datagram.js';

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
});
