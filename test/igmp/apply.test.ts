import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Prefix, prefixOf } from '../../src/address.js';
import { groupViews } from '../../src/igmp/group-view.js';
import { membershipFor, NO_MEMBERSHIP } from '../../src/igmp/host-membership.js';
import { interfaceView } from '../../src/igmp/interface-view.js';
import { DEFAULT_IGMP_SETTINGS, type IgmpSettings } from '../../src/igmp/settings.js';
import { parseVariables } from '../../src/igmp/variables.js';
import { instant, seconds } from '../../src/time.js';
import { ip } from '../support/datagram.js';
import { Bench, G, igmpDatagram, query, report, S1, S2, S3, v1Report, v2Leave, v2Report } from './bench.js';

const prefix = (text: string, length: number): Prefix => prefixOf(ip(text), length);
const applied = (bench: Bench, some: Partial<IgmpSettings>): Bench => {
  bench.igmp.apply({ ...bench.igmp.settings, ...some }, bench.now);
  return bench;
};

const GROUPS = [G, '239.2.2.2', '232.1.1.1'];
const SOURCES = [S1, S2, S3];
const group = fc.constantFrom(...GROUPS);
const sources = fc.subarray(SOURCES);
const pattern = fc.record({
  group: fc.constantFrom(prefix('239.1.0.0', 16), prefix('232.0.0.0', 8)),
  source: fc.constantFrom(undefined, prefix(S1, 32)),
});
const fixed = fc.record({ group: group.map(ip), source: fc.constantFrom(undefined, ip(S1), ip(S2)) });
const few = { maxLength: 2 };

const settings: fc.Arbitrary<IgmpSettings> = fc
  .record({
    version: fc.constantFrom(3 as const, 3 as const, 2 as const, 1 as const),
    querier: fc.constantFrom('elect' as const, 'always' as const, 'never' as const),
    ignoreVersions: fc.subarray([1, 2] as const),
    robustness: fc.constantFrom(1, 2, 3, 7),
    queryInterval: fc.constantFrom(seconds(20), seconds(125)),
    startupQueryCount: fc.constantFrom(undefined, 1, 4),
    lastMemberQueryCount: fc.constantFrom(undefined, 3),
    fastLeave: fc.constantFrom('never' as const, 'always' as const, 'tracked' as const),
    routerAlert: fc.boolean(),
    requireRouterAlert: fc.constantFrom(false, 'reports' as const, 'queries' as const, true),
    routerDiscovery: fc.boolean(),
    maxGroups: fc.constantFrom(1, 4096),
    maxSources: fc.constantFrom(1, 512),
    acceptGroups: fc.array(pattern, few),
    denyGroups: fc.array(pattern, few),
    staticGroups: fc.array(
      fc
        .tuple(fixed, fc.constantFrom(32, 32, 16))
        .map(([{ group, source }, length]) => ({ group: prefixOf(group, length), source })),
      few,
    ),
    joinGroups: fc.array(fixed, few),
    ssmRanges: fc.subarray([prefix('239.2.0.0', 16)]),
  })
  .map((some): IgmpSettings => ({ ...DEFAULT_IGMP_SETTINGS, ...some }))
  .filter((each) => parseVariables(each).variables !== undefined);

type Step = (bench: Bench) => void;

const from = fc
  .constantFrom('192.0.2.5', '192.0.2.10', '192.0.2.77', '0.0.0.0')
  .map((source) => ({ source }));
