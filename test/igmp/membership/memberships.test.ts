import { describe, expect, it } from 'vitest';
import { formatAddress, prefixOf } from '../../../src/address.js';
import { groupViews } from '../../../src/igmp/group-view.js';
import { ip } from '../../support/datagram.js';
import { Bench, G, HOST, report, S1, S2, S3, v2Leave, v2Report } from '../bench.js';

const many = (count: number, first = '198.18.0.0'): string[] =>
  Array.from({ length: count }, (_, at) => formatAddress(ip(first) + at));

describe('the memberships of an interface', () => {
  it('H01 H04 refuse a group too many, and keep those that are there', () => {
    const bench = new Bench({ maxGroups: 2 });
    expect(bench.say(['to-ex', '239.0.0.1'], ['to-ex', '239.0.0.2'], ['to-ex', G])).toBeUndefined();
    expect(bench.hear(v2Report(G), report([['allow', G, [S1]]]))).toEqual(['igmp-ignored', 'igmp-ignored']);
    expect(bench.hear(v2Report('239.0.0.1'), v2Leave(G))).toEqual([undefined, undefined]);
    expect(bench.igmp.counters.refused['group-limit']).toBe(3);
    expect([bench.view(G), bench.forwards(S1, '239.0.0.2')]).toEqual([undefined, true]);
    expect(bench.warnings).toEqual(['group-limit']);
    bench.until(270_000).say(['to-ex', G]);
    expect(bench.forwards(S1)).toBe(true);
  });

  it('H02 forward the whole group where more sources are asked for than it may have', () => {
    const bench = new Bench({ maxSources: 4 });
    bench.say(['allow', G, [S1, S2, S3]]);
    bench.say(['allow', G, many(3)]);
    expect([bench.forwards(S1), bench.forwards('198.18.0.2'), bench.forwards('198.18.9.9')]).toEqual([
      true,
      true,
      true,
    ]);
    expect(bench.view()).toMatchObject({ filterMode: 'exclude', sources: { length: 4 } });
    expect(bench.igmp.counters.refused['source-limit']).toBe(1);
    expect(bench.warners).toEqual([HOST]);
    bench.after(200_000).say(['to-in', G, many(5)]);
    expect([bench.after(269_999).forwards('198.18.0.4'), bench.asked(0)]).toEqual([true, []]);
  });

  it('H02 I16 refuse sources too many of a source-specific group', () => {
    const bench = new Bench({ maxSources: 2 });
    bench.say(['allow', '232.1.1.1', [S1, S2, S3]]);
    const forwarded = [S1, S2, S3].map((each) => bench.forwards(each, '232.1.1.1'));
    expect(forwarded).toEqual([true, true, false]);
  });

  it('H03 forward what they have no room to exclude', () => {
    const bench = new Bench({ maxSources: 2 });
    bench.say(['to-ex', G, [S1, S2, S3]]);
    expect([S1, S2, S3].map((each) => bench.forwards(each))).toEqual([false, false, true]);
    bench.say(['block', G, [S3]]);
    bench.after(5000);
    expect(bench.forwards(S3)).toBe(true);
    bench.say(['to-ex', G, [S3]]);
    expect([S1, S2, S3].map((each) => bench.forwards(each))).toEqual([true, true, true]);
    expect(bench.view()!.sources.length).toBe(1);
  });

  it('H10 hold 100,000 sources over one wake-up a group, and end each in its time', () => {
    const bench = new Bench({ maxGroups: 1000, maxSources: 1000 });
    for (let group = 0; group < 200; group += 1)
      bench.hear(
        report([
          ['allow', `239.8.0.${group}`, many(250)],
          ['allow', `239.8.0.${group}`, many(250, '198.19.0.0')],
        ]),
      );
    expect(bench.igmp.memberships.groups.size).toBe(200);
    let total = 0;
    for (const each of bench.igmp.memberships.groups.values()) total += each.requested.size;
    expect(total).toBe(100_000);
    expect(bench.until(269_999).igmp.memberships.groups.size).toBe(200);
    expect(bench.until(270_000).igmp.memberships.groups.size).toBe(0);
  });

  it('H09 take a report at the same cost, however many groups there are', () => {
    const cost = (groups: number): number => {
      const bench = new Bench({ maxGroups: 100_000 });
      const all = many(groups, '239.16.0.0');
      for (let at = 0; at < groups; at += 150)
        bench.hear(report(all.slice(at, at + 150).map((group) => ['to-ex', group] as const)));
      const again = all.slice(0, 200).map((group) => v2Report(group));
      const times = Array.from({ length: 9 }, () => {
        const start = performance.now();
        for (let round = 0; round < 5; round += 1) bench.hear(...again);
        return performance.now() - start;
      });
      return Math.min(...times);
    };
    expect(cost(60_000)).toBeLessThan(8 * cost(300));
  });

  it('B10 B11 forget what was reported when the interface goes down, and keep what is static', () => {
    const bench = new Bench({ staticGroups: [{ group: prefixOf(ip('239.1.2.3'), 32), source: undefined }] });
    bench.say(['to-ex', G]);
    bench.igmp.down(bench.now);
    expect([bench.forwards(S1), bench.forwards(S1, '239.1.2.3')]).toEqual([false, true]);
    bench.igmp.up(bench.now);
    expect(bench.view()).toBeUndefined();
  });

  it('J01 forward static groups for ever, without a question', () => {
    const bench = new Bench({
      staticGroups: [
        { group: prefixOf(ip(G), 32), source: undefined },
        { group: prefixOf(ip('232.1.1.1'), 32), source: ip(S1) },
      ],
    });
    bench.say(['to-ex', G], ['to-in', G]);
    bench.hear(v2Leave(G));
    expect(bench.asked(0)).toEqual([]);
    bench.until(1_000_000);
    expect(bench.forwards(S2)).toBe(true);
    expect([S1, S2].map((each) => bench.forwards(each, '232.1.1.1'))).toEqual([true, false]);
    expect(bench.view()).toMatchObject({ origins: ['static'], filterMode: 'exclude', expires: undefined });
    expect(bench.view('232.1.1.1')!.sources).toEqual([
      { address: ip(S1), forwarding: true, expires: undefined },
    ]);
  });

  it('J01 forward all groups of a static prefix, shown as one', () => {
    const bench = new Bench({
      staticGroups: [
        { group: prefixOf(ip('239.1.0.0'), 16), source: undefined },
        { group: prefixOf(ip('232.0.0.0'), 8), source: ip(S1) },
        { group: prefixOf(ip('239.1.1.1'), 32), source: ip(S2) },
      ],
    });
    const forwarded = (group: string): boolean[] => [S1, S2].map((each) => bench.forwards(each, group));
    expect(['239.1.1.1', '239.1.255.255', '239.2.0.0', '232.9.9.9'].map(forwarded)).toEqual([
      [true, true],
      [true, true],
      [false, false],
      [true, false],
    ]);
    const shown = groupViews(bench.igmp.memberships, bench.now);
    expect(shown.map(({ group, length, filterMode }) => [formatAddress(group), length, filterMode])).toEqual([
      ['232.0.0.0', 8, 'include'],
      ['239.1.0.0', 16, 'exclude'],
      ['239.1.1.1', 32, 'exclude'],
    ]);
    bench.say(['to-ex', '239.1.7.7'], ['to-in', '239.1.7.7']);
    expect(bench.asked(0)).toEqual([]);
    expect(bench.view('239.1.7.7')!.origins).toEqual(['report', 'static']);
  });

  it('J02 show what is static and reported as both, until only one is left', () => {
    const bench = new Bench({ staticGroups: [{ group: prefixOf(ip(G), 32), source: ip(S1) }] });
    bench.say(['allow', G, [S1, S2]]);
    expect(bench.view()).toMatchObject({
      origins: ['report', 'static'],
      sources: [{ expires: 270_000 }, { expires: 270_000 }],
    });
    bench.until(270_000);
    expect(bench.view()).toMatchObject({
      origins: ['static'],
      sources: [{ address: ip(S1), forwarding: true }],
    });
  });

  it('can be made to forget a group or a source', () => {
    const bench = new Bench();
    bench.say(['allow', G, [S1, S2]]);
    expect(bench.igmp.forget(ip(G), ip(S3), bench.now)).toBe(false);
    expect(bench.igmp.forget(ip(G), ip(S1), bench.now)).toBe(true);
    expect(bench.state()).toBe('IN({2@270})');
    expect(bench.igmp.forget(ip(G), undefined, bench.now)).toBe(true);
    expect(bench.igmp.forget(ip(G), undefined, bench.now)).toBe(false);
    expect(bench.view()).toBeUndefined();
  });

  it('I27 say at once when something else is forwarded, and only then', () => {
    const bench = new Bench();
    bench.say(['to-ex', G]);
    bench.say(['is-ex', G], ['allow', G, [S1]]);
    expect(bench.changed).toEqual([G]);
    bench.say(['to-ex', G, [S1, S2]]);
    bench.after(2000);
    expect(bench.changed.length).toBe(2);
    bench.until(400_000);
    expect(bench.changed.length).toBe(3);
  });

  it('do nothing where nothing is due', () => {
    const bench = new Bench();
    bench.say(['to-ex', G]);
    expect(bench.igmp.memberships.pollNext(bench.now)).toEqual([]);
  });

  it('H02 have no room for a source after all that a group had before it was limited, and say so', () => {
    const bench = new Bench({ maxSources: 64 });
    bench.say(['allow', '232.1.1.1', many(20)]);
    bench.igmp.apply({ ...bench.igmp.settings, maxSources: 2 }, bench.now);
    bench.say(['allow', '232.1.1.1', many(20)]);
    expect(bench.igmp.counters.refused['source-limit']).toBe(0);
    bench.say(['allow', '232.1.1.1', [...many(20), S1]]);
    expect(bench.igmp.counters.refused['source-limit']).toBe(1);
    expect([bench.forwards(S1, '232.1.1.1'), bench.forwards(many(20)[19]!, '232.1.1.1')]).toEqual([
      false,
      true,
    ]);
  });

  it('tell how many sources are gone through for a record, those excluded among them', () => {
    const bench = new Bench();
    const behind = () => bench.igmp.memberships.sourcesBehind(ip(G));
    expect(behind()).toBe(0);
    bench.say(['to-ex', G, [S1, S2]], ['allow', G, many(3)]);
    expect(behind()).toBe(5);
  });

  it('go through the sources of a group again for each 16 hosts that are tracked', () => {
    const bench = new Bench({ fastLeave: 'tracked' });
    const behindWith = (hosts: number): number => {
      for (let host = 1; host <= hosts; host += 1)
        bench.hear(report([['allow', G, many(10)]], { source: `192.0.2.${100 + host}` }));
      return bench.igmp.memberships.sourcesBehind(ip(G));
    };
    expect([behindWith(16), behindWith(32)]).toEqual([20, 30]);
  });
});
