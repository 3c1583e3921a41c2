import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/address.js';
import { Book } from '../../src/book.js';
import { NOBODY } from '../../src/event.js';
import {
  isWanted,
  type HostMembership as Membership,
  merge,
  NO_MEMBERSHIP,
} from '../../src/igmp/host-membership.js';
import * as igmp from '../../src/igmp/message.js';
import { DEFAULT_IGMP_SETTINGS } from '../../src/igmp/settings.js';
import type { Interface } from '../../src/interface.js';
import * as ipv4 from '../../src/ip/header.js';
import { DEFAULT_MULTICAST } from '../../src/ip/multicast-settings.js';
import { seededRandom } from '../../src/random.js';
import { MulticastPlane } from '../../src/router/multicast-plane.js';
import { instant, START } from '../../src/time.js';
import { ip } from '../support/datagram.js';
import { testInterface } from '../support/router.js';
import { Bench, boundless, G, query, report, S1, S2, S3, v2Report } from './bench.js';

const QUERIER = '192.0.2.1';
const include = (...sources: string[]): Membership => ({
  filterMode: 'include',
  sources: new Set(sources.map(ip)),
});
const exclude = (...sources: string[]): Membership => ({
  filterMode: 'exclude',
  sources: new Set(sources.map(ip)),
});

const host = (): Bench => new Bench({}, '192.0.2.9', 'host');
const want = (bench: Bench, membership: Membership, group = G): void =>
  bench.igmp.want(ip(group), membership, bench.now);

/** Whether the router itself wants a source of a group. */
const isMember = (bench: Bench, group: string, source: string): boolean =>
  isWanted(bench.igmp.member.memberships.get(ip(group)) ?? NO_MEMBERSHIP, ip(source));

/** A message in a line: the records of version 3 with their sources, or what the older versions have. */
const lineOf = (datagram: Uint8Array): string => {
  const m = datagram.subarray(ipv4.headerLength(datagram));
  if (igmp.type(m) !== igmp.V3_REPORT)
    return `${igmp.nameOf(m)} to ${formatAddress(ipv4.destination(datagram))}`;
  return [...igmp.recordOffsets(m)]
    .map((at) => `${igmp.recordType(m, at)}{${igmp.recordSources(m, at).map((each) => each & 255)}}`)
    .join(' ');
};

/** What was sent, one line each. */
const told = (bench: Bench): string[] => bench.sent.map(({ datagram }) => lineOf(datagram));

