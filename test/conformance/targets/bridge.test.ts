import { describe, expect, it } from 'vitest';
import { seconds } from '../../../src/time.js';
import { type Case, type Output, proof } from '../case.js';
import { at, forwarded } from '../expectation.js';
import { G } from '../igmp/addresses.js';
import { asks } from '../igmp/expects.js';
import { igmpSetup, kase } from '../igmp/kase.js';
import { data, isEx, leave, report, toIn, v2Report } from '../igmp/sends.js';
import { runCase } from '../run-case.js';
import { NotApplicable, type Target, type TargetKind } from '../target.js';
import { commandsOf, optionsOf } from './bridge-commands.js';
import { partOnBridge } from './bridge-scope.js';
import { describeMdb, knownToBridge, type MdbEntry } from './mdb.js';

const entry = (rest: Partial<MdbEntry>): MdbEntry => ({
  port: 'p0',
  grp: '239.1.1.1',
  state: 'temp',
  timer: '   0.00',
  ...rest,
});

/** As `bridge -j -d -s mdb show` said them on Linux 6.18, after TO_EX of 2 and 3 with ALLOW of 1, but for the words left out. */
const CAPTURED: readonly MdbEntry[] = [
  entry({ src: '10.13.0.1', filter_mode: 'include' }),
  entry({ src: '10.13.0.3', filter_mode: 'include' }),
  entry({
    filter_mode: 'exclude',
    source_list: [
      { address: '10.13.0.1', timer: '269.50' },
      { address: '10.13.0.3', timer: '0.00' },
      { address: '10.13.0.2', timer: '0.00' },
    ],
    timer: ' 260.00',
  }),
];

describe('the groups of a bridge', () => {
  it('are told in the words of the table', () => {
    expect(describeMdb(CAPTURED, 'p0')).toEqual([
      '239.1.1.1 exclude=260 10.13.0.1=269.5 !10.13.0.2 !10.13.0.3',
    ]);
  });

  it('are those of the moment that was meant', () => {
    const [told] = describeMdb(CAPTURED, 'p0', 0.2);
    expect(told).toBe('239.1.1.1 exclude=260.2 10.13.0.1=269.7 !10.13.0.2 !10.13.0.3');
  });

  it('are those of one port, by their addresses', () => {
    const running = { filter_mode: 'exclude', timer: '1.00' } as const;
    const entries = ['239.1.1.10', '239.1.1.9'].map((grp) => entry({ grp, ...running }));
    expect(describeMdb([...entries, entry({ port: 'p1', ...running })], 'p0')).toEqual([
      '239.1.1.9 exclude=1',
      '239.1.1.10 exclude=1',
    ]);
  });

  it.each([
    ['a group whose time is over is gone', { filter_mode: 'exclude' }, []],
    [
      'but for the sources that are asked for',
      { filter_mode: 'exclude', source_list: CAPTURED[2]!.source_list! },
      ['239.1.1.1 include 10.13.0.1=269.5'],
    ],
    [
      'a source whose time is over is gone, and the group with the last',
      { filter_mode: 'include', source_list: [{ address: '10.13.0.1', timer: '0.00' }] },
      [],
    ],
    ['a group of no source stays', { filter_mode: 'include' }, ['239.1.1.1 include']],
    ['one that was set has no timer', { state: 'permanent' }, ['239.1.1.1 exclude']],
  ] as const)('%s', (_, rest, groups) => {
    expect(describeMdb([entry(rest)], 'p0')).toEqual(groups);
  });

  it('are compared without what a bridge does not remember', () => {
    expect(knownToBridge('239.1.1.1 exclude=270 10.13.0.1=5 v2 static')).toBe(
      '239.1.1.1 exclude=270 10.13.0.1=5',
    );
  });
});

