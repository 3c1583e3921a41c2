import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/igmp/action.js';
import { messageIn } from '../../src/igmp/admission.js';
import type { HostMembership } from '../../src/igmp/host-membership.js';
import { Member } from '../../src/igmp/member.js';
import { DEFAULT_IGMP_SETTINGS, type IgmpSettings } from '../../src/igmp/settings.js';
import { type Instant, instant, NEVER } from '../../src/time.js';
import { ip } from '../support/datagram.js';
import { G, type QuerySays, query, S1, S2, S3 } from './bench.js';

const QUERIER = ip('192.0.2.1');
const ALL: HostMembership = { filterMode: 'exclude', sources: new Set() };
const only = (...sources: string[]): HostMembership => ({
  filterMode: 'include',
  sources: new Set(sources.map(ip)),
});

/** A member whose chances are given, and what it does, in a line each: `500 is-in{1}`, `0 v2`, `0 leave`. */
class Host {
  readonly done: string[] = [];
  readonly member: Member;
  chance = 0.5;
  now: Instant = instant(0);

  constructor(settings: Partial<IgmpSettings> = {}) {
    this.member = new Member({ ...DEFAULT_IGMP_SETTINGS, ...settings }, () => this.chance);
  }

  do(actions: readonly Action[]): void {
    for (const action of actions)
      if (action.type === 'send-report')
        this.done.push(
          `${this.now} ${action.records.map(({ type, sources }) => `${type}{${sources.map((each) => each & 255)}}`).join(' ')}`,
        );
      else if (action.type === 'send-older-report') this.done.push(`${this.now} v${action.version}`);
      else this.done.push(`${this.now} ${action.type.slice('send-'.length)}`);
  }

  want(membership: HostMembership, group = G): this {
    this.do(this.member.want(ip(group), membership, this.now));
    return this;
  }

  hear(says: QuerySays, chance = this.chance): this {
    this.chance = chance;
    this.member.heard(messageIn(query('192.0.2.1', says)), QUERIER, this.now);
    return this;
  }

  apply(settings: Partial<IgmpSettings>): this {
    this.do(this.member.apply({ ...DEFAULT_IGMP_SETTINGS, ...settings }, this.now));
    return this;
  }

  until(end: number): this {
    for (let next = this.member.nextDeadline(); next <= end; next = this.member.nextDeadline()) {
      this.now = next;
      this.do(this.member.pollNext(next));
    }
    this.now = instant(end);
    return this;
  }

  /** Once everything is told. */
  quiet(): this {
    this.until(this.now + 20_000).done.length = 0;
    expect(this.member.nextDeadline()).toBe(NEVER);
    return this;
  }

  version(at: number): number {
    return this.member.version(instant(at));
  }
}

