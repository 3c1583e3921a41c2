import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordType } from '../../../src/igmp/message.js';
import { ip } from '../../support/datagram.js';
import { Bench, G, report, S1, S2, S3, type Say } from '../bench.js';
import { NOTHING, naiveForwards, naiveRecord, naiveTime } from './group-oracle.js';

/** IN({1,2}), or EX({1},{2}), reported 100 s ago. */
const include = (): Bench => {
  const bench = new Bench();
  bench.say(['allow', G, [S1, S2]]);
  return bench.after(100_000);
};
const exclude = (): Bench => {
  const bench = new Bench();
  bench.say(['to-ex', G, [S2]], ['allow', G, [S1]]);
  return bench.after(100_000);
};

/** [row, state, record, state afterwards with the seconds that are left, what is asked at once] */
const TABLE: readonly (readonly [string, 'in' | 'ex', Say, string, readonly string[]])[] = [
  ['E01', 'in', ['is-in', G, [S2, S3]], 'IN({1@170,2@270,3@270})', []],
  ['E02', 'in', ['is-ex', G, [S2, S3]], 'EX({2@170},{3})@270', []],
  ['E03', 'ex', ['is-in', G, [S2, S3]], 'EX({1@170,2@270,3@270},{})@170', []],
  ['E04', 'ex', ['is-ex', G, [S2, S3]], 'EX({3@270},{2})@270', []],
  ['E05', 'in', ['allow', G, [S2, S3]], 'IN({1@170,2@270,3@270})', []],
  ['E06', 'in', ['block', G, [S2, S3]], 'IN({1@170,2@2})', ['0 Q(G,S2)']],
  ['E07', 'in', ['to-ex', G, [S2, S3]], 'EX({2@2},{3})@270', ['0 Q(G,S2)']],
  ['E08', 'in', ['to-in', G, [S2, S3]], 'IN({1@2,2@270,3@270})', ['0 Q(G,S1)']],
  ['E09', 'ex', ['allow', G, [S2, S3]], 'EX({1@170,2@270,3@270},{})@170', []],
  ['E10', 'ex', ['block', G, [S2, S3]], 'EX({1@170,3@2},{2})@170', ['0 Q(G,S3)']],
  ['E11', 'ex', ['to-ex', G, [S2, S3]], 'EX({3@2},{2})@270', ['0 Q(G,S3)']],
  ['E12', 'ex', ['to-in', G, [S2, S3]], 'EX({1@2,2@270,3@270},{})@2', ['0 Q(G)', '0 Q(G,S1)']],
  ['E27', 'in', ['is-in', G, [S2]], 'IN({1@170,2@270})', []],
  ['E31', 'ex', ['is-ex', G, [S2]], 'EX({},{2})@270', []],
]; // biome-ignore format: a table