const says = fc.record({
  version: fc.constantFrom(1 as const, 2 as const, 3 as const, 3 as const),
  group: fc.constantFrom('0.0.0.0', '0.0.0.0', G),
  sources: fc.constantFrom([], [], [S1]),
  s: fc.boolean(),
  qrv: fc.integer({ min: 0, max: 7 }),
});
const record = fc.tuple(
  fc.constantFrom('is-in', 'is-ex', 'to-in', 'to-ex', 'allow', 'block'),
  group,
  sources,
) as fc.Arbitrary<readonly ['is-in', string, string[]]>;
const SOLICITATION = igmpDatagram([0x31, 0, 0, 0], { source: '192.0.2.10', destination: '224.0.0.2' });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.array(record, few), from).map(([records, by]): Step => hears(report(records, by))) },
  { weight: 3, arbitrary: fc.tuple(from, says).map(([by, said]): Step => hears(query(by.source, said))) },
  fc.tuple(fc.constantFrom(v1Report, v2Report, v2Leave), group, from).map(([make, to, by]) => hears(make(to, by))),
  fc.constant(hears(SOLICITATION)),
  fc.tuple(group.map(ip), fc.constantFrom(undefined, ip(S1))).map(
    ([to, source]): Step => (bench) => bench.igmp.want(to, membershipFor(source), bench.now),
  ),
  group.map(ip).map((to): Step => (bench) => bench.igmp.want(to, NO_MEMBERSHIP, bench.now)),
  group.map(ip).map((to): Step => (bench) => void bench.igmp.forget(to, undefined, bench.now)),
  group.map(ip).map((to): Step => (bench) => void bench.igmp.query({ group: to }, bench.now)),
  fc.boolean().map((isOn): Step => (bench) => {
    bench.interface.forwarding = isOn;
  }),
  fc.constant<Step>((bench) => bench.igmp.down(bench.now)),
  fc.constant<Step>((bench) => bench.igmp.up(bench.now)),
  { weight: 4, arbitrary: fc.constantFrom(1, 700, 12_000, 130_000, 300_000).map((wait): Step => (bench) => void bench.after(wait)) },
  // As on a busy machine, where what is due is done late.
  fc.constantFrom(1, 1500, 40_000).map((wait): Step => (bench) => {
    bench.now = instant(bench.now + wait);
  }),
); // biome-ignore format: one line each

function hears(datagram: Uint8Array): Step {
  return (bench) => void bench.hear(datagram.slice());
}

/** Everything that anybody can see of an interface. */
const seen = (bench: Bench) => ({
  sent: bench.sent.map(({ at, datagram }) => [at, ...datagram].join(' ')),
  events: bench.events,
  changed: bench.changed,
  warnings: [bench.warnings, bench.warners],
  counters: bench.igmp.counters,
  view: interfaceView(bench.igmp, bench.now),
  groups: groupViews(bench.igmp.memberships, bench.now),
  wanted: [...bench.igmp.member.memberships],
  next: bench.igmp.nextDeadline(),
});