describe('when a member says something', () => {
  it('is once more within a second, or within ten in an older version', () => {
    expect(new Host().want(ALL).until(60_000).done).toEqual(['0 to-ex{}', '500 to-ex{}']);
    expect(new Host({ version: 2 }).want(ALL).until(60_000).done).toEqual(['0 v2', '5000 v2']);
    expect(new Host({ version: 1 }).want(ALL).until(60_000).done).toEqual(['0 v1', '5000 v1']);
  });

  it('is as often as the querier says, and then never again', () => {
    const host = new Host().hear({ qrv: 3 }).until(20_000);
    host.want(only(S1)).want(only(S1, S2));
    expect(host.quiet().want(only(S2, S3)).until(60_000).done).toEqual([
      ...['40000 allow{3} block{1}', '40500 allow{3} block{1}', '41000 allow{3} block{1}'],
    ]);
    expect(host.member.nextDeadline()).toBe(NEVER);
  });

  it('is within the time of a query, and not where nothing is wanted', () => {
    const host = new Host().hear({ code: 100 });
    expect(host.until(60_000).done).toEqual([]);
    expect(host.hear({ group: G }).member.nextDeadline()).toBe(NEVER);
    host.want(ALL).quiet().hear({ code: 100 }, 0.25);
    expect(host.until(120_000).done).toEqual(['82500 is-ex{}']);
  });

  it('is once for a general query and a later one about a group', () => {
    for (const chance of [0.5, 0.9]) {
      const host = new Host().want(ALL).quiet();
      const asked = host.now;
      host
        .hear({ code: 100 }, 0.1)
        .until(asked + 500)
        .hear({ group: G, code: 10 }, chance);
      expect(host.until(asked + 60_000).done).toEqual([`${asked + 1000} is-ex{}`]);
    }
  });

  it('is at the earlier time where it is asked twice about a group', () => {
    const host = new Host().want(ALL).quiet();
    const asked = host.now;
    host.hear({ group: G, code: 100 }, 0.5).hear({ group: G, code: 100 }, 0.2);
    expect(host.until(asked + 60_000).done).toEqual([`${asked + 2000} is-ex{}`]);
  });

  it('is nothing about a group that it has left meanwhile', () => {
    const host = new Host().want(ALL).quiet();
    host.hear({ group: G, code: 100 }, 0.9).want(only());
    expect(host.until(60_000).done.map((each) => each.split(' ')[1])).toEqual(['to-in{}', 'to-in{}']);
  });

  it('is about those sources only that it was asked about since', () => {
    const host = new Host().want(ALL).quiet();
    const asked = host.now;
    host.hear({ group: G, sources: [S1], code: 10 }).hear({ group: G, sources: [S2], code: 10 });
    host.until(asked + 1000).hear({ group: G, sources: [S3], code: 10 });
    expect(host.until(asked + 60_000).done).toEqual([
      `${asked + 500} is-in{1,2}`,
      `${asked + 1500} is-in{3}`,
    ]);
  });

  it('is about up to 512 sources; asked about more, it says what it wants of the group', () => {
    const asking = (count: number): string[] => {
      const host = new Host().want(ALL).quiet();
      for (let at = 0; at < count; at += 1)
        host.hear({ group: G, code: 100, sources: [`198.18.${at >> 8}.${at & 255}`] });
      return host.until(host.now + 60_000).done.map((each) => each.replace(/^\d+ /, ''));
    };
    const [answer] = asking(512);
    expect(answer?.match(/^is-in/) && answer.split(',')).toHaveLength(512);
    expect(asking(513)).toEqual(['is-ex{}']);
  });

  it('is nothing about the group of all systems', () => {
    const joinGroups = [{ group: ip('224.0.0.1'), source: undefined }];
    expect(new Host({ joinGroups }).member.memberships.size).toBe(0);
    const host = new Host({ joinGroups }).want(ALL, '224.0.0.1');
    host.do(host.member.up(host.now));
    expect([host.until(60_000).done, host.member.memberships.size]).toEqual([[], 0]);
  });

  it('is one report for each group in an older version, each at its own time, and no change of sources', () => {
    const host = new Host({ version: 2 }).want(only(S1)).want(only(S1, S2)).want(ALL);
    expect(host.until(20_000).done).toEqual(['0 v2', '5000 v2']);
    host.want(only()).want(only());
    expect(host.done.slice(2)).toEqual(['20000 leave']);
  });
});

describe('the version of a member', () => {
  const since = (host: Host, says: QuerySays, timeout: number) => {
    const heard = host.now;
    host.hear(says);
    return [host.version(heard + timeout - 1), host.version(heard + timeout)];
  };

  it('is that of an older querier for as long as its variables and those of the last one of version 3 say', () => {
    expect(since(new Host(), { version: 2, code: 100 }, 350_000)).toEqual([2, 3]);
    expect(since(new Host(), { version: 2, code: 50 }, 300_000)).toEqual([2, 3]);
    expect(since(new Host(), { version: 1 }, 350_000)).toEqual([1, 3]);
    const told = new Host().hear({ qrv: 3, qqic: 60 });
    expect(since(told, { version: 2, code: 100 }, 280_000)).toEqual([2, 3]);
    const untold = new Host().hear({ qrv: 3, qqic: 60 }).hear({ qrv: 0, qqic: 0 });
    expect(since(untold, { version: 2, code: 100 }, 350_000)).toEqual([2, 3]);
    expect(since(new Host({ version: 2 }), { version: 1 }, 350_000)).toEqual([1, 2]);
  });

  it('is not changed by a query about a group, nor is it known by that who queries', () => {
    const host = new Host().hear({ version: 2, group: G });
    expect([host.version(0), host.member.querier]).toEqual([3, undefined]);
    expect(host.hear({}).member.querier).toBe(QUERIER);
  });

  it('takes with it what was still to be said in another one', () => {
    const older = new Host().want(ALL).hear({ code: 100 }, 0.1).hear({ version: 2, code: 100 }, 0.9);
    expect(older.until(60_000).done).toEqual(['0 to-ex{}', '9000 v2']);
    const set = new Host().want(ALL).hear({ code: 100 }, 0.1).apply({ version: 2 });
    expect(set.until(60_000).done).toEqual(['0 to-ex{}', '0 v2', '1000 v2']);
    const leaving = new Host().want(ALL).want(only()).apply({ version: 2 });
    expect(leaving.until(60_000).done).toEqual(['0 to-ex{}', '0 to-in{}']);
    const source = new Host().want(only(S1)).hear({ version: 2 }).until(400_000).want(only(S1, S2));
    expect(source.done.slice(-1)).toEqual(['400000 allow{2}']);
    const again = new Host().want(ALL).hear({ version: 2 }).hear({ version: 2 });
    expect(again.until(60_000).done).toEqual(['0 to-ex{}', '5000 v2']);
  });

  it('repeats a change at a querier that does not change it', () => {
    const host = new Host().hear({ version: 2 }).quiet().want(ALL).hear({ version: 2, code: 100 }, 0.9);
    expect(host.until(60_000).done).toEqual(['20000 v2', '25000 v2']);
    const newer = new Host().want(ALL).hear({ code: 255 }, 0.9);
    expect(newer.until(1000).done).toEqual(['0 to-ex{}', '500 to-ex{}']);
  });
});

