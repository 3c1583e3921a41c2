import { describe, expect, it } from 'vitest';
import type { Address } from '../../src/address.js';
import type { Action } from '../../src/igmp/action.js';
import { messageIn } from '../../src/igmp/admission.js';
import { type HostMembership, membershipFor } from '../../src/igmp/host-membership.js';
import { Member } from '../../src/igmp/member.js';
import { DEFAULT_IGMP_SETTINGS, type IgmpSettings } from '../../src/igmp/settings.js';
import { type Instant, instant, NEVER } from '../../src/time.js';
import { ip } from '../support/datagram.js';
import { G, igmpDatagram, type QuerySays, query, S1 } from './bench.js';

const QUERIER = ip('192.0.2.1');
const ALL = membershipFor(undefined);
const groupAt = (at: number): Address => ip('239.1.0.0') + at;

/** The groups that are reported. */
const reportedBy = (actions: readonly Action[]): Address[] =>
  actions.flatMap((each) => {
    if (each.type === 'send-report') return each.records.map(({ group }) => group);
    return each.type === 'send-older-report' ? [each.group] : [];
  });

/** A host that waits half as long as it may, and counts what it does one by one. */
class Walker {
  readonly member: Member;
  now: Instant = instant(0);
  steps = 0;

  constructor(settings: Partial<IgmpSettings>, groups: number) {
    this.member = new Member({ ...DEFAULT_IGMP_SETTINGS, ...settings }, () => 0.5);
    for (let at = 0; at < groups; at += 1) this.want(groupAt(at));
    this.until(20_000);
    this.steps = 0;
  }

  want(group: Address, membership: HostMembership = ALL): readonly Action[] {
    return this.member.want(group, membership, this.now);
  }

  hear(says: QuerySays): void {
    this.member.heard(messageIn(query('192.0.2.1', says)), QUERIER, this.now);
  }

  /** What is reported until then. */
  until(end: number): Address[] {
    const reported: Address[] = [];
    for (let next = this.member.nextDeadline(); next <= end; next = this.member.nextDeadline()) {
      this.now = next > this.now ? next : this.now;
      reported.push(...reportedBy(this.member.pollNext(this.now)));
      this.steps += 1;
    }
    this.now = instant(end);
    return reported;
  }
}

const each = (count: number): Address[] => Array.from({ length: count }, (_, at) => groupAt(at));
const sorted = (groups: readonly Address[]): Address[] => groups.toSorted((a, b) => a - b);

describe('what a host does about all its groups', () => {
  it('is not done twice at a time, however often it is asked', () => {
    const host = new Walker({ version: 2 }, 320);
    for (let times = 0; times < 100; times += 1) host.hear({ version: 2 });
    // The first of ten pieces is done at once; the last one is empty.
    host.until(20_000);
    expect(host.steps).toBe(10);
    expect(sorted(host.until(60_000))).toEqual(each(320));
  });

  it('loses nothing of what it reports because it is asked meanwhile', () => {
    const host = new Walker({ version: 2 }, 100);
    const reported = reportedBy(host.member.up(host.now));
    expect(reported.length).toBe(32);
    host.hear({ version: 2 });
    reported.push(...host.until(20_000));
    expect(sorted(reported)).toEqual(each(100));
  });

  it('ends with the link, and begins anew with it', () => {
    const host = new Walker({}, 100);
    host.member.up(host.now);
    host.member.down();
    expect(host.member.nextDeadline()).toBe(NEVER);
    expect(host.member.pollNext(host.now)).toEqual([]);
    const reported = reportedBy(host.member.up(host.now));
    reported.push(...host.until(20_000));
    expect(sorted(reported)).toEqual(each(100));
  });

  it('is nothing where nothing is due', () => {
    const host = new Walker({}, 1);
    expect(host.member.pollNext(host.now)).toEqual([]);
  });
});

describe('a change that a host reports', () => {
  it('is not reported again once the querier asks for no repetition', () => {
    const host = new Walker({}, 0);
    host.want(ip(G));
    host.hear({ group: '239.9.9.9', qrv: 1 });
    expect(reportedBy(host.want(ip(G), membershipFor(ip(S1))))).toEqual([ip(G)]);
    expect(host.until(60_000)).toEqual([]);
  });
});

describe('a host that is asked about sources', () => {
  /** What it says of itself where a query names these sources, in one message. */
  const answerTo = (sources: readonly Address[]): Action | undefined => {
    const host = new Walker({}, 0);
    host.want(ip(G));
    host.until(30_000);
    const octets = (value: number): number[] => [
      value >>> 24,
      (value >> 16) & 255,
      (value >> 8) & 255,
      value & 255,
    ];
    const asked = igmpDatagram([
      ...[0x11, 10, 0, 0, ...octets(ip(G)), 2, 125, sources.length >> 8, sources.length & 255],
      ...sources.flatMap(octets),
    ]);
    host.member.heard(messageIn(asked), QUERIER, host.now);
    const [answer] = host.member.pollNext(host.member.nextDeadline());
    return answer;
  };
  const wholeGroup = { type: 'send-report', records: [{ type: 'is-ex', group: ip(G), sources: [] }] };

  it('H12 remembers up to 512 of one query', () => {
    const sources = Array.from({ length: 512 }, (_, at) => ip('10.0.0.1') + at);
    expect(answerTo(sources)).toEqual({
      type: 'send-report',
      records: [{ type: 'is-in', group: ip(G), sources }],
    });
    expect(answerTo([...sources, ip('10.9.9.9')])).toEqual(wholeGroup);
  });

  it('H12 does not read more of them, even if a query names one again and again', () => {
    expect(answerTo(Array(512).fill(ip(S1)))).not.toEqual(wholeGroup);
    expect(answerTo(Array(513).fill(ip(S1)))).toEqual(wholeGroup);
  });
});