describe('settings that are applied while an interface runs', () => {
  it('C28 J03 J11 change nothing where they are the same, at any moment and whatever goes on', () => {
    const steps = fc.array(fc.tuple(step, fc.boolean()), { minLength: 1, maxLength: 30 });
    const role = fc.constantFrom('router' as const, 'router' as const, 'host' as const);
    fc.assert(
      fc.property(settings, role, steps, (same, role, all) => {
        const [twin, bench] = [new Bench(same, '192.0.2.9', role), new Bench(same, '192.0.2.9', role)];
        for (const [act, isApplied] of all) {
          act(twin);
          act(bench);
          if (isApplied) bench.igmp.apply(structuredClone(same), bench.now);
          for (const each of [twin, bench])
            if (each.igmp.nextDeadline() <= each.now) each.igmp.poll(each.now);
          expect(seen(bench)).toEqual(seen(twin));
        }
        for (const each of [twin, bench]) each.after(1_000_000);
        expect(seen(bench)).toEqual(seen(twin));
      }),
      { numRuns: 1000 },
    );
  });

  it('B01 B02 bring the next general query forward where it is due sooner, and never put it off', () => {
    const shorter = applied(new Bench().until(40_000), { queryInterval: seconds(60) });
    expect(shorter.until(250_000).generalQueries()).toEqual([0, 31_250, 91_250, 151_250, 211_250]);
    const overdue = applied(new Bench().until(100_000), { queryInterval: seconds(60) });
    expect(overdue.until(200_000).generalQueries()).toEqual([0, 31_250, 100_000, 160_000]);
    const longer = applied(new Bench().until(40_000), { queryInterval: seconds(1000) });
    expect(longer.until(1_200_000).generalQueries()).toEqual([0, 31_250, 156_250, 1_156_250]);
  });

  it('B03 B09 keep who was reported before as long as it then was to be, and who is reported anew by the new interval', () => {
    const bench = new Bench();
    bench.say(['to-ex', G], ['to-ex', '239.2.2.2']);
    applied(bench.until(1000), { queryInterval: seconds(20) }).say(['is-ex', '239.2.2.2']);
    expect([bench.state(), bench.state('239.2.2.2')]).toEqual(['EX({},{})@269', 'EX({},{})@60']);
  });

  it('A03 speak the version that is set from the next message on', () => {
    const bench = applied(new Bench(), { version: 2, routerAlert: false });
    expect(bench.say(['to-ex', G])).toBe('igmp-ignored');
    bench.until(40_000);
    expect([bench.sent.at(-1)!.message.length, bench.sent.at(-1)!.datagram[0]]).toEqual([8, 0x45]);
  });

  it('J01 J03 forward what they add at once, and say so for groups that are treated differently', () => {
    const both = [ip(G), ip('239.2.2.2')].map((each) => ({ group: each, source: undefined }));
    const bench = new Bench({ staticGroups: [{ group: prefixOf(ip(G), 32), source: undefined }] });
    applied(bench, { staticGroups: [], joinGroups: both });
    expect([bench.changed, bench.forwards(S1, '239.2.2.2')]).toEqual([['239.2.2.2'], true]);
    applied(bench, { joinGroups: [{ group: ip(G), source: ip(S1) }] });
    expect(bench.changed).toEqual(['239.2.2.2', G, '239.2.2.2']);
    expect([bench.forwards(S1), bench.forwards(S2)]).toEqual([true, false]);
    applied(bench, { staticGroups: [{ group: prefixOf(ip(G), 16), source: undefined }] });
    expect([bench.changed.at(-1), bench.forwards(S2)]).toEqual(['any', true]);
  });

  it('J03 join a group while the interface is down when it comes up', () => {
    const bench = new Bench();
    bench.igmp.down(bench.now);
    applied(bench, { joinGroups: [{ group: ip(G), source: undefined }] });
    expect(bench.after(5000).igmp.counters.sent['report-v3']).toBe(0);
    bench.igmp.up(bench.now);
    expect(bench.after(5000).igmp.counters.sent['report-v3']).toBe(2);
  });

  it('G03 follow the hosts of a group that there is once leaves are tracked, and take nobody for the last until then', () => {
    const bench = new Bench().until(20_000);
    const A = { source: '192.0.2.11' };
    bench.hear(report([['to-ex', G]], A));
    applied(bench, { fastLeave: 'tracked' });
    bench.hear(report([['to-in', G]], A));
    expect(bench.forwards(S1)).toBe(true);
    bench.hear(report([['to-ex', G]], A));
    bench.after(200_000).hear(report([['is-ex', G]], A));
    bench.after(80_000).hear(report([['to-in', G]], A));
    expect(bench.forwards(S1)).toBe(false);
  });

  it('G03 leave what is known of the hosts of a group where they are the same', () => {
    const bench = new Bench({ fastLeave: 'tracked' }).until(20_000);
    bench.say(['to-ex', G]);
    applied(bench, {}).say(['to-in', G]);
    expect(bench.forwards(S1)).toBe(false);
  });

  it('H01 H02 take no group and no source away by a lower limit, and refuse nothing that is there', () => {
    const bench = new Bench();
    bench.say(['allow', G, [S1, S2, S3]], ['to-ex', '239.2.2.2']);
    applied(bench.until(1000), { maxGroups: 1, maxSources: 1 });
    bench.say(['is-in', G, [S1, S2]], ['is-ex', '239.2.2.2']);
    expect([bench.state(), bench.state('239.2.2.2')]).toEqual(['IN({1@270,2@270,3@269})', 'EX({},{})@270']);
    expect(bench.warnings).toEqual([]);
    expect(bench.say(['to-ex', '239.3.3.3'])).toBe('igmp-ignored');
    bench.say(['allow', G, ['203.0.113.9']]);
    expect(bench.igmp.counters.refused).toMatchObject({ 'group-limit': 1, 'source-limit': 1 });
  });
});

describe('a wish of a host', () => {
  it('J05 that is what it was already is not told before its time', () => {
    const bench = new Bench({}, '192.0.2.9', 'host');
    for (let round = 0; round < 5; round += 1) bench.igmp.want(ip(G), membershipFor(ip(S1)), bench.now);
    expect(bench.sent.length).toBe(1);
    expect(bench.after(5000).sent.length).toBe(2);
  });
});

it('settings that track nobody else look at no group', () => {
  const bench = new Bench();
  bench.hear(report([['to-ex', G]]));
  const [known] = [...bench.igmp.memberships.groups.values()];
  let looks = 0;
  let { reporters } = known!;
  Object.defineProperty(known, 'reporters', {
    get: () => {
      looks += 1;
      return reporters;
    },
    set: (those: typeof reporters) => {
      looks += 1;
      reporters = those;
    },
  });
  applied(bench, { robustness: 3 });
  expect(looks).toBe(0);
  applied(bench, { fastLeave: 'tracked' });
  expect([looks, reporters === undefined]).toEqual([1, false]);
  const first = reporters;
  applied(bench, { robustness: 2 });
  expect([looks, reporters === first]).toEqual([1, true]);
  applied(bench, { fastLeave: 'always' });
  expect([looks, reporters]).toEqual([2, undefined]);
});