describe('a group', () => {
  it.each(TABLE)('%s: %s + %j', (_row, mode, record, state, asked) => {
    const bench = mode === 'in' ? include() : exclude();
    bench.say(record);
    expect(bench.state()).toBe(state);
    expect(bench.asked(bench.now)).toEqual(asked);
  });

  it('E10 E11 watches a source that is no longer wanted only as long as the group', () => {
    const bench = new Bench();
    bench.say(['to-ex', G, [S2]]);
    bench.after(269_000).say(['block', G, [S3]]);
    expect(bench.state()).toBe('EX({3@1},{2})@1');
    bench.say(['to-ex', G, [S3, S1]]);
    expect(bench.state()).toBe('EX({1@1,3@1},{})@270');
    expect(bench.asked(0)).toEqual([]);
  });

  it('E13 D31 begins as INCLUDE of nothing', () => {
    const bench = new Bench();
    bench.say(['to-in', G, [S1]], ['is-ex', '239.2.2.2', [S2]]);
    expect([bench.state(), bench.state('239.2.2.2')]).toEqual(['IN({1@270})', 'EX({},{2})@270']);
  });

  it('B09 B03 E15 goes after 270 seconds of silence, not before', () => {
    const bench = new Bench();
    bench.say(['is-ex', G]);
    expect(bench.until(269_999).forwards(S1)).toBe(true);
    expect(bench.until(270_000).forwards(S1)).toBe(false);
    expect(bench.view()).toBeUndefined();
    expect(bench.events.at(-1)).toMatchObject({
      event: 'expire',
      group: ip(G),
      source: null,
      reporter: null,
    });
  });

  it('E14 turns to INCLUDE when its timer ends, of the sources that are still asked for', () => {
    const bench = exclude();
    bench.say(['allow', G, [S3]]);
    expect(bench.after(170_000).state()).toBe('IN({3@100})');
  });

  it('E16 loses a source when its timer ends, and goes with the last one', () => {
    const bench = include();
    bench.say(['is-in', G, [S1]]);
    expect(bench.after(170_000).state()).toBe('IN({1@100})');
    expect(bench.after(100_000).view()).toBeUndefined();
  });

  it('E17 E28 blocks a source whose timer ends in EXCLUDE mode, and remembers it', () => {
    const bench = exclude();
    bench.say(['is-ex', G, [S1, S2]]);
    expect([S1, S2, S3].map((each) => bench.forwards(each))).toEqual([true, false, true]);
    expect(bench.after(170_000).state()).toBe('EX({},{1,2})@100');
    expect([S1, S2, S3].map((each) => bench.forwards(each))).toEqual([false, false, true]);
  });

  it('E18 keeps each source as long as it is reported', () => {
    const bench = new Bench();
    for (let round = 0; round < 10; round += 1) {
      bench.say(['is-in', G, [S1]]);
      bench.after(200_000);
    }
    expect(bench.state()).toBe('IN({1@70})');
  });

  it('E29 of one who wants all and one who wants a source keeps that source when the first leaves', () => {
    const bench = new Bench();
    bench.hear(report([['to-ex', G]]), report([['allow', G, [S1]]], { source: '192.0.2.11' }));
    bench.after(1000).say(['to-in', G]);
    bench.after(1000).hear(report([['is-in', G, [S1]]], { source: '192.0.2.11' }));
    bench.after(1000);
    expect([bench.state(), bench.forwards(S1), bench.forwards(S2)]).toEqual(['IN({1@269})', true, false]);
  });

  it('E32 E25 is forwarded without a gap when a leave is taken back', () => {
    const bench = new Bench();
    bench.say(['to-ex', G]);
    bench.after(5000).say(['to-in', G]);
    bench.after(12).say(['to-ex', G]);
    bench.after(10_000);
    expect(bench.changed).toEqual([G]);
    expect(bench.forwards(S1)).toBe(true);
  });

  it('E28 B03 is what the tables of RFC 9776 say, whatever is reported and whenever', () => {
    const type = fc.constantFrom<RecordType>('is-in', 'is-ex', 'to-in', 'to-ex', 'allow', 'block');
    const sources = fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 5 });
    const wait = fc.oneof(
      fc.integer({ min: 0, max: 3000 }),
      fc.integer({ min: 0, max: 300_000 }),
      fc.constant(0),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(type, sources, wait), { maxLength: 25 }), (steps) => {
        const bench = new Bench();
        let naive = NOTHING;
        for (const [type, list, pause] of steps) {
          bench.after(pause);
          naive = naiveTime(naive, bench.now);
          bench.say([type, G, list.map((each) => `203.0.113.${each}`)]);
          naive = naiveRecord(naive, type, new Set(list), bench.now);
          for (const each of [1, 2, 3, 4, 5, 6])
            expect(bench.forwards(`203.0.113.${each}`)).toBe(naiveForwards(naive, each));
          const group = bench.igmp.memberships.groups.get(ip(G));
          const isNothing = naive.mode === 'IN' && naive.x.size === 0;
          expect(group === undefined).toBe(isNothing);
          if (group === undefined) continue;
          expect(group.filterMode).toBe(naive.mode === 'IN' ? 'include' : 'exclude');
          if (naive.mode === 'EX') expect(group.deadline).toBe(naive.groupTimer);
          expect(group.requested.size).toBe(naive.x.size);
          for (const [each, until] of naive.x)
            expect(group.requested.deadline(ip(`203.0.113.${each}`))).toBe(until);
          expect([...group.excluded].map((each) => each & 255).sort()).toEqual([...naive.y].sort());
        }
      }),
      { numRuns: 300 },
    );
  });
});
