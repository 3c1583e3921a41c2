import { describe, expect, it } from 'vitest';
import { formatRates } from '../../src/cli/top-format.js';
import { ratesOf } from '../../src/cli/top-rates.js';
import type { Traffic } from '../../src/control/traffic.js';

const traffic = (changed: Partial<Traffic> = {}): Traffic => ({
  time: '2026-01-01T00:00:00.000Z',
  clockSeconds: 10,
  uptimeSeconds: 10,
  eventLoopLagSeconds: 0.0004,
  memoryOctets: 90_000_000,
  cpuSeconds: 1,
  interfaces: [],
  links: [],
  drops: {},
  ...changed,
});

const counted = (name: string, inPackets: number, inOctets: number) => ({
  interface: name,
  operStatus: 'UP' as const,
  inPackets,
  inOctets,
  outPackets: 0,
  outOctets: 0,
});

describe('rates', () => {
  it('are differences over the time between two looks', () => {
    const before = traffic({
      interfaces: [counted('r1.red', 100, 10_000)],
      links: [{ link: 'red', state: 'up', packets: 5, octets: 500 }],
      drops: { 'no-route': 3, 'ttl-expired': 1 },
    });
    const now = traffic({
      clockSeconds: 12,
      cpuSeconds: 2,
      interfaces: [counted('r1.red', 300, 60_000), counted('r1.new', 4, 400)],
      links: [{ link: 'red', state: 'down', packets: 205, octets: 50_500 }],
      drops: { 'no-route': 3, 'ttl-expired': 21, blackhole: 40 },
    });
    expect(ratesOf('lab', before, now)).toMatchObject({
      seconds: 2,
      cpuShare: 0.5,
      interfaces: [
        { interface: 'r1.red', inPacketsPerSecond: 100, inBitsPerSecond: 200_000, outPacketsPerSecond: 0 },
        { interface: 'r1.new', inPacketsPerSecond: 2, inBitsPerSecond: 1600 },
      ],
      links: [{ link: 'red', state: 'down', packetsPerSecond: 100, bitsPerSecond: 200_000 }],
      drops: [
        { reason: 'blackhole', packetsPerSecond: 20 },
        { reason: 'ttl-expired', packetsPerSecond: 10 },
      ],
    });
  });

  it('of a counter that began anew are what it has counted since', () => {
    const link = { link: 'red', state: 'up' as const, packets: 1000, octets: 0 };
    const now = traffic({ clockSeconds: 11, links: [{ ...link, packets: 7 }] });
    expect(ratesOf('lab', traffic({ links: [link] }), now).links[0]?.packetsPerSecond).toBe(7);
  });

  it('fit a screen, the busiest first where not all have room, and drops always', () => {
    const many = Array.from({ length: 100 }, (_, at) => counted(`router-with-a-long-name-${at}.red`, at, 0));
    const before = traffic({ interfaces: many.map((each) => ({ ...each, inPackets: 0 })) });
    const now = traffic({ clockSeconds: 11, interfaces: many, drops: { 'no-route': 5 } });
    const lines = formatRates(ratesOf('lab', before, now), { width: 80, height: 24 }).split('\n');
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect(lines[3]).toContain('router-with-a-long-name-99.red');
    expect(lines.some((line) => /^no-route +5\.0$/.test(line))).toBe(true);
  });
});
