import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import {
  isConfined,
  isLinkLocalNeighbor,
  isMartianDestination,
  isMartianSource,
  isSingleHost,
} from '../../src/ip/martian.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import { ip } from '../support/datagram.js';

const settings = (some: { classE?: boolean; linkLocal?: boolean } = {}) => ({
  ...DEFAULT_SETTINGS.ip,
  ...some,
});

/** [address, source, destination, single host] with the defaults. */
const ADDRESSES: readonly (readonly [string, boolean, boolean, boolean])[] = [
  ['0.0.0.0', true, true, false],
  ['0.255.255.255', true, true, false],
  ['1.0.0.0', false, false, true],
  ['10.1.2.3', false, false, true],
  ['126.255.255.255', false, false, true],
  ['127.0.0.1', true, true, false],
  ['127.255.255.255', true, true, false],
  ['128.0.0.1', false, false, true],
  ['168.255.255.255', false, false, true],
  ['169.253.255.255', false, false, true],
  ['169.254.0.0', true, true, true],
  ['169.254.255.255', true, true, true],
  ['169.255.0.0', false, false, true],
  ['170.0.0.1', false, false, true],
  ['223.255.255.255', false, false, true],
  ['224.0.0.0', true, false, false],
  ['239.255.255.255', true, false, false],
  ['240.0.0.0', true, true, false],
  ['255.255.255.254', true, true, false],
  ['255.255.255.255', true, true, false],
];

describe('an address that may not be', () => {
  it.each(ADDRESSES)(
    '%s: as a source %s, as a destination %s, a single host %s',
    (text, source, to, isHost) => {
      const address = ip(text);
      expect(isMartianSource(address, settings())).toBe(source);
      expect(isMartianDestination(address, settings())).toBe(to);
      expect(isSingleHost(address, settings())).toBe(isHost);
    },
  );

  it('of 240/4 may be where that is switched on, but for the broadcast', () => {
    const on = settings({ classE: true });
    const all = ['240.0.0.1', '255.255.255.254', '255.255.255.255'].map(ip);
    expect(all.map((each) => isMartianSource(each, on))).toEqual([false, false, true]);
    expect(all.map((each) => isMartianDestination(each, on))).toEqual([false, false, false]);
  });

  it('of 169.254/16 may be where that is switched on, or as a neighbor on its own link', () => {
    const on = settings({ linkLocal: true });
    const host = ip('169.254.7.7');
    expect([isMartianSource(host, on), isMartianDestination(host, on)]).toEqual([false, false]);
    expect([
      isConfined(host, on),
      isConfined(host, settings()),
      isConfined(ip('10.0.0.1'), settings()),
    ]).toEqual([...[false, true, false]]);
    const on169 = { addresses: [{ address: ip('169.254.1.1'), prefix: prefixOf(ip('169.254.0.0'), 16) }] };
    const on10 = { addresses: [{ address: ip('10.0.0.1'), prefix: prefixOf(ip('10.0.0.0'), 8) }] };
    const both = { addresses: [...on10.addresses, ...on169.addresses] };
    expect([on169, on10, both].map((on) => isLinkLocalNeighbor(host, on))).toEqual([true, false, true]);
    expect(isLinkLocalNeighbor(ip('10.0.0.7'), on10)).toBe(false);
  });
});