describe('the host side of an interface', () => {
  it('J05 J08 reports what it wants as Linux does, each change twice within a second, and asks nothing', () => {
    const bench = host();
    const says = (membership: Membership): string[] => {
      bench.sent.length = 0;
      want(bench, membership);
      const first = bench.sent.length;
      bench.after(1000);
      expect([first, bench.sent.length]).toEqual([1, 2]);
      expect(told(bench)[0]).toBe(told(bench)[1]);
      return told(bench).slice(1);
    };
    expect(says(exclude())).toEqual(['to-ex{}']);
    expect(says(exclude(S1))).toEqual(['block{1}']);
    expect(says(exclude())).toEqual(['allow{1}']);
    expect(says(include(S1, S2))).toEqual(['to-in{1,2}']);
    expect(says(include(S2, S3))).toEqual(['allow{3} block{1}']);
    expect(says(include())).toEqual(['block{2,3}']);
    expect(bench.until(1_000_000).generalQueries()).toEqual([]);
  });

  it('J05 merges a change into one that is still to be repeated', () => {
    const bench = host();
    want(bench, exclude());
    want(bench, exclude(S1));
    want(bench, include());
    bench.after(5000);
    const lines = told(bench);
    expect(lines.slice(0, 3)).toEqual(['to-ex{}', 'to-ex{1}', 'to-in{}']);
    expect(lines.slice(3)).toEqual(['to-in{}']);
  });

  it('J03 J05 answers within the time that a query gives, about all, a group, or some sources', () => {
    const answers = (says: Parameters<typeof query>[1], membership: Membership): string[] => {
      const bench = host();
      want(bench, membership);
      bench.until(20_000).sent.length = 0;
      bench.hear(query(QUERIER, says));
      bench.hear(query(QUERIER, says));
      bench.until(30_000);
      expect(bench.sent.every(({ at }) => at >= 20_000 && at <= 30_000)).toBe(true);
      return told(bench);
    };
    expect(answers({}, exclude(S1))).toEqual(['is-ex{1}']);
    expect(answers({ group: G }, include(S1))).toEqual(['is-in{1}']);
    expect(answers({ group: '239.9.9.9' }, include(S1))).toEqual([]);
    expect(answers({ group: G, sources: [S1, S3] }, include(S1, S2))).toEqual(['is-in{1}']);
    expect(answers({ group: G, sources: [S1, S3] }, exclude(S1))).toEqual(['is-in{3}']);
    expect(answers({ group: G, sources: [S1] }, exclude(S1))).toEqual([]);
  });

  it('H12 remembers no more than 512 sources that it was asked about, and then answers for the group', () => {
    const bench = host();
    want(bench, exclude(S1));
    bench.after(2000).sent.length = 0;
    for (let round = 0; round < 600; round += 1)
      bench.hear(query(QUERIER, { group: G, code: 255, sources: [`198.18.${round >> 8}.${round & 255}`] }));
    bench.after(3_200_000);
    expect(told(bench)).toEqual(['is-ex{1}']);
  });

  it('J05 speaks the version of the querier, until that has been silent', () => {
    const bench = host();
    want(bench, exclude());
    bench.until(5000).hear(query(QUERIER, { version: 2 }));
    bench.until(20_000).sent.length = 0;
    bench.hear(query(QUERIER, { version: 2 }));
    bench.until(40_000);
    want(bench, include());
    expect(told(bench)).toEqual(['report-v2 to 239.1.1.1', 'leave to 224.0.0.2']);
    bench.hear(query(QUERIER, { version: 1 }));
    bench.sent.length = 0;
    want(bench, exclude());
    want(bench, include());
    expect(told(bench)).toEqual(['report-v1 to 239.1.1.1']);
    bench.hear(query(QUERIER, { version: 2, group: G }));
    bench.until(2_000_000).sent.length = 0;
    bench.hear(query(QUERIER, { version: 2, group: G }));
    want(bench, exclude());
    expect(told(bench)).toEqual(['to-ex{}']);
  });

  it('J05 reports in the set version at most, whatever it hears', () => {
    const bench = new Bench({ version: 2 }, '192.0.2.9', 'host');
    want(bench, include(S1));
    expect(told(bench)).toEqual(['report-v2 to 239.1.1.1']);
    bench.until(20_000).sent.length = 0;
    bench.hear(query(QUERIER));
    bench.until(40_000).hear(query(QUERIER, { group: G, sources: [S1] }));
    bench.until(60_000);
    expect(told(bench)).toEqual(['report-v2 to 239.1.1.1', 'report-v2 to 239.1.1.1']);
    want(bench, include());
    expect(told(bench).at(-1)).toBe('leave to 224.0.0.2');
    const oldest = new Bench({ version: 1 }, '192.0.2.9', 'host');
    oldest.hear(query(QUERIER, { version: 2 }));
    want(oldest, exclude());
    want(oldest, include());
    expect(told(oldest)).toEqual(['report-v1 to 239.1.1.1']);
  });

  it('J05 reports everything again when another version is set', () => {
    const bench = host();
    want(bench, exclude());
    bench.until(5000).sent.length = 0;
    bench.igmp.apply({ ...bench.igmp.settings, version: 2 }, bench.now);
    expect(told(bench)).toEqual(['report-v2 to 239.1.1.1']);
    bench.until(20_000).sent.length = 0;
    bench.igmp.apply({ ...bench.igmp.settings, version: 3 }, bench.now);
    expect(told(bench)).toEqual(['to-ex{}']);
  });

  it('J05 joins at a querier of the same set version', () => {
    for (const version of [1, 2] as const) {
      const [querier, member] = [new Bench({ version }), new Bench({ version }, '192.0.2.9')];
      want(member, exclude());
      for (const { datagram } of member.sent.filter(({ text }) => text !== 'Q()')) querier.hear(datagram);
      expect([version, querier.forwards(S1)]).toEqual([version, true]);
    }
  });

  it('C09 repeats changes as often as the querier says', () => {
    const bench = host();
    bench.hear(query(QUERIER, { qrv: 5 }));
    want(bench, exclude());
    expect(told(bench.until(9000)).filter((each) => each === 'to-ex{}').length).toBe(5);
  });

  it('J09 B11 says everything again when the link comes back, and nothing while it is gone', () => {
    const bench = host();
    want(bench, exclude());
    bench.after(5000).igmp.down(bench.now);
    bench.sent.length = 0;
    want(bench, include(S1), '239.2.2.2');
    expect(bench.after(5000).sent.length).toBe(0);
    bench.igmp.up(bench.now);
    expect(told(bench.after(5000)).sort()).toEqual(['allow{1}', 'allow{1}', 'to-ex{}', 'to-ex{}']);
  });

  it('J05 ignores reports where it is only a host', () => {
    const bench = host();
    expect(bench.hear(v2Report(G, { source: '192.0.2.20' }))).toEqual(['igmp-ignored']);
    expect(bench.view()).toBeUndefined();
  });

  it('J03 joins the groups that the settings say, and forwards and receives them', () => {
    const bench = new Bench({
      joinGroups: [
        { group: ip(G), source: undefined },
        { group: ip('232.1.1.1'), source: ip(S1) },
      ],
    });
    bench.until(5000);
    expect(
      told(bench)
        .filter((each) => each !== 'query-v3 to 224.0.0.1')
        .sort(),
    ).toEqual(['allow{1}', 'allow{1}', 'to-ex{}', 'to-ex{}']);
    expect([bench.forwards(S2), isMember(bench, G, S2)]).toEqual([true, true]);
    expect(isMember(bench, '232.1.1.1', S2)).toBe(false);
    expect(bench.view()!.origins).toEqual(['join']);
    bench.igmp.apply({ ...bench.igmp.settings, joinGroups: [] }, bench.now);
    expect([bench.forwards(S2), told(bench).slice(-2)]).toEqual([false, ['to-in{}', 'block{1}']]);
  });
});

