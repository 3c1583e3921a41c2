import { describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../../../src/time.js';
import { ip } from '../../support/datagram.js';
import { Bench, G, HOST, query, report, S1, S2, v2Leave, v2Report } from '../bench.js';

const A = { source: '192.0.2.11' };
const B = { source: '192.0.2.12' };

describe('a leave', () => {
  it('E19 E26 A04 C11 asks at once and once more, and ends forwarding after two seconds to the millisecond', () => {
    const bench = new Bench();
    bench.say(['to-ex', G]);
    const left = bench.after(40_000).now;
    bench.say(['to-in', G]);
    expect(bench.after(1999).forwards(S1)).toBe(true);
    expect(bench.after(1).forwards(S1)).toBe(false);
    expect(bench.after(5000).asked(left)).toEqual(['0 Q(G)', '1000 Q(G)']);
    const [first] = bench.sent.filter(({ text }) => text === 'Q(G)');
    expect([...first!.datagram.subarray(16, 20)]).toEqual([239, 1, 1, 1]);
    expect([first!.message[1], first!.message[8]]).toEqual([10, 2]);
  });

  it('E20 E24 asks about sources at once and once more, in one schedule for the group', () => {
    const bench = new Bench();
    bench.say(['allow', G, [S1, S2]]);
    bench.say(['block', G, [S1]]);
    bench.after(400).say(['block', G, [S2]]);
    expect(bench.after(1599).forwards(S1)).toBe(true);
    expect(bench.after(1).forwards(S1)).toBe(false);
    expect(bench.forwards(S2)).toBe(true);
    expect(bench.after(400).view()).toBeUndefined();
    expect(bench.asked(0)).toEqual(['0 Q(G,S1)', '400 Q(G,S2)', '1000 Q(G,S1,S2)']);
  });

  it('E19 E20 is asked about as often, and as far apart, as the variables say', () => {
    const settings = { robustness: 4, lastMemberQueryInterval: milliseconds(500) };
    const bench = new Bench(settings);
    bench.say(['to-ex', G], ['allow', '239.2.2.2', [S1]]);
    bench.say(['to-in', G], ['block', '239.2.2.2', [S1]]);
    const asked = bench.until(10_000).asked(0);
    expect(asked.filter((each) => each.endsWith('Q(G)'))).toEqual([
      '0 Q(G)',
      '500 Q(G)',
      '1000 Q(G)',
      '1500 Q(G)',
    ]);
    expect(asked.filter((each) => each.endsWith('S1)')).length).toBe(4);
  });

  it('H05 E33 that comes twice, as hosts send it, begins one series', () => {
    const bench = new Bench();
    bench.say(['to-ex', G], ['allow', '239.2.2.2', [S1]]);
    for (const wait of [0, 700, 600, 500]) {
      bench.after(wait).say(['to-in', G]);
      bench.hear(v2Leave(G));
      bench.say(['block', '239.2.2.2', [S1]]);
    }
    bench.until(1900);
    expect(bench.asked(0).length).toBe(4);
    expect(bench.until(2000).view()).toBeUndefined();
    expect(bench.events.filter(({ event }) => event === 'leave').length).toBe(2);
  });

  it('E21 E22 E25 A13 is answered: the group stays, and what is asked again is suppressed', () => {
    const bench = new Bench();
    bench.say(['to-ex', G], ['allow', '239.2.2.2', [S1, S2]]);
    bench.say(['to-in', G], ['block', '239.2.2.2', [S1, S2]]);
    bench.after(500).hear(
      report(
        [
          ['is-ex', G],
          ['is-in', '239.2.2.2', [S1]],
        ],
        B,
      ),
    );
    const asked = bench.until(10_000).asked(0);
    expect(asked.slice(2).sort()).toEqual(['1000 Q(239.2.2.2,S1)!', '1000 Q(239.2.2.2,S2)', '1000 Q(G)!']);
    expect([bench.forwards(S1), bench.state('239.2.2.2')]).toEqual([true, 'IN({1@260.5})']);
  });

  it('E34 is survived by a member that heard one of the two queries only', () => {
    const bench = new Bench();
    bench.say(['to-ex', G]);
    bench.say(['to-in', G]);
    bench.after(1999).hear(report([['is-ex', G]], B));
    expect(bench.after(10_000).state()).toBe('EX({},{})@260');
  });

  it('E19 may come again after it was answered, and is asked about anew', () => {
    const bench = new Bench();
    bench.say(['to-ex', G]);
    bench.say(['to-in', G], ['to-ex', G]);
    bench.after(300).say(['to-in', G]);
    expect(bench.until(2299).forwards(S1)).toBe(true);
    expect(bench.until(2300).forwards(S1)).toBe(false);
    expect(bench.asked(0)).toEqual(['0 Q(G)', '300 Q(G)', '1000 Q(G)']);
  });

  it('E12 in EXCLUDE mode asks about group and sources together', () => {
    const bench = new Bench();
    bench.say(['to-ex', G], ['allow', G, [S1]]);
    bench.say(['to-in', G]);
    expect(bench.until(5000).asked(0)).toEqual(['0 Q(G)', '0 Q(G,S1)', '1000 Q(G)', '1000 Q(G,S1)']);
    expect(bench.view()).toBeUndefined();
  });

  it('H05 in great numbers is no longer asked about; the groups stay', () => {
    const bench = new Bench({ maxGroups: 20_000 });
    const groups = Array.from({ length: 6000 }, (_, at) => `239.7.${at >> 8}.${at & 255}`);
    for (const group of groups) bench.hear(v2Report(group));
    for (const group of groups) bench.hear(v2Leave(group));
    expect(bench.asked(0).length).toBe(5000);
    expect(bench.igmp.counters.refused['query-limit']).toBe(1000);
    expect(bench.warners).toEqual([HOST]);
    bench.until(10_000);
    expect(bench.igmp.memberships.groups.size).toBe(1000);
  });

  it('A06 F11 is not repeated in an older version that has no such question', () => {
    const older = (version: 1 | 2): string[] => {
      const bench = new Bench();
      bench.say(['to-ex', G], ['allow', '239.2.2.2', [S1]]);
      bench.say(['to-in', G], ['block', '239.2.2.2', [S1]]);
      bench.until(500).hear(query('192.0.2.77', { version }));
      bench.until(5000);
      return bench.sent
        .filter(({ at }) => at === 1000)
        .map(({ text, message }) => `${text} ${message.length}`);
    };
    expect(older(1)).toEqual([]);
    expect(older(2)).toEqual(['Q(G) 8']);
  });

  it('K08 is told, and so are joins and ends', () => {
    const bench = new Bench();
    bench.say(['to-ex', G]);
    bench.say(['to-in', G]);
    bench.until(5000).say(['allow', G, [S1]]);
    bench.say(['block', G, [S1]]);
    bench.until(10_000);
    const told = bench.events.filter(({ event }) => ['join', 'leave', 'expire'].includes(event));
    expect(told.map(({ event, group, source, reporter }) => [event, group, source, reporter])).toEqual([
      ['join', ip(G), null, ip('192.0.2.10')], ['leave', ip(G), null, ip('192.0.2.10')], ['expire', ip(G), null, null],
      ['join', ip(G), ip(S1), ip('192.0.2.10')], ['leave', ip(G), ip(S1), ip('192.0.2.10')], ['expire', ip(G), ip(S1), null],
    ]); // biome-ignore format: pairs of three
  });
});

describe('what a leave leaves undone', () => {
  it('H05 is counted nowhere: who repeats it takes nobody’s queries', () => {
    const bench = new Bench();
    bench.say(['to-ex', G], ['to-ex', '239.2.2.2']);
    for (let time = 0; time < 6000; time += 1) bench.say(['to-in', G]);
    bench.say(['to-in', '239.2.2.2']);
    expect(bench.asked(0)).toEqual(['0 Q(G)', '0 Q(239.2.2.2)']);
    expect(bench.igmp.counters.refused['query-limit']).toBe(0);
  });

  it('K08 is not told: neither a source twice at once, nor those that go with their group', () => {
    const bench = new Bench();
    bench.say(['allow', G, [S1, S2]]);
    bench.say(['block', G, [S1]], ['block', G, [S1]]);
    const leaves = () =>
      bench.events.splice(0).flatMap(({ event, source }) => (event === 'leave' ? [source] : []));
    expect(leaves()).toEqual([ip(S1)]);
    bench.say(['to-ex', '239.2.2.2'], ['allow', '239.2.2.2', [S1]], ['to-in', '239.2.2.2']);
    expect(leaves()).toEqual([null]);
  });

  it('H06 is nothing where another one queries', () => {
    const bench = new Bench({}, '192.0.2.9');
    bench.hear(query('192.0.2.5'));
    bench.say(['to-ex', G], ['allow', G, [S1]]);
    bench.changed.length = 0;
    bench.say(['to-in', G], ['block', G, [S1]]);
    expect([bench.changed, bench.asked(0)]).toEqual([[], []]);
  });

  it('A06 is a question about sources where the version has none: they keep their time', () => {
    const bench = new Bench();
    bench.hear(query('192.0.2.77', { version: 2 }));
    bench.say(['to-ex', G], ['allow', G, [S1]], ['to-in', G]);
    expect([bench.asked(0), bench.state()]).toEqual([['0 Q(G)'], 'EX({1@270},{})@2']);
  });

  it('G01 is what was still to be asked, once the leaves are fast', () => {
    const bench = new Bench();
    bench.say(['to-ex', G], ['allow', G, [S1]], ['block', G, [S1]]);
    bench.igmp.apply({ ...bench.igmp.settings, fastLeave: 'always' }, bench.now);
    bench.changed.length = 0;
    bench.say(['block', G, [S1]]);
    expect([bench.state(), bench.changed]).toEqual(['EX({},{1})@270', [G]]);
    expect(bench.until(5000).asked(1)).toEqual([]);
    bench.igmp.apply({ ...bench.igmp.settings, fastLeave: 'never' }, bench.now);
    bench.say(['allow', G, [S2]], ['to-in', G, [S2]]);
    bench.igmp.apply({ ...bench.igmp.settings, fastLeave: 'always' }, bench.now);
    bench.say(['to-in', G, [S2]]);
    expect(bench.state()).toBe('IN({2@270})');
    expect(bench.after(5000).asked(5001)).toEqual([]);
  });

  it('G03 is nothing known of those who reported before leaves were tracked', () => {
    const bench = new Bench({ fastLeave: 'tracked' }).until(20_000);
    bench.say(['to-ex', G]);
    for (const fastLeave of ['never', 'tracked'] as const)
      bench.igmp.apply({ ...bench.igmp.settings, fastLeave }, bench.now);
    bench.say(['to-in', G]);
    expect([bench.view() === undefined, bench.asked(0)]).toEqual([false, ['20000 Q(G)']]);
  });

  it('K05 is every timer of a group that is forgotten, or whose link is down', () => {
    for (const end of ['forget', 'down'] as const) {
      const bench = new Bench();
      bench.say(['to-ex', G], ['allow', G, [S1]]);
      bench.say(['to-in', G]);
      if (end === 'forget') bench.igmp.forget(ip(G), undefined, bench.now);
      else bench.igmp.down(bench.now);
      bench.events.length = 0;
      if (end === 'down') bench.igmp.up(bench.now);
      bench.until(300_000);
      expect([bench.view(), bench.asked(1)]).toEqual([undefined, []]);
      expect(bench.events.filter(({ event }) => event === 'expire')).toEqual([]);
    }
  });

  it('K08 is a change of membership when one source of several is over', () => {
    const bench = new Bench();
    bench.say(['allow', G, [S1]]);
    bench.until(100_000).say(['allow', G, [S2]]);
    bench.changed.length = 0;
    expect(bench.until(269_999).changed).toEqual([]);
    expect(bench.until(270_000).changed).toEqual([G]);
    expect(bench.state()).toBe('IN({2@100})');
  });
});

describe('a fast leave', () => {
  it('G01 G02 ends forwarding at once, unasked, whoever else is there', () => {
    const bench = new Bench({ fastLeave: 'always' });
    bench.hear(v2Report(G, A), v2Report(G, B), v2Leave(G, A));
    expect([bench.forwards(S1), bench.view()]).toEqual([false, undefined]);
    bench.hear(report([['to-ex', G]], A), report([['to-in', G]], A));
    expect(bench.forwards(S1)).toBe(false);
    bench.hear(report([['allow', G, [S1, S2]]], A), report([['block', G, [S1]]], A));
    expect(bench.state()).toBe('IN({2@270})');
    expect(bench.asked(0)).toEqual([]);
  });

  it('G03 E35 with tracking waits for the last who said that he wants it', () => {
    const bench = new Bench({ fastLeave: 'tracked' }).until(20_000);
    bench.hear(report([['to-ex', G]], A), report([['to-ex', G]], B), report([['to-in', G]], A));
    expect([bench.forwards(S1), bench.asked(20_000)]).toEqual([true, ['0 Q(G)']]);
    bench.hear(report([['to-in', G]], B));
    expect([bench.forwards(S1), bench.view()]).toEqual([false, undefined]);
    bench.hear(report([['allow', G, [S1, S2]]], A), report([['allow', G, [S2]]], B));
    bench.hear(report([['block', G, [S1, S2]]], A));
    expect([bench.forwards(S1), bench.forwards(S2)]).toEqual([false, true]);
  });

  it('G03 E35 with tracking is never taken for the last where members may be unknown', () => {
    const early = new Bench({ fastLeave: 'tracked' }).until(5000);
    early.hear(report([['to-ex', G]], A), report([['to-in', G]], A));
    expect(early.forwards(S1)).toBe(true);
    const nameless = new Bench({ fastLeave: 'tracked' }).until(20_000);
    nameless.hear(
      report([['to-ex', G]], { source: '0.0.0.0' }),
      report([['to-ex', G]], A),
      report([['to-in', G]], A),
    );
    expect(nameless.forwards(S1)).toBe(true);
  });

  it('H02 H03 of more sources than a group may have blocks those that found room', () => {
    for (const fastLeave of ['always', 'tracked'] as const) {
      const bench = new Bench({ fastLeave, maxSources: 4 }).until(20_000);
      bench.say(['to-ex', G]);
      for (let last = 0; last < 20; last += 1) bench.say(['block', G, [`198.18.0.${last}`]]);
      expect([bench.view()!.sources.length, bench.forwards('198.18.0.19')]).toEqual([4, true]);
      bench.say(['to-ex', G, Array.from({ length: 20 }, (_, last) => `198.18.1.${last}`)]);
      expect(bench.view()!.sources.length).toBeLessThanOrEqual(4);
    }
  });

  it('G05 leaves a short gap where a leave is taken back', () => {
    const bench = new Bench({ fastLeave: 'always' });
    bench.say(['to-ex', G]);
    bench.say(['to-in', G]);
    expect(bench.forwards(S1)).toBe(false);
    bench.after(12).say(['to-ex', G]);
    expect(bench.forwards(S1)).toBe(true);
  });

  it('C12 is nothing that a router does that is not the querier', () => {
    const bench = new Bench({ fastLeave: 'always' }, '192.0.2.9');
    bench.hear(query('192.0.2.5'), v2Report(G), v2Leave(G));
    bench.say(['to-in', G]);
    expect(bench.forwards(S1)).toBe(true);
  });

  it('B13 follows a scaled profile', () => {
    const bench = new Bench({
      queryInterval: seconds(20),
      queryResponseInterval: seconds(2),
      lastMemberQueryInterval: milliseconds(500),
    });
    bench.say(['to-ex', G], ['to-in', G]);
    expect(bench.until(2000).asked(0)).toEqual(['0 Q(G)', '500 Q(G)']);
    bench.say(['to-ex', G]);
    expect([bench.until(45_999).view() === undefined, bench.until(46_000).view()]).toEqual([
      false,
      undefined,
    ]);
    expect(bench.generalQueries()).toEqual([0, 5000, 25_000, 45_000]);
  });
});
