import { describe, expect, it } from 'vitest';
import { type Prefix, prefixOf } from '../../../src/address.js';
import { GroupAccess } from '../../../src/igmp/admission.js';
import type { GroupPattern } from '../../../src/igmp/settings.js';
import { ip } from '../../support/datagram.js';
import { Bench, G, report, S1, S2, v2Leave, v2Report } from '../bench.js';

const prefix = (text: string): Prefix => {
  const [network, length] = text.split('/');
  return prefixOf(ip(network!), Number(length));
};
const pattern = (group: string, source?: string): GroupPattern => ({
  group: prefix(group),
  source: source === undefined ? undefined : prefix(source),
});

/** What is said of 239.1.1.1: `whole`, `some`, and those of 203.0.113.1 and 203.0.113.2 that may be named. */
const said = (acceptGroups: readonly GroupPattern[], denyGroups: readonly GroupPattern[]): string => {
  const access = new GroupAccess({ acceptGroups, denyGroups });
  return [
    access.acceptsWhole(ip(G)) && 'whole',
    access.acceptsSome(ip(G)) && 'some',
    access.acceptingSource(ip(G))(ip(S1)) && '1',
    access.acceptingSource(ip(G))(ip(S2)) && '2',
  ]
    .filter(Boolean)
    .join(' ');
};

const GROUP = pattern('239.1.0.0/16');
const OTHER = pattern('239.2.0.0/16');
const FIRST = pattern('239.1.1.1/32', '203.0.113.1/32');
const BOTH = pattern('239.0.0.0/8', '203.0.113.0/24');