describe('a proxy', () => {
  it('J05 J06 J10 tells its upstream what all downstreams together want, until the last one leaves', () => {
    const on = (net: number): Interface => testInterface(`${net}`, [`192.0.${net}.1/24`], { index: net });
    const [red, blue, up] = [on(2), on(3), on(4)];
    const reports: Uint8Array[] = [];
    const plane = new MulticastPlane(
      {
        interfaces: [red, blue, up],
        igmp: new Map([red, blue].map((each) => [each, DEFAULT_IGMP_SETTINGS])),
        multicast: { ...DEFAULT_MULTICAST, upstream: up },
      },
      {
        random: seededRandom(1),
        observer: NOBODY,
        book: new Book(NOBODY),
        work: boundless(),
        routing: { leadsTo: () => true },
        send: (datagram, egress) => {
          if (egress === up) reports.push(datagram);
        },
      },
    );
    let now = START;
    plane.interfacesChanged(now);
    /** What the upstream was told last, 2 s later. */
    const follow = (): string | undefined => {
      const end = now + 2000;
      for (let next = plane.nextDeadline(); next <= end; next = plane.nextDeadline()) plane.poll(next);
      now = instant(end);
      return lineOf(reports.at(-1)!);
    };
    plane.receive(report([['to-ex', G, [S1, S2]]]), red, now);
    expect(follow()).toBe('to-ex{1,2}');
    plane.receive(report([['allow', G, [S1]]], { source: '192.0.3.10' }), blue, now);
    expect(follow()).toBe('allow{1}');
    plane.igmp.get(red)!.forget(ip(G), undefined, now);
    expect(follow()).toBe('to-in{1}');
    plane.igmp.get(blue)!.forget(ip(G), undefined, now);
    expect(follow()).toBe('block{1}');
    expect(plane.igmp.get(up)!.member.memberships.size).toBe(0);
  });

  it('J06 wants a source exactly where one of its downstreams does', () => {
    const source = fc.integer({ min: 1, max: 6 });
    const membership = fc.record({
      filterMode: fc.constantFrom<'include' | 'exclude'>('include', 'exclude'),
      sources: fc.array(source).map((list) => new Set(list)),
    });
    const wants = (each: Membership, one: number): boolean =>
      each.sources.has(one) === (each.filterMode === 'include');
    fc.assert(
      fc.property(fc.array(membership, { maxLength: 4 }), (memberships) => {
        const merged = merge(memberships);
        for (let one = 1; one <= 7; one += 1)
          expect(wants(merged, one)).toBe(memberships.some((each) => wants(each, one)));
      }),
    );
  });
});

describe('routers and hosts on one link', () => {
  it('C01 C03 B04 elect the lower address, who is followed by the other when it falls silent', () => {
    const [low, high] = [new Bench({}, '192.0.2.1'), new Bench({}, '192.0.2.2')];
    const member = new Bench({}, '192.0.2.9', 'host');
    const all = [low, high, member];
    const handed = new Map(all.map((each) => [each, 0]));
    const exchange = (): void => {
      for (let moved = true; moved; ) {
        moved = false;
        for (const from of all)
          for (let at = handed.get(from)!; at < from.sent.length; at += 1) {
            handed.set(from, at + 1);
            moved = true;
            for (const to of all) if (to !== from) to.hear(from.sent[at]!.datagram.slice());
          }
      }
    };
    const run = (end: number): void => {
      exchange();
      for (;;) {
        const next = Math.min(...all.map((each) => each.igmp.nextDeadline()));
        if (next > end) break;
        for (const each of all) each.until(next);
        exchange();
      }
      for (const each of all) each.until(end);
    };
    run(10_000);
    expect([low, high].map((each) => each.igmp.querier.state)).toEqual(['querier', 'non-querier']);
    want(member, exclude());
    run(20_000);
    expect([low, high].map((each) => each.forwards(S1))).toEqual([true, true]);
    run(600_000);
    want(member, include());
    run(601_999);
    expect([low, high].map((each) => each.forwards(S1))).toEqual([true, true]);
    run(602_000);
    expect([low, high].map((each) => each.forwards(S1))).toEqual([false, false]);
    expect(high.generalQueries()).toEqual([0]);
    low.igmp.down(low.now);
    run(1_000_000);
    expect(high.igmp.querier.state).toBe('querier');
    expect(high.generalQueries()[1]! - low.generalQueries().at(-1)!).toBe(255_000);
  });
});
