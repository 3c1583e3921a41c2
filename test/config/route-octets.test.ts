import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, formatPrefix, prefixOf } from '../../src/address.js';
import { fastRoute } from '../../src/config/route-octets.js';
import { isFault } from '../../src/text/fault.js';
import { parseRouteLine, type RouteLine } from '../../src/text/route-line.js';

/** What is read of a line that stands among others. */
const read = (line: string, before = '1', after = '9.9 via 1.1.1.1'): RouteLine | undefined =>
  fastRoute(Buffer.from(before + line + after), before.length, before.length + Buffer.byteLength(line));

/** Lines of the usual form. */
const ORDINARY = [
  '192.0.2.0/24 via 198.51.100.1',
  '0.0.0.0/0 via 1.0.0.0',
  '0.0.0.0/32 via 1.0.0.1',
  '255.255.255.255/32 via 223.255.255.255',
  '128.0.0.0/1 via 126.255.255.255',
  '223.255.255.0/24 via 128.0.0.1',
  '240.0.0.0/4 via 10.0.0.9',
  '9.10.99.100/32 via 199.200.249.250',
  '10.0.0.0/8 via 1.2.3.4',
  '10.0.0.0/9 via 100.10.1.0',
  '10.0.0.0/30 via 255.1.1.1'.replace('255.', '22.'),
];

/** Lines that are wrong, or that the long way reads. */
const OTHERS = [
  '', '1', '192.0.2.0', '192.0.2.0/', '192.0.2.0/24', '192.0.2.0/24 ', '192.0.2.0/24 via', '192.0.2.0/24 via ',
  '192.0.2.0/24 via 1', '192.0.2.0/24 via 1.2.3', '192.0.2.0/24 via 1.2.3.', '192.0.2.0/24 via 1.2.3.4.', '192.0.2.0/24 via 1.2.3.4 ',
  '192.0.2.0/24 via 1.2.3.4#', '192.0.2.0/24 via 1.2.3.4 metric 5', '192.0.2.0/24  via 1.2.3.4', '192.0.2.0/24 via  1.2.3.4',
  ' 192.0.2.0/24 via 1.2.3.4', '192.0.2.0/24\tvia 1.2.3.4', '192.0.2.0/24 uia 1.2.3.4', '192.0.2.0/24 vha 1.2.3.4', '192.0.2.0/24 vib 1.2.3.4',
  '192.0.2.0/24 via\t1.2.3.4', '192.0.2.0/33 via 1.2.3.4', '192.0.2.0/024 via 1.2.3.4', '192.0.2.0/00 via 1.2.3.4', '192.0.2.0/-1 via 1.2.3.4',
  '192.0.2.0/240 via 1.2.3.4', '256.0.2.0/24 via 1.2.3.4', '192.0.2.256/32 via 1.2.3.4', '192.00.2.0/24 via 1.2.3.4', '01.0.2.0/24 via 1.2.3.4',
  '192.0.2.0/24 via 1.2.3.256', '192.0.2.0/24 via 1.2.3.04', '192.0.2.0/24 via 1.2.3.0004', '192.0.2.0/24 via 1.2..4', '192..2.0/24 via 1.2.3.4',
  '192.0.2/24 via 1.2.3.4', '192,0.2.0/24 via 1.2.3.4', '192.0.2.0.24 via 1.2.3.4', '192.0.2.1/24 via 1.2.3.4', '128.0.0.0/0 via 1.2.3.4',
  '192.0.2.1/31 via 1.2.3.4', '224.0.0.0/4 via 1.2.3.4', '239.255.255.255/32 via 1.2.3.4', '192.0.2.0/24 via 0.2.3.4', '192.0.2.0/24 via 127.2.3.4',
  '192.0.2.0/24 via 224.2.3.4', '192.0.2.0/24 via 239.2.3.4', '192.0.2.0/24 via 240.2.3.4', '192.0.2.0/24 via 255.255.255.255', '192.0.2.0/2:via 1.2.3.4',
  '1/0 via 1.2.3.4', '9/8 via 1.2.3.4', '192.0.:.0/24 via 1.2.3.4', '0.0.0.0/33 via 1.2.3.4', '1.2.3/8 via 1.2.3.4',
  'default via 1.2.3.4', 'blackhole 192.0.2.0/24', '# 192.0.2.0/24 via 1.2.3.4', '1922.0.2.0/24 via 1.2.3.4', '192.0.2.0/24 via 1.2.3.4\r',
]; // biome-ignore format: a list

describe('a line of a table of routes, read straight from octets', () => {
  it.each(ORDINARY)('is what it means: %s', (line) => {
    const route = parseRouteLine(line);
    expect(isFault(route)).toBe(false);
    expect(read(line)).toEqual(route);
    expect(read(line, '', '')).toEqual(route);
  });

  it.each(OTHERS)('is left to others: %j', (line) => {
    expect(read(line)).toBeUndefined();
    expect(read(line, '', '')).toBeUndefined();
  });

  it('ends where it ends, whatever octets follow, and begins where it begins', () => {
    for (const line of ORDINARY)
      for (let end = 0; end < line.length; end += 1) {
        const found = read(line.slice(0, end), 'x', line.slice(end));
        const meant = parseRouteLine(line.slice(0, end));
        expect(found, line.slice(0, end)).toEqual(isFault(meant) ? undefined : meant);
      }
  });

  it('is what it means for any prefix and any host, and never anything else for what is nearly one', () => {
    const address = fc.nat(0xffffffff);
    const change = fc.tuple(fc.nat(40), fc.constantFrom(...'0129./ va-'));
    fc.assert(
      fc.property(address, fc.nat(32), address, change, (network, length, via, [at, put]) => {
        const line = `${formatPrefix(prefixOf(network, length))} via ${formatAddress(via)}`.replace('default', '0.0.0.0/0');
        const meant = parseRouteLine(line);
        // Hosts of 240/4, and 224.0.0.0/3, are rare enough for the long way.
        const isRare = via >>> 28 === 0xf || prefixOf(network, length).network >>> 28 === 0xe;
        expect(read(line)).toEqual(isFault(meant) || isRare ? undefined : meant);
        const other = line.slice(0, at) + put + line.slice(at + 1);
        const found = read(other);
        if (found !== undefined) expect(found).toEqual(parseRouteLine(other));
      }),
      { numRuns: 200 },
    );
  }); // biome-ignore format: short
});
