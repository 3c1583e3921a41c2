import { describe, expect, it } from 'vitest';
import { bitRate, count, impairments, percent, rate, span } from '../../src/dashboard/format.js';
import { DropHistory, OTHERS } from '../../src/dashboard/history.js';
import { isSameRun, placesIn, type Reading, ratesBetween } from '../../src/dashboard/reading.js';
import type { DropRow, InterfaceRow, LinkRow } from '../../src/observe/shown.js';

const at = (seconds: number, octets: number, drops: readonly DropRow[], pid = 1): Reading =>
  ({
    at: seconds * 1000,
    status: { pid, uptimeSeconds: seconds, ledgers: [{ router: 'r1', forwarded: octets / 100 }] },
    interfaces: [
      {
        interface: 'r1.core',
        link: 'core',
        inOctets: octets,
        outOctets: 0,
        inPackets: octets / 100,
        outPackets: 0,
      },
    ] as unknown as InterfaceRow[],
    links: [],
    drops,
  }) as unknown as Reading;

const drop = (reason: DropRow['reason'], packets: number, where: Partial<DropRow> = {}): DropRow => ({
  router: 'r1',
  interface: 'r1.core',
  reason,
  packets,
  octets: 0,
  lastSeen: '',
  ...where,
});

describe('rates', () => {
  it('are differences of counters, over the time between', () => {
    const rates = ratesBetween(
      at(1, 1000, [drop('no-route', 3)]),
      at(3, 3000, [drop('no-route', 13), drop('link-loss', 4)]),
    );
    expect(rates.traffic.get('r1.core')).toEqual({ inBits: 8000, outBits: 0, inPackets: 10, outPackets: 0 });
    expect(rates.forwarded).toBe(10);
    expect(Object.fromEntries(rates.drops)).toEqual({ 'no-route': 5, 'link-loss': 2 });
    // What is lost on the way is the link's, though a router had it.
    expect(Object.fromEntries(rates.places)).toEqual({ r1: 5, 'link core': 2 });
    expect(Object.fromEntries(rates.rows)).toEqual({ 'no-route r1.core': 5, 'link-loss r1.core': 2 });
  });

  it('are never below zero, and belong to one run of a lab', () => {
    expect(ratesBetween(at(1, 1000, []), at(2, 0, [])).traffic.get('r1.core')?.inBits).toBe(0);
    expect(isSameRun(at(1, 0, []), at(2, 0, []))).toBe(true);
    expect(isSameRun(at(1, 0, []), at(2, 0, [], 2))).toBe(false);
    expect(isSameRun(at(2, 0, []), at(1, 0, []))).toBe(false);
  });

  it('find the link of what no router had', () => {
    const placeOf = placesIn([]);
    expect(placeOf(drop('link-down', 1, { router: null, interface: null, link: 'red' }))).toBe('link red');
    expect(placeOf(drop('no-route', 1))).toBe('r1');
  });
});

describe('the history of drops', () => {
  it('keeps the line of a reason, and lets the seventh and later ones share one', () => {
    const history = new DropHistory();
    const reasons = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    history.add(1, new Map([['a', 1]]));
    history.add(2, new Map(reasons.map((reason, index) => [reason, index])));
    const { times, lines } = history.lines;
    expect(times).toEqual([1, 2]);
    expect(lines.map(({ reason }) => reason)).toEqual([...reasons.slice(0, 6), OTHERS]);
    expect(lines.at(0)?.values).toEqual([1, 0]);
    expect(lines.at(-1)?.values).toEqual([0, 6 + 7]);
    expect([history.lineOf('b'), history.lineOf('h'), history.lineOf('z')]).toEqual([1, 6, undefined]);
  });

  it('ends after five minutes', () => {
    const history = new DropHistory();
    for (let time = 0; time < 400; time += 1) history.add(time, new Map([['a', time]]));
    expect(history.lines.times).toHaveLength(300);
    expect(history.lines.times.at(0)).toBe(100);
  });
});

describe('numbers for a person', () => {
  it.each([
    [bitRate(0), '0 b/s'],
    [bitRate(940_000), '940 kb/s'],
    [bitRate(1_250_000), '1.25 Mb/s'],
    [bitRate(999_600), '1.00 Mb/s'],
    [bitRate(2.5e12), '2500 Gb/s'],
    [rate(0), '0'],
    [rate(0.4), '0.4'],
    [rate(12.4), '12'],
    [rate(9.94), '9.9'],
    [rate(9.97), '10'],
    [rate(9_997), '10.0 k'],
    [rate(12_400), '12.4 k'],
    [count(1_234_567), '1\u2009234\u2009567'],
    [span(0.0155), '15.5 ms'],
    [span(59.9), '59 s'],
    [span(200), '3 min 20 s'],
    [span(7500), '2 h 5 min'],
    [span(90_000), '1 d 1 h'],
    [percent(0.005), '0.5%'],
    [percent(1), '100%'],
  ])('%s', (shown, wanted) => expect(shown).toBe(wanted));

  it('names only the impairments that are set', () => {
    const none = Object.fromEntries(
      'delaySeconds jitterSeconds loss burst duplicate reorder corrupt rateBitsPerSecond queueDatagrams'
        .split(' ')
        .map((key) => [key, null]),
    ) as unknown as LinkRow;
    expect(impairments(none)).toEqual([]);
    expect(
      impairments({
        ...none,
        delaySeconds: 0.015,
        jitterSeconds: 0.002,
        loss: 0.005,
        burst: 3,
        rateBitsPerSecond: 5e7,
      }),
    ).toEqual(['delay 15 ms ± 2 ms', 'loss 0.5% in bursts of 3', 'rate 50 Mb/s']);
    expect(impairments({ ...none, rateBitsPerSecond: 1_250_000, queueDatagrams: 20 })).toEqual([
      'rate 1.25 Mb/s',
      'queue 20',
    ]);
  });
});
