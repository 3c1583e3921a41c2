import { describe, expect, it } from 'vitest';
import { ip } from '../support/datagram.js';
import { Bench, G, query, S1, S2, S3 } from './bench.js';

const OTHER = '192.0.2.77';

describe('a query of another router', () => {
  it('C13 C15 lowers a group timer to two seconds, never raises it, and not where it is suppressed', () => {
    const bench = new Bench();
    bench.say(['to-ex', G]);
    bench.hear(query(OTHER, { group: G, s: true }));
    expect(bench.state()).toBe('EX({},{})@270');
    bench.hear(query(OTHER, { group: G }));
    expect(bench.state()).toBe('EX({},{})@2');
    bench.after(1500).hear(query(OTHER, { group: G }));
    expect(bench.state()).toBe('EX({},{})@0.5');
    expect(bench.after(500).state()).toBeUndefined();
    expect(bench.asked(0)).toEqual([]);
  });

  it('C13 of version 2 lowers it as well', () => {
    const bench = new Bench();
    bench.say(['to-ex', G]);
    bench.hear(query(OTHER, { group: G, version: 2, code: 10 }));
    expect(bench.state()).toBe('EX({},{})@2');
  });

  it('C14 lowers the timers of the sources that it names', () => {
    const bench = new Bench();
    bench.say(['is-in', G, [S1, S2]]);
    bench.hear(query(OTHER, { group: G, sources: [S2, S3] }));
    expect(bench.state()).toBe('IN({1@270,2@2})');
    bench.after(1500).hear(query(OTHER, { group: G, sources: [S2] }));
    expect(bench.state()).toBe('IN({1@268.5,2@0.5})');
    expect(bench.after(500).state()).toBe('IN({1@268})');
  });

  it('C24 C25 C26 C23 D33 is ignored from elsewhere, to elsewhere, about no group, without Router Alert, in pieces', () => {
    const bench = new Bench({ requireRouterAlert: 'queries' });
    const refused = (datagram: Uint8Array): string => {
      const before = { ...bench.igmp.counters.refused };
      expect(bench.hear(datagram)).toEqual(['igmp-ignored']);
      return Object.entries(bench.igmp.counters.refused).find(
        ([name, count]) => count > before[name as 'fragment'],
      )![0];
    };
    expect(refused(query('198.51.100.1'))).toBe('off-subnet');
    expect(refused(query('192.0.2.255'))).toBe('off-subnet');
    expect(refused(query(OTHER, {}, { destination: '224.0.0.22' }))).toBe('wrong-destination');
    expect(refused(query(OTHER, { group: '10.1.1.1' }, { destination: '224.0.0.1' }))).toBe('not-a-group');
    expect(refused(query(OTHER, {}, { options: [] }))).toBe('no-router-alert');
    expect(refused(query(OTHER, {}, { ttl: 64 }))).toBe('wrong-ttl');
    expect(refused(query(OTHER, {}, { flags: 0x2000 }))).toBe('fragment');
    expect(bench.hear(query(OTHER, {}, { destination: '192.0.2.1' }))).toEqual([undefined]);
    expect(bench.hear(query(OTHER, { version: 1 }, { options: [] }))).toEqual([undefined]);
    expect(bench.hear(query(OTHER, { group: G }, { destination: '224.0.0.1' }))).toEqual([undefined]);
  });

  it('C23 needs no Router Alert unless the setting says so', () => {
    const heeds = (requireRouterAlert: boolean | 'reports' | 'queries'): boolean =>
      new Bench({ requireRouterAlert }).hear(query(OTHER, {}, { options: [] }))[0] === undefined;
    expect([false, 'reports', 'queries', true].map((each) => heeds(each as boolean))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('C23 without Router Alert elects its sender, and is answered by a host', () => {
    const bench = new Bench({ joinGroups: [{ group: ip(G), source: undefined }] }, '192.0.2.99');
    bench.until(5000).hear(query(OTHER, {}, { options: [] }));
    expect(bench.igmp.querier.state).toBe('non-querier');
    const before = bench.sent.length;
    bench.until(15_000);
    expect(bench.sent.length).toBe(before + 1);
  });
});