describe('the lists of an interface', () => {
  it.each([
    ['nothing is listed', [], [], 'whole some 1 2'],
    ['the group is accepted', [GROUP], [], 'whole some 1 2'],
    ['another group is accepted', [OTHER], [], ''],
    ['one source is accepted', [FIRST], [], 'some 1'],
    ['the group and one source are accepted', [FIRST, GROUP], [], 'whole some 1 2'],
    ['the group is denied', [], [GROUP], ''],
    ['another group is denied', [], [OTHER], 'whole some 1 2'],
    ['the group is accepted and denied', [GROUP], [GROUP], ''],
    ['one source is denied', [], [FIRST], 'whole some 2'],
    ['all sources are accepted and one is denied', [BOTH], [FIRST], 'some 2'],
    ['one source is accepted and all are denied', [FIRST], [BOTH], 'some'],
  ] as const)('H08 let hosts ask for this where %s', (_title, accepted, denied, expected) => {
    expect(said(accepted, denied)).toBe(expected);
  });

  it('H08 hold from the next report on when they change; what is there ends by itself', () => {
    const bench = new Bench();
    bench.say(['to-ex', G]);
    bench.until(1000).igmp.apply({ ...bench.igmp.settings, denyGroups: [GROUP] }, bench.now);
    expect([bench.say(['is-ex', G]), bench.forwards(S1)]).toEqual(['igmp-ignored', true]);
    expect(bench.until(270_000).forwards(S1)).toBe(false);
  });

  const refused = (bench: Bench) =>
    Object.fromEntries(Object.entries(bench.igmp.counters.refused).filter(([, count]) => count > 0));

  it('H08 take from a record the sources that are denied, and all of it where none is left', () => {
    const bench = new Bench({ denyGroups: [FIRST] });
    expect([bench.say(['allow', G, [S1]]), bench.say(['is-in', G, [S1]])]).toEqual([
      ...['igmp-ignored', 'igmp-ignored'],
    ]);
    expect([bench.view(), bench.changed]).toEqual([undefined, []]);
    expect(bench.say(['allow', G, [S1, S2, '224.1.1.1']])).toBeUndefined();
    expect(bench.state()).toBe('IN({2@270})');
    expect(refused(bench)).toEqual({ denied: 3, 'bad-record-source': 1 });
    expect(bench.say(['allow', G, ['224.1.1.1']])).toBeUndefined();
    expect(bench.say(['allow', '239.3.3.3', ['224.1.1.1']])).toBeUndefined();
    expect(bench.changed).toEqual([G]);
    expect(bench.say(['allow', G, [S1]])).toBe('igmp-ignored');
    expect(new Bench({ denyGroups: [FIRST] }).say(['to-in', G, [S1]])).toBe('igmp-ignored');
  });

  it('H08 let hosts say what they do not want, whatever they may want', () => {
    const bench = new Bench();
    bench.say(['to-ex', G], ['allow', G, [S1, S2]]);
    bench.igmp.apply({ ...bench.igmp.settings, denyGroups: [FIRST] }, bench.now);
    expect(bench.say(['to-in', G, [S1]])).toBeUndefined();
    expect(bench.after(3000).view()).toBeUndefined();
    bench.say(['to-ex', G]);
    expect([bench.say(['block', G, [S1]]), bench.after(3000).state()]).toEqual([undefined, 'EX({},{1})@267']);
    expect(bench.say(['to-ex', G, [S1]])).toBeUndefined();
    expect(refused(bench)).toEqual({ denied: 1 });
  });

  it('H08 let hosts leave what they may no longer ask for, and nothing else', () => {
    const leaving = (octets: Uint8Array, older = false): (string | number | undefined)[] => {
      const bench = new Bench();
      bench.hear(older ? v2Report(G) : report([['allow', G, [S1]]]));
      bench.igmp.apply({ ...bench.igmp.settings, denyGroups: [GROUP] }, bench.now);
      return [...bench.hear(octets), bench.asked(0).length];
    };
    expect(leaving(report([['to-in', G]]))).toEqual([undefined, 1]);
    expect(leaving(report([['block', G, [S1]]]))).toEqual([undefined, 1]);
    expect(leaving(report([['allow', G, [S1]]]))).toEqual(['igmp-ignored', 0]);
    expect(leaving(v2Leave(G), true)).toEqual([undefined, 1]);
    expect(leaving(v2Report(G), true)).toEqual(['igmp-ignored', 0]);
    const stranger = new Bench({ denyGroups: [GROUP] });
    expect(stranger.hear(report([['to-in', G]]), report([['block', G, [S1]]]), v2Leave(G))).toEqual([
      ...['igmp-ignored', 'igmp-ignored', 'igmp-ignored'],
    ]);
    expect(refused(stranger)).toEqual({ denied: 3 });
  });

  it('H08 J02 do not open what a boundary closes, not even for a leave', () => {
    const bench = new Bench();
    bench.say(['allow', G, [S1]]);
    const scope = { ...bench.interface.scope, boundary: [prefix('239.0.0.0/8')] };
    Object.assign(bench.interface, { scope });
    expect(bench.hear(report([['block', G, [S1]]]), report([['to-in', G]]), v2Leave(G))).toEqual([
      ...['igmp-ignored', 'igmp-ignored', 'igmp-ignored'],
    ]);
    expect(refused(bench)).toEqual({ boundary: 3 });
  });

  it('H08 D18 say nothing of the groups that stay on their link, which hosts report all the time', () => {
    const bench = new Bench({ acceptGroups: [GROUP] });
    expect(bench.say(['to-ex', '224.0.0.251'])).toBeUndefined();
    expect(refused(bench)).toEqual({});
    expect(bench.say(['to-ex', '239.3.3.3'])).toBe('igmp-ignored');
  });

  it('H08 let nobody ask for every source where only one is accepted', () => {
    const bench = new Bench({ acceptGroups: [FIRST] });
    expect([bench.say(['to-ex', G]), bench.say(['allow', G, [S1]])]).toEqual(['igmp-ignored', undefined]);
    expect(bench.state()).toBe('IN({1@270})');
  });

  it('H04 with all groups that it may have, an interface still hears of others what asks for nothing', () => {
    const bench = new Bench({ maxGroups: 1 });
    bench.say(['to-ex', G]);
    expect(bench.say(['to-in', '239.3.3.3'], ['block', '239.3.3.3', [S1]])).toBeUndefined();
    expect(bench.say(['to-ex', '239.3.3.3'])).toBe('igmp-ignored');
    expect(refused(bench)).toEqual({ 'group-limit': 1 });
  });

  it('H02 at the limit of sources of a group, those that are there go on being asked for', () => {
    const bench = new Bench({ maxSources: 2 });
    const [third, ssm] = ['203.0.113.3', '232.1.1.1'];
    bench.say(['allow', ssm, [S1, S2]]);
    bench.until(100_000).say(['allow', ssm, [S1, third]]);
    expect(bench.state(ssm)).toBe('IN({1@270,2@170})');
    expect(refused(bench)).toEqual({ 'source-limit': 1 });
    bench.say(['allow', G, [S1]], ['allow', G, [S1, S2]]);
    expect([bench.state(), refused(bench)]).toEqual(['IN({1@270,2@270})', { 'source-limit': 1 }]);
  });
});
