import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import { groupViews } from '../../src/igmp/group-view.js';
import type { Refusal } from '../../src/igmp/refusal.js';
import type { IgmpSettings } from '../../src/igmp/settings.js';
import { uint16 } from '../../src/ip/octets.js';
import { seconds } from '../../src/time.js';
import { datagram, ip } from '../support/datagram.js';
import {
  altered,
  Bench,
  G,
  HOST,
  igmpDatagram,
  report,
  S1,
  S2,
  v1Report,
  v2Leave,
  v2Report,
} from './bench.js';

const joins = (datagrams: Uint8Array, settings: Partial<IgmpSettings> = {}, group = G): boolean => {
  const bench = new Bench(settings);
  bench.hear(datagrams);
  return bench.view(group) !== undefined;
};

const join = report([['to-ex', G]]);
const IGMP_AT = 24;

/** [row, what, datagram, is a group made?, drop reason, what is counted] */
const MATRIX: readonly (readonly [string, string, Uint8Array, boolean, string?, Refusal?])[] = [
  ['D01', 'a bad checksum', spoilt(join), false, 'igmp-bad-checksum', 'bad-checksum'],
  ['D02', 'TTL 2', report([['to-ex', G]], { ttl: 2 }), false, 'igmp-ignored', 'wrong-ttl'],
  ['D03', 'no Router Alert', report([['to-ex', G]], { options: [] }), true],
  ['D03', 'version 2 without Router Alert', v2Report(G, { options: [] }), true],
  ['D04', 'TOS 0', report([['to-ex', G]], { tos: 0 }), true],
  ['D05', 'a source off the subnet', report([['to-ex', G]], { source: '10.9.9.9' }), false, 'igmp-ignored', 'off-subnet'],
  ['D06', 'source 0.0.0.0', report([['to-ex', G]], { source: '0.0.0.0' }), true],
  ['D07', 'a broadcast source', report([['to-ex', G]], { source: '192.0.2.255' }), false, 'igmp-ignored', 'off-subnet'],
  ['D08', 'version 2 in 12 octets', igmpDatagram([0x16, 0, 0, 0, 239, 1, 1, 1, 1, 2, 3, 4], { destination: G }), true],
  ['D09', '7 octets', igmpDatagram([0x16, 0, 0, 0, 239, 1, 1], { destination: G }), false, 'igmp-malformed', 'too-short'],
  ['D10', 'no records', report([]), false],
  ['D11', 'more records than there are', altered(join, IGMP_AT + 7, 5), false, 'igmp-malformed', 'records-cut'],
  ['D12', 'more sources than there are', altered(join, IGMP_AT + 11, 255), false, 'igmp-malformed', 'records-cut'],
  ['D14', 'trailing octets', igmpDatagram([0x22, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 239, 1, 1, 1, 9, 9, 9], { destination: '224.0.0.22' }), true],
  ['D15', 'an unknown record only', report([[9, G]]), false, 'igmp-ignored', 'unknown-record'],
  ['D16', 'PIM in IGMP', igmpDatagram([0x14, 0, 0, 0, 0, 0, 0, 0]), false, 'igmp-ignored', 'unknown-type'],
  ['D17 J13', 'reserved fields that are not zero', altered(altered(join, IGMP_AT + 1, 0xff), IGMP_AT + 4, 0x80, 1), true],
  ['D24', 'a multicast source only', report([['is-in', G, ['224.1.1.1']]]), false],
  ['D24', 'source 0.0.0.0 only', report([['allow', G, ['0.0.0.0', '255.255.255.255']]]), false],
  ['D26', 'version 3 to the group', report([['to-ex', G]], { destination: G }), false, 'igmp-ignored', 'wrong-destination'],
  ['D26 D27', 'version 3 to our address', report([['to-ex', G]], { destination: '192.0.2.1' }), true],
  ['D27', 'version 2 to our address', v2Report(G, { destination: '192.0.2.1' }), true],
  ['D28', 'version 2 to all routers', v2Report(G, { destination: '224.0.0.2' }), true],
  ['D28', 'version 2 to another group', v2Report(G, { destination: '239.9.9.9' }), false, 'igmp-ignored', 'wrong-destination'],
  ['D30', 'IS_IN of nothing', report([['is-in', G]]), false],
  ['D31', 'TO_IN of nothing, unknown group', report([['to-in', G]]), false],
  ['D31', 'BLOCK, unknown group', report([['block', G, [S1]]]), false],
  ['D33', 'a fragment', report([['to-ex', G]], { offset: 8 }), false, 'igmp-ignored', 'fragment'],
  ['D36', 'our own report', report([['to-ex', G]], { source: '192.0.2.1' }), false, 'igmp-ignored', 'own-source'],
]; // biome-ignore format: a table

