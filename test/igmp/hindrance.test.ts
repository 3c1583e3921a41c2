import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import { hindrance } from '../../src/igmp/hindrance.js';
import type { IgmpSettings } from '../../src/igmp/settings.js';
import { ip } from '../support/datagram.js';
import { Bench, G, S1, S2 } from './bench.js';

const OTHER = '239.2.2.2';
const why = (settings: Partial<IgmpSettings>, group = G, source = S1): string => {
  const bench = new Bench(settings);
  bench.say(['allow', OTHER, [S2]]);
  return hindrance(bench.igmp, ip(group), ip(source));
};
const pattern = (group: string, source?: string) => ({
  group: prefixOf(ip(group), 32),
  source: source === undefined ? undefined : prefixOf(ip(source), 32),
});

describe('why a group is not forwarded to a link', () => {
  it('is that nobody has joined it, or not for this source', () => {
    expect(why({})).toBe('no host there has joined the group');
    expect(why({}, OTHER)).toBe('its hosts have joined the group, but not for this source');
    expect(why({}, '224.0.0.251')).toBe('no host there has joined the group');
  });

  it('is that nobody may join it, be it at all or for this source', () => {
    const none = 'no host there has joined the group, and none may';
    expect(why({ denyGroups: [pattern(G)] })).toBe(`${none} (accept-groups, deny-groups)`);
    expect(why({ acceptGroups: [pattern(OTHER)] })).toBe(`${none} (accept-groups, deny-groups)`);
    for (const settings of [
      { denyGroups: [pattern(G, S1)] },
      { acceptGroups: [pattern(G, S2), pattern(OTHER)] },
    ])
      expect(why(settings)).toBe(`${none} for this source (accept-groups, deny-groups)`);
    expect(why({ denyGroups: [pattern(G, S1)] }, G, S2)).toBe('no host there has joined the group');
  });

  it('is that no more groups can be joined', () => {
    expect(why({ maxGroups: 1 })).toBe(
      'no host there has joined the group, and the interface has reached its limit (max-groups 1)',
    );
    expect(why({ maxGroups: 2 })).toBe('no host there has joined the group');
  });

  it('is that hosts have to name their sources', () => {
    const wanted =
      'no host there has joined the group for this source; it is source-specific, so hosts must name their sources, in IGMP version 3';
    expect(why({}, '232.1.1.1')).toBe(wanted);
    expect(why({ ssmRanges: [prefixOf(ip('239.1.0.0'), 16)] })).toBe(wanted);
  });

  it('is nothing but that where a boundary keeps the group out', () => {
    const bench = new Bench();
    Object.assign(bench.interface, {
      scope: { ...bench.interface.scope, boundary: [prefixOf(ip('232.0.0.0'), 8)] },
    });
    expect(hindrance(bench.igmp, ip('232.1.1.1'), ip(S1))).toBe('no host there has joined the group');
  });
});
