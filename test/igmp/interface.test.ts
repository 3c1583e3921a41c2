import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import { groupViews } from '../../src/igmp/group-view.js';
import { membershipFor } from '../../src/igmp/host-membership.js';
import { interfaceView } from '../../src/igmp/interface-view.js';
import { seconds } from '../../src/time.js';
import { ip } from '../support/datagram.js';
import { Bench, G, igmpDatagram, query, report, S1, S2, v1Report, v2Leave, v2Report } from './bench.js';

const OTHER = '239.2.2.2';
const fixed = (group: string, length = 32, source?: string) => ({
  group: prefixOf(ip(group), length),
  source: source === undefined ? undefined : ip(source),
});

describe('what an interface foresees of a datagram', () => {
  it('is why it would be refused as it is, and nothing is counted or told', () => {
    const bench = new Bench();
    const join = report([['to-ex', G]]);
    const foreseen = (octets: Uint8Array) => bench.igmp.foresee(octets);
    expect(foreseen(join)).toBeUndefined();
    expect(foreseen(report([['to-ex', G]], { ttl: 2 }))).toBe('igmp-ignored');
    expect(foreseen(igmpDatagram([0x16, 0, 0, 0, 239, 1, 1], { destination: G }))).toBe('igmp-malformed');
    expect(foreseen(igmpDatagram([0x16, 0, 1, 1, 239, 1, 1, 1], { destination: G }, true))).toBe(
      'igmp-bad-checksum',
    );
    bench.igmp.down(bench.now);
    expect(foreseen(join)).toBe('igmp-ignored');
    expect(bench.warnings).toEqual([]);
    expect(Object.values(bench.igmp.counters.refused).every((count) => count === 0)).toBe(true);
  });
});

describe('the groups of an interface', () => {
  it('K01 are in order of address, a prefix before the group that begins as it does', () => {
    const bench = new Bench({
      staticGroups: [
        fixed('239.1.0.0', 16),
        fixed('239.3.0.0'),
        fixed('239.3.0.0', 24),
        fixed('239.8.0.0', 16),
        fixed('239.8.0.0', 14),
      ],
    });
    bench.say(['to-ex', '239.1.0.0'], ['to-ex', '239.0.5.5'], ['to-ex', '239.9.9.9']);
    expect(groupViews(bench.igmp.memberships, bench.now).map(({ group, length }) => [group, length])).toEqual(
      [
        [ip('239.0.5.5'), 32],
        [ip('239.1.0.0'), 16],
        [ip('239.1.0.0'), 32],
        [ip('239.3.0.0'), 24],
        [ip('239.3.0.0'), 32],
        [ip('239.8.0.0'), 14],
        [ip('239.8.0.0'), 16],
        [ip('239.9.9.9'), 32],
      ],
    );
  });

  it('K01 say since when, by whom, in which version, and what is still to be asked', () => {
    const bench = new Bench({ staticGroups: [fixed('239.3.3.3', 32, S1)] });
    bench.say(['to-ex', G]);
    bench.hear(report([['allow', OTHER, [S1, S2]]], { source: '0.0.0.0' }));
    bench.after(3000);
    expect(bench.view()).toMatchObject({
      age: 3000,
      lastReporter: ip('192.0.2.10'),
      compatibility: 3,
      pendingGroupQueries: 0,
      pendingSources: 0,
      origins: ['report'],
    });
    expect(bench.view(OTHER)).toMatchObject({ lastReporter: undefined, filterMode: 'include' });
    const { age, lastReporter, compatibility, pendingGroupQueries, sources } = bench.view('239.3.3.3')!;
    expect([age, lastReporter, compatibility, pendingGroupQueries]).toEqual([undefined, undefined, 3, 0]);
    expect(sources).toEqual([{ address: ip(S1), forwarding: true, expires: undefined }]);
    bench.hear(v2Report(G), v2Leave(G));
    bench.say(['block', OTHER, [S1]]);
    expect(bench.view()).toMatchObject({ compatibility: 2, pendingGroupQueries: 1 });
    expect(bench.view(OTHER)).toMatchObject({ pendingGroupQueries: 0, pendingSources: 1 });
  });

  it('J03 are wanted upstream as hosts and settings together want them', () => {
    const bench = new Bench({ staticGroups: [fixed(G, 32, S1), fixed(OTHER)] });
    const wanted = (group: string) => bench.igmp.membership(ip(group));
    expect(wanted(G)).toEqual(membershipFor(ip(S1)));
    expect(wanted(OTHER)).toEqual(membershipFor(undefined));
    expect(wanted('239.3.3.3')).toEqual({ filterMode: 'include', sources: new Set() });
    bench.say(['to-ex', G, [S1, S2]]);
    expect(wanted(G)).toEqual({ filterMode: 'exclude', sources: new Set([ip(S2)]) });
    bench.say(['allow', '239.3.3.3', [S2]]);
    expect(wanted('239.3.3.3')).toEqual(membershipFor(ip(S2)));
  });
});

