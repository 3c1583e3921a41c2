import { describe, expect, it } from 'vitest';
import { type Prefix, prefixOf } from '../../../src/address.js';
import { GroupAccess } from '../../../src/igmp/admission.js';
import type { GroupPattern } from '../../../src/igmp/settings.js';
import { ip } from '../../support/datagram.js';
import { Bench, G, S1, S2 } from '../bench.js';

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
});