describe('the options of a bridge', () => {
  it('have the intervals in hundredths, with those that follow from others', () => {
    const options = optionsOf({ 'query-interval': '60s', 'last-member-query-interval': '500ms' });
    expect(options.split(' mcast_')).toEqual(
      expect.arrayContaining(['query_interval 6000', 'last_member_interval 50', 'membership_interval 14000']),
    );
    expect(optionsOf({ 'query-interval': '60s' }, true)).not.toMatch('membership_interval');
  });

  it.each([{ version: 1 }, { robustness: 3 }, { 'max-groups': 5 }, { 'fast-leave': 'tracked' }] as const)(
    'are not there for %j',
    (words) => {
      expect(() => optionsOf(words)).toThrow(NotApplicable);
    },
  );

  it('are off where a port runs no IGMP', () => {
    const { ip } = commandsOf(igmpSetup({ igmpOn: { 1: 'none' } }));
    expect(ip.filter((each) => each.includes('mcast_snooping 0'))).toHaveLength(2);
  });
});

const JOINED = { send: report(isEx(G)), groups: { 0: [`${G} exclude=270`] } };
const PASSES = { send: data(), on: 3, expect: [forwarded({ on: 0 })] } as const;

describe('the part of a case that a bridge can be asked', () => {
  it('is what is said and what is known of groups, without datagrams', () => {
    const part = partOnBridge(kase('x', { steps: [JOINED, PASSES, { send: report(toIn(G)) }] }));
    expect(part.each.steps).toEqual([JOINED, {}, { send: report(toIn(G)) }]);
    expect(part.without).toBe('its datagrams');
  });

  it('leaves the version of the oldest host out, unless it is about that', () => {
    const older = { send: v2Report(), groups: { 0: [`${G} exclude=270 v2`] } };
    const forgotten = { wait: seconds(260), groups: { 0: [`${G} exclude=10`] } };
    expect(partOnBridge(kase('x', older))).toHaveProperty('without', 'the version of the oldest host');
    expect(partOnBridge(kase('x', { steps: [older, forgotten] }))).toHaveProperty('unseen');
  });

  it.each<readonly [string, Case]>([
    ['what is forwarded', kase('x', { steps: [{ send: report(isEx(G)) }, PASSES] })],
    ['a drop alone', kase('x', { send: leave(), drop: 'igmp-ignored', counted: [] })],
    ['what is done inside', kase('x', { ...JOINED, does: () => undefined })],
    ['a check of the program', proof('x', () => undefined)],
    ['a proxy', kase('x', { ...JOINED, multicast: { upstream: 'p3' } })],
    ['more than five minutes', kase('x', { ...JOINED, wait: seconds(301) })],
  ])('is nothing of %s', (_, each) => {
    expect(() => partOnBridge(each)).toThrow(NotApplicable);
  });
});

/** A querier that nobody sees into, late by an eighth; it asks at these seconds, whatever it hears. */
const asking = (...moments: readonly number[]): TargetKind => ({
  name: 'bridge',
  prepare: async () => {
    let elapsed = 0;
    const outputs = moments.map((moment): Output => ({ ...asks({ group: G })([]), at: 1000 * moment }));
    const target: Target = {
      tolerance: 0.25,
      lateness: (due) => due / 8,
      dut: undefined,
      send: async () => {},
      wait: async (time) => {
        elapsed += time;
      },
      take: async () => outputs.splice(0),
      elapsed: () => elapsed,
      setUp: async () => {},
      remove: async () => {},
      setMtu: async () => {},
      drops: () => undefined,
      groupsFault: async () => undefined,
      querierOf: async () => 'nobody',
      bookFault: () => undefined,
      close: async () => {},
    };
    return target;
  },
});

describe('a querier that may be late', () => {
  const atOnce = kase('x', { send: report(toIn(G)), expect: [asks({ group: G })], counted: ['nothing'] });
  const afterHalfAMinute = kase('x', {
    wait: seconds(40),
    expect: [at(30, asks({ group: G }))],
  });

  it.each([
    [atOnce, 0.2, undefined],
    [atOnce, 1, 'after 1 s instead of at once'],
    [afterHalfAMinute, 33.9, undefined],
    [afterHalfAMinute, 34.1, 'after 34.1 s instead of 30 s'],
    [afterHalfAMinute, 29.7, 'after 29.7 s instead of 30 s'],
  ] as const)('is held to its moments: %#', async (each, moment, why) => {
    const result = await runCase(each, asking(moment));
    if (why === undefined) expect(result).toEqual({ outcome: 'pass' });
    else expect(result).toMatchObject({ outcome: 'deviates', why: expect.stringContaining(why) });
  });
});