describe('what an interface tells', () => {
  const told = (bench: Bench) => bench.events.splice(0);

  it('K03 of a query is its group, and its source where that is one', () => {
    const bench = new Bench();
    told(bench);
    const ask = (...sources: string[]) =>
      bench.igmp.query({ group: ip(G), sources: sources.map(ip) }, bench.now);
    for (const asked of [bench.igmp.query({}, bench.now), ask(), ask(S1), ask(S1, S2)])
      expect(asked).toBe(true);
    expect(told(bench).map(({ event, group, source }) => [event, group, source])).toEqual([
      ['query-sent', null, null],
      ['query-sent', ip(G), null],
      ['query-sent', ip(G), ip(S1)],
      ['query-sent', ip(G), null],
    ]);
    const older = new Bench({ version: 2 });
    expect(older.igmp.query({ group: ip(G), sources: [ip(S1)] }, older.now)).toBe(false);
  });

  it('K03 K04 says why only of a warning', () => {
    const bench = new Bench();
    bench.say(['to-ex', G]);
    expect(told(bench).map((each) => 'why' in each)).not.toContain(true);
  });

  it('K05 of a group that is forgotten is that it is left, and only where it was there', () => {
    const bench = new Bench();
    bench.say(['allow', G, [S1, S2]]);
    bench.changed.length = 0;
    told(bench);
    const forget = (group: string, source?: string) =>
      bench.igmp.forget(ip(group), source === undefined ? undefined : ip(source), bench.now);
    expect([forget(OTHER), forget(G, '203.0.113.9')]).toEqual([false, false]);
    expect([bench.changed, told(bench)]).toEqual([[], []]);
    expect(forget(G, S1)).toBe(true);
    expect([bench.state(), bench.changed.splice(0)]).toEqual(['IN({2@270})', [G]]);
    expect(forget(G)).toBe(true);
    expect([bench.state(), bench.changed]).toEqual([undefined, [G]]);
    expect(told(bench).map(({ event, group, source }) => [event, group, source])).toEqual([
      ['leave', ip(G), ip(S1)],
      ['leave', ip(G), null],
    ]);
  });
});

describe('an interface that goes down or comes up', () => {
  it('K06 does so once, however often it is told', () => {
    const bench = new Bench().until(50_000);
    bench.say(['to-ex', G]);
    bench.igmp.up(bench.now);
    expect(bench.view()).toBeDefined();
    expect(bench.generalQueries()).toEqual([0, 31_250]);
    bench.igmp.down(bench.now);
    expect(bench.view()).toBeUndefined();
    bench.changed.length = 0;
    bench.igmp.down(bench.now);
    bench.igmp.poll(bench.now);
    expect([bench.changed, bench.until(100_000).generalQueries()]).toEqual([[], [0, 31_250]]);
  });
});

describe('what an interface ignores', () => {
  it('F11 F12 is what is of a version that it is told to ignore, and nothing else', () => {
    const heard = (ignoreVersions: readonly (1 | 2)[]) => {
      const bench = new Bench({ ignoreVersions });
      const outcomes = bench.hear(v1Report(G), v2Report(G), report([['to-ex', G]]));
      expect(bench.igmp.counters.refused['ignored-version']).toBe(ignoreVersions.length);
      return outcomes.map((outcome) => outcome === undefined);
    };
    expect(heard([])).toEqual([true, true, true]);
    expect(heard([1])).toEqual([false, true, true]);
    expect(heard([2])).toEqual([true, false, true]);
    expect(heard([1, 2])).toEqual([false, false, true]);
  });
});

describe('the version of an interface', () => {
  it('K01 is shown of the querier where it may be one, and of the host that it is elsewhere', () => {
    const settings = { queryResponseInterval: seconds(20) };
    const heard = (role: 'router' | 'host') => {
      const bench = new Bench(settings, '192.0.2.9', role);
      bench.hear(query('192.0.2.5', { version: 2, code: 100 }));
      // A host forgets the older querier after 350 seconds, and a querier, by its own variables, after 450.
      return interfaceView(bench.until(400_000).igmp, bench.now).version;
    };
    expect([heard('router'), heard('host')]).toEqual([2, 3]);
  });

  it('H07 begins anew with the link', () => {
    const left = (says: Parameters<typeof query>[1]) => {
      const bench = new Bench({}, '192.0.2.9');
      bench.hear(query('192.0.2.5', says));
      bench.igmp.down(bench.now);
      return [bench.igmp.querier.version(bench.now), bench.igmp.querier.variables.robustness];
    };
    for (const says of [{ version: 1 }, { version: 2 }, { qrv: 5 }] as const)
      expect(left(says)).toEqual([3, 2]);
  });

  it('H07 follows an older querier until the moment when that is forgotten', () => {
    const bench = new Bench({}, '192.0.2.9');
    bench.hear(query('192.0.2.5', { version: 2 }));
    const timeout = bench.igmp.querier.variables.olderQuerierPresentTimeout;
    expect(timeout).toBe(350_000);
    const version = () => bench.igmp.querier.version(bench.now);
    expect([version(), bench.until(timeout - 1) && version(), bench.until(timeout) && version()]).toEqual([
      ...[2, 2, 3],
    ]);
    bench.hear(query('192.0.2.5', { version: 1 }));
    expect([version(), bench.after(timeout - 1) && version(), bench.after(1) && version()]).toEqual([
      1, 1, 3,
    ]);
  });

  it('H07 is no newer than it is set to', () => {
    const bench = new Bench({ version: 1 }, '192.0.2.9');
    bench.hear(query('192.0.2.5', { version: 2 }));
    expect(bench.igmp.querier.version(bench.now)).toBe(1);
  });
});