/** The same octets with another checksum. */
function spoilt(octets: Uint8Array): Uint8Array {
  const copy = octets.slice();
  copy[IGMP_AT + 2]! ^= 1;
  return copy;
}

describe('a report', () => {
  it.each(MATRIX.map((each) => [each[0], each[1], each] as const))('%s: %s', (_row, _what, line) => {
    const [, , octets, isMade, reason, refusal] = line;
    const bench = new Bench();
    const sentBefore = bench.sent.length;
    expect(bench.hear(octets)).toEqual([reason]);
    expect(bench.view() !== undefined).toBe(isMade);
    expect(bench.sent.length).toBe(sentBefore);
    const counted = Object.entries(bench.igmp.counters.refused).filter(([, count]) => count > 0);
    if (refusal !== undefined) expect(counted).toEqual([[refusal, 1]]);
    if (refusal !== undefined) expect(bench.warnings).toEqual([refusal]);
  });

  it('D03 without Router Alert is ignored in strict mode, but for version 1', () => {
    const strict = { requireRouterAlert: 'reports' } as const;
    expect(joins(report([['to-ex', G]], { options: [] }), strict)).toBe(false);
    expect(joins(v2Report(G, { options: [] }), strict)).toBe(false);
    expect(joins(v1Report(G, { options: [] }), strict)).toBe(true);
    expect(joins(join, strict)).toBe(true);
    expect(joins(v2Report(G, { options: [] }), { requireRouterAlert: true })).toBe(false);
    expect(joins(v2Report(G, { options: [] }), { requireRouterAlert: 'queries' })).toBe(true);
  });

  it('D03 without Router Alert is one with other options, too, and settings hold from the next on', () => {
    const strict = { requireRouterAlert: 'reports' } as const;
    expect(joins(report([['to-ex', G]], { options: [1, 1, 1, 1] }), strict)).toBe(false);
    expect(joins(report([['to-ex', G]], { options: [1, 1, 1, 1, 0x94, 4, 0, 0] }), strict)).toBe(true);
    const bench = new Bench();
    bench.igmp.apply({ ...bench.igmp.settings, ...strict }, bench.now);
    expect(bench.hear(report([['to-ex', G]], { options: [] }))).toEqual(['igmp-ignored']);
    expect(bench.igmp.counters.refused['no-router-alert']).toBe(1);
  });

  it('D05 comes from any of the subnets of the interface, or from anywhere where it has none', () => {
    const bench = new Bench();
    const second = { address: ip('198.51.100.1'), prefix: prefixOf(ip('198.51.100.0'), 24) };
    Object.assign(bench.interface, { addresses: [...bench.interface.addresses, second] });
    const from = (source: string, group: string) => report([['to-ex', group]], { source });
    expect(
      bench.hear(from('198.51.100.7', G), from('192.0.2.7', '239.2.2.2'), from('203.0.113.7', '239.3.3.3')),
    ).toEqual([undefined, undefined, 'igmp-ignored']);
    expect(new Bench({}, '0.0.0.0').hear(from('203.0.113.7', G))).toEqual([undefined]);
  });

  it('D28 of version 2 may also go to the groups of routers, and to one that the router is in', () => {
    const to = (destination: string) => v2Report(G, { destination });
    const bench = new Bench({ joinGroups: [{ group: ip('239.7.7.7'), source: undefined }] });
    expect(bench.hear(to('224.0.0.22'), to('224.0.0.2'), to('239.7.7.7'), to('239.7.7.8'))).toEqual([
      ...[undefined, undefined, undefined, 'igmp-ignored'],
    ]);
  });

  it('D16 of an unknown type stays unknown to one that hears solicitations, and a damaged one damaged', () => {
    const bench = new Bench({ routerDiscovery: true });
    const pim = igmpDatagram([0x14, 0, 0, 0, 0, 0, 0, 0], { destination: '224.0.0.2' });
    const damaged = igmpDatagram([0x31, 0, 1, 1], { destination: '224.0.0.2' }, true);
    expect(bench.hear(pim, damaged)).toEqual(['igmp-ignored', 'igmp-bad-checksum']);
    expect(bench.igmp.counters.refused).toMatchObject({ 'unknown-type': 1, 'bad-checksum': 1 });
  });

  it('D13 D15 D18 D24 is taken record by record, auxiliary data skipped', () => {
    const aux = [0x22, 0, 0, 0, 0, 0, 0, 2, 4, 1, 0, 0, 239, 1, 1, 1, 5, 5, 5, 5, 4, 0, 0, 0, 239, 2, 2, 2];
    const bench = new Bench();
    bench.hear(igmpDatagram(aux, { destination: '224.0.0.22' }));
    expect([bench.state(G), bench.state('239.2.2.2')]).toEqual(['EX({},{})@270', 'EX({},{})@270']);
    bench.say([9, '239.3.3.3'], ['to-ex', '10.9.9.9'], ['is-in', '239.4.4.4', ['224.1.1.1', S1, S1]]);
    expect(groupViews(bench.igmp.memberships, bench.now).map(({ group }) => group)).toEqual(
      [G, '239.2.2.2', '239.4.4.4'].map(ip),
    );
    expect(bench.state('239.4.4.4')).toBe('IN({1@270})');
    expect(bench.igmp.counters.refused).toMatchObject({
      'unknown-record': 1,
      'not-a-group': 1,
      'bad-record-source': 1,
    });
  });

  it('D18 D19 about no group is ignored; one about a group that stays on its link is heeded, and leaves nothing', () => {
    const bench = new Bench();
    expect(bench.say(['to-ex', '10.9.9.9'])).toBe('igmp-ignored');
    expect(bench.say(['to-ex', '224.0.0.251'])).toBeUndefined();
    expect(bench.hear(v2Report('224.0.0.251'), v2Leave('224.0.0.251'))).toEqual([undefined, undefined]);
    expect(groupViews(bench.igmp.memberships, bench.now)).toEqual([]);
    expect(bench.asked(0)).toEqual([]);
  });

  it('D20 D21 D22 D23 of every source is ignored in the source-specific range, one of some sources is not', () => {
    const settings = { ssmRanges: [{ network: ip('239.1.0.0'), length: 16 }] };
    for (const group of ['232.1.1.1', G]) {
      const bench = new Bench(settings);
      for (const each of [
        report([['is-ex', group]]),
        report([['to-ex', group, [S1]]]),
        v1Report(group),
        v2Report(group),
        v2Leave(group),
      ])
        expect(bench.hear(each)).toEqual(['igmp-ignored']);
      expect(bench.igmp.counters.refused['ssm-range']).toBe(5);
      expect(bench.view(group)).toBeUndefined();
      bench.say(['allow', group, [S1]]);
      expect([bench.forwards(S1, group), bench.forwards(S2, group)]).toEqual([true, false]);
      bench.say(['block', group, [S1]]);
      bench.after(2000);
      expect(bench.view(group)).toBeUndefined();
    }
  });

  it('D25 D32 names each source once, and its records count in their order', () => {
    const bench = new Bench();
    bench.say(['to-ex', G], ['to-in', G, [S1, S1, S1]], ['block', G, [S1]]);
    expect(bench.state()).toBe('EX({1@2},{})@2');
  });

  it('D29 that leaves may go to all routers or to the group', () => {
    const bench = new Bench();
    bench.hear(v2Report(G));
    expect(bench.hear(v2Leave(G, { destination: '192.0.2.1' }))).toEqual(['igmp-ignored']);
    expect(bench.asked(0)).toEqual([]);
    bench.hear(v2Leave(G, { destination: G }));
    expect(bench.asked(0)).toEqual(['0 Q(G)']);
  });

  it('D34 is ignored while the interface is down', () => {
    const bench = new Bench();
    bench.igmp.down(bench.now);
    expect(bench.hear(join)).toEqual(['igmp-ignored']);
  });

  it('D35 F13 of version 3 is ignored where the interface is set to version 2, which knows no sources', () => {
    const bench = new Bench({ version: 2 });
    expect(bench.hear(join)).toEqual(['igmp-ignored']);
    expect(bench.igmp.counters.refused['wrong-version']).toBe(1);
    bench.hear(v2Report(G), v2Leave(G));
    bench.until(5000);
    expect(bench.asked(0)).toEqual(['0 Q(G)', '1000 Q(G)']);
    expect(bench.sent.map(({ message }) => [message.length, message[1]])).toEqual([
      [8, 100],
      [8, 10],
      [8, 10],
    ]);
    expect(bench.view()).toBeUndefined();
  });

  it('D37 A20 of 183 groups or 366 sources is taken whole, and asked about in as many queries as it needs', () => {
    const bench = new Bench();
    const groups = Array.from({ length: 183 }, (_, at) => `239.5.0.${at}`);
    bench.say(...groups.map((group) => ['to-ex', group] as const));
    expect(groupViews(bench.igmp.memberships, bench.now).length).toBe(183);
    const sources = Array.from({ length: 500 }, (_, at) => `198.18.${at >> 8}.${at & 255}`);
    bench.say(['is-in', G, sources.slice(0, 300)], ['is-in', G, sources.slice(300)]);
    const start = bench.sent.length;
    bench.say(['block', G, sources]);
    const sent = bench.sent.slice(start);
    expect(sent.map((each) => [each.datagram.length, uint16(each.message, 10)])).toEqual([
      [1500, 366],
      [572, 134],
    ]);
    expect(bench.after(2000).view()).toBeUndefined();
  });

  it('K05 is counted by version, and what is refused by its reason', () => {
    const bench = new Bench({ queryInterval: seconds(60) });
    bench.hear(join, v1Report(G), v2Report(G), v2Leave('239.9.9.9'));
    expect(bench.igmp.counters.received).toEqual({
      'query-v1': 0, 'query-v2': 0, 'mrd-advertisement': 0, 'mrd-solicitation': 0, 'mrd-termination': 0, 'query-v3': 0, 'report-v1': 1, 'report-v2': 1, 'report-v3': 1, leave: 1,
    }); // biome-ignore format: one line
    expect(bench.igmp.counters.sent['query-v3']).toBe(1);
  });

  it('H11 that is malformed is complained of once a minute', () => {
    const bench = new Bench();
    for (let at = 0; at < 100; at += 1) bench.hear(spoilt(join));
    expect(bench.warnings).toEqual(['bad-checksum']);
    bench.after(60_000).hear(spoilt(join));
    expect(bench.warnings).toEqual(['bad-checksum', 'bad-checksum']);
    expect(bench.igmp.counters.refused['bad-checksum']).toBe(101);
  });

  it('K02 is shown with who sent it last', () => {
    const bench = new Bench();
    bench.hear(report([['to-ex', G]], { source: '192.0.2.20' }), join, datagram());
    bench.hear(report([['to-in', G]], { source: '192.0.2.20' }));
    expect(bench.view()).toMatchObject({
      lastReporter: ip(HOST),
      origins: ['report'],
      compatibility: 3,
      pendingGroupQueries: 1,
    });
  });
});