describe('a member whose link is down', () => {
  it('forgets who has asked it for what', () => {
    const host = new Host().want(ALL).want(ALL, '239.2.2.2').quiet();
    host
      .hear({ group: G, sources: [S1], code: 100 })
      .hear({ code: 100 }, 0.9)
      .hear({ version: 2 });
    host.member.down();
    expect([host.member.nextDeadline(), host.member.querier, host.version(host.now)]).toEqual([
      NEVER,
      undefined,
      3,
    ]);
    host.do(host.member.up(host.now));
    host.quiet().hear({ group: G, sources: [S2], code: 10 }, 0.5);
    expect(host.until(host.now + 20_000).done.map((each) => each.split(' ')[1])).toEqual(['is-in{2}']);
  });

  it('says nothing that it had still to say', () => {
    const host = new Host().want(ALL);
    host.member.down();
    expect(host.member.nextDeadline()).toBe(NEVER);
    host.hear({ code: 100 }).member.down();
    expect(host.member.nextDeadline()).toBe(NEVER);
  });

  it('begins anew when it comes up, whatever it was told before', () => {
    const host = new Host().hear({ version: 2 }).want(ALL).hear({ version: 2 }, 0.9);
    host.do(host.member.up(host.now));
    expect([host.version(host.now), host.until(60_000).done]).toEqual([
      3,
      ['0 v2', '0 to-ex{}', '900 to-ex{}'],
    ]);
  });
});

describe('a member whose settings name many groups', () => {
  const GROUPS = Array.from({ length: 100 }, (_, at) => ({ group: ip('239.9.0.0') + at, source: undefined }));
  const joined = (host: Host): number => host.member.memberships.size;

  it('joins and leaves them some at a time', () => {
    const host = new Host().apply({ joinGroups: GROUPS });
    expect([joined(host), host.done.length, host.member.nextDeadline()]).toEqual([32, 32, host.now]);
    host.do(host.member.pollNext(host.now));
    expect([joined(host), host.done.length]).toEqual([64, 64]);
    host.until(host.now);
    expect([joined(host), host.done.length]).toEqual([100, 100]);
    host.quiet().apply({});
    expect(joined(host)).toBe(68);
    host.until(host.now);
    expect([joined(host), host.done.length]).toEqual([0, 100]);
  });

  it('follows the last settings where others came before it was done', () => {
    const host = new Host().apply({ joinGroups: GROUPS }).apply({ joinGroups: GROUPS.slice(10, 90) });
    host.want(only(S1), '239.9.0.95').until(host.now);
    expect(joined(host)).toBe(81);
    host.quiet().apply({ joinGroups: GROUPS }).apply({}).until(host.now);
    expect(joined(host)).toBe(1);
  });

  it('goes on with them when its link is up again', () => {
    const host = new Host().apply({ joinGroups: GROUPS });
    host.member.down();
    expect(joined(host)).toBe(32);
    host.do(host.member.up(host.now));
    host.quiet();
    expect(joined(host)).toBe(100);
  });
});
