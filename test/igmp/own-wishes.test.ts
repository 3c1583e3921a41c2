import { describe, expect, it } from 'vitest';
import { membershipFor, NO_MEMBERSHIP } from '../../src/igmp/host-membership.js';
import { DEFAULT_IGMP_SETTINGS, type FixedMembership } from '../../src/igmp/settings.js';
import { ip } from '../support/datagram.js';
import { Bench, G, S1 } from './bench.js';

const joined = [{ group: ip(G), source: undefined }];

describe('what a router wants on a link as a host', () => {
  it('J03 J05 stays what the proxy wants when the settings no longer join the group', () => {
    const bench = new Bench({ joinGroups: joined }, '192.0.2.9', 'host');
    bench.igmp.want(ip(G), membershipFor(ip(S1)), bench.now);
    expect(bench.igmp.member.memberships.get(ip(G))?.filterMode).toBe('exclude');
    bench.igmp.apply(DEFAULT_IGMP_SETTINGS, bench.now);
    expect(bench.igmp.member.memberships.get(ip(G))).toEqual(membershipFor(ip(S1)));
    bench.igmp.want(ip(G), NO_MEMBERSHIP, bench.now);
    expect(bench.igmp.member.memberships.size).toBe(0);
  });

  it('J03 is every source of a group that the settings join, and the whole group where they join that', () => {
    const [one, other, all] = [ip(S1), ip('198.51.100.99'), undefined].map((source) => ({
      group: ip(G),
      source,
    }));
    const wanted = (...joinGroups: FixedMembership[]): unknown =>
      new Bench({ joinGroups }, '192.0.2.9', 'host').igmp.member.memberships.get(ip(G));
    expect(wanted(one!, other!)).toEqual({
      filterMode: 'include',
      sources: new Set([one!.source, other!.source]),
    });
    expect(wanted(other!, all!, one!)).toEqual(membershipFor(undefined));
  });

  it('K05 is not counted as sent while the link is down', () => {
    const bench = new Bench({}, '192.0.2.9', 'host');
    bench.igmp.down(bench.now);
    bench.igmp.want(ip(G), membershipFor(undefined), bench.now);
    bench.until(5000);
    expect(bench.igmp.counters.sent['report-v3']).toBe(0);
    bench.igmp.up(bench.now);
    bench.until(10_000);
    expect(bench.igmp.counters.sent['report-v3']).toBe(2);
  });
});
