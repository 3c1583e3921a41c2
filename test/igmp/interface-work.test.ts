import { describe, expect, it } from 'vitest';
import { type Address, formatAddress } from '../../src/address.js';
import { NOBODY } from '../../src/event.js';
import { membershipFor } from '../../src/igmp/host-membership.js';
import { IgmpInterface } from '../../src/igmp/igmp-interface.js';
import { DEFAULT_IGMP_SETTINGS, type IgmpSettings } from '../../src/igmp/settings.js';
import { Work } from '../../src/igmp/work.js';
import type { Interface } from '../../src/interface.js';
import { type Instant, instant } from '../../src/time.js';
import { ip } from '../support/datagram.js';
import { igmpDatagram, interfaceAt, query, report, type Say } from './bench.js';

const groupAt = (at: number): Address => ip('239.1.0.0') + at;
const records = (count: number, type: Say[0] = 'to-ex'): Say[] =>
  Array.from({ length: count }, (_, at) => [type, formatAddress(groupAt(at))]);
const sourcesFrom = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => formatAddress(ip('10.0.0.1') + at));

/** An interface that has been up for a second, and counts what it spends and sends. */
class Counted {
  readonly work = new Work();
  readonly igmp: IgmpInterface;
  readonly changed: (Address | undefined)[] = [];
  spent = 0;
  sent: Uint8Array[] = [];
  now: Instant = instant(0);

  constructor(
    settings: Partial<IgmpSettings> = {},
    role: 'router' | 'host' = 'router',
    wire: Partial<Interface['wire']> = {},
  ) {
    const spend = this.work.spend.bind(this.work);
    this.work.spend = (units, now) => {
      this.spent += units;
      spend(units, now);
    };
    const environment = {
      interface: interfaceAt('192.0.2.1', wire),
      role,
      random: () => 0.5,
      observer: NOBODY,
      work: this.work,
      isForwarding: () => true,
      send: (datagram: Uint8Array) => this.sent.push(datagram),
      changed: (group: Address | undefined) => this.changed.push(group),
      elected: () => {},
    };
    this.igmp = new IgmpInterface({ ...DEFAULT_IGMP_SETTINGS, maxGroups: 10_000, ...settings }, environment);
    this.igmp.up(this.now);
    this.now = instant(1000);
  }

  /** What something costs. */
  costOf(done: () => void): number {
    this.spent = 0;
    done();
    return this.spent;
  }

  receive(datagram: Uint8Array): ReturnType<IgmpInterface['receive']> {
    return this.igmp.receive(datagram, this.now);
  }

  /** Reports groups, each in a millisecond of its own. */
  join(count: number): this {
    for (const each of records(count)) {
      this.now = instant(this.now + 1);
      this.receive(report([each]));
    }
    return this;
  }
}

describe('what IGMP on an interface counts as work', () => {
  it('is a unit for what comes, and another for each 64 octets of it', () => {
    const counted = new Counted();
    const cost = (octets: number): number =>
      counted.costOf(() => counted.receive(igmpDatagram(Array(octets - 24).fill(0xff))));
    expect(cost(64)).toBeCloseTo(1 + 1);
    expect(cost(64 * 20)).toBeCloseTo(1 + 20);
  });

  it('is a unit for each record that changes nothing, and half of one for each thing that comes of it', () => {
    const counted = new Counted();
    const octets = report(records(1)).length / 64;
    const costOf = (...says: Say[]): number => counted.costOf(() => counted.receive(report(says)));
    // It is told that somebody has joined, and that the group has changed.
    expect(costOf(...records(1))).toBeCloseTo(1 + octets + 1 + 2 / 2);
    expect(costOf(...records(1))).toBeCloseTo(1 + octets + 1);
  });

  it('is a unit for each copy of what is sent, and another for each whole 64 octets of it', () => {
    const costOf = (wire: Partial<Interface['wire']>, sources: number): number => {
      const counted = new Counted({}, 'router', wire);
      const cost = counted.costOf(() =>
        counted.igmp.query({ group: groupAt(0), sources: sourcesFrom(sources).map(ip) }, counted.now),
      );
      expect(counted.sent.at(-1)!.length).toBe(36 + 4 * sources);
      // That it is sent, and told, is something that comes of it.
      return cost;
    };
    const half = 1 / 2;
    expect(costOf({}, 0)).toBeCloseTo(half + 1);
    expect(costOf({ audience: () => 30 }, 0)).toBeCloseTo(half + 30);
    expect(costOf({}, 6)).toBeCloseTo(half + 1);
    expect(costOf({}, 7)).toBeCloseTo(half + 1 + 1);
    expect(costOf({ audience: () => 3 }, 311)).toBeCloseTo(half + 3 + 20);
  });

  it('is a unit for each group that ends, beside what comes of it', () => {
    const counted = new Counted().join(10);
    counted.now = instant(counted.now + 300_000);
    const { now } = counted;
    // What the querier asks meanwhile is left out.
    counted.igmp.querier.poll(now);
    // It is told that it has expired, and that the group has changed.
    const cost = counted.costOf(() => counted.igmp.poll(now));
    expect(counted.igmp.memberships.groups.size).toBe(0);
    expect(cost).toBeCloseTo(10 * (1 + 2 / 2));
  });

  it('is a unit for each piece of what a host does about all its groups, though nothing comes of it yet', () => {
    const counted = new Counted({ version: 2 }, 'host');
    for (let at = 0; at < 320; at += 1) counted.igmp.want(groupAt(at), membershipFor(undefined), counted.now);
    // Each is reported once more.
    counted.now = instant(counted.now + 20_000);
    for (let polls = 0; polls < 1000 && counted.igmp.nextDeadline() <= counted.now; polls += 1)
      counted.igmp.poll(counted.igmp.nextDeadline());
    // The first piece of 32 is done at once; in the last one there is nothing.
    counted.receive(query('192.0.2.9', { version: 2, code: 250 }));
    expect(counted.costOf(() => counted.igmp.poll(counted.now))).toBeCloseTo(10);
    expect(counted.igmp.nextDeadline()).toBeGreaterThan(counted.now);
  });
});

describe('what is due on an interface', () => {
  it('is done a share at a time from the very instant at which it is due', () => {
    const counted = new Counted();
    const { igmp, work } = counted;
    const { isLeft } = work;
    work.isLeft = () => true;
    counted.receive(report(records(180)));
    work.isLeft = isLeft;
    const { groups } = igmp.memberships;
    const ends = igmp.memberships.nextDeadline();
    expect([...groups.values()].every(({ deadline }) => deadline === ends)).toBe(true);
    igmp.querier.poll(ends);
    // A share is 64 units, and the end of a group two; then a quarter of a millisecond is as much again.
    igmp.poll(ends);
    expect(groups.size).toBe(180 - 33);
    igmp.poll(igmp.nextDeadline());
    expect(groups.size).toBe(180 - 2 * 33);
    for (let at = 0; at < 5; at += 1) igmp.poll(igmp.nextDeadline());
    expect(groups.size).toBe(0);
  });

  it('leaves all of what may be done at once where it is nothing', () => {
    const { igmp, work, now } = new Counted();
    igmp.poll(now);
    work.spend(256, now);
    expect(work.isLeft(now)).toBe(true);
  });
});

describe('on an interface that goes down', () => {
  it('the rest of a report is ignored', () => {
    const counted = new Counted();
    const { igmp, now } = counted;
    const datagram = report(records(180));
    const reading = counted.receive(datagram);
    if (typeof reading !== 'object') throw new Error('the report was taken whole');
    expect(igmp.memberships.groups.size).toBeGreaterThan(50);
    igmp.down(now);
    counted.changed.length = 0;
    expect(igmp.goOn(datagram, reading, instant(now + 10))).toBe('igmp-ignored');
    expect([igmp.memberships.groups.size, counted.changed]).toEqual([0, []]);
  });

  it('whatever comes is ignored, and not even counted', () => {
    const counted = new Counted();
    const { igmp } = counted;
    igmp.down(counted.now);
    const before = structuredClone(igmp.counters);
    expect(counted.receive(report(records(1)))).toBe('igmp-ignored');
    expect(counted.receive(query('192.0.2.9'))).toBe('igmp-ignored');
    expect([igmp.memberships.groups.size, igmp.counters]).toEqual([0, before]);
  });

  it('what hosts wanted has changed only where they wanted something', () => {
    const counted = new Counted();
    counted.igmp.down(counted.now);
    expect(counted.changed).toEqual([]);
    counted.igmp.up(counted.now);
    counted.join(3).changed.length = 0;
    counted.igmp.down(counted.now);
    expect(counted.changed).toEqual([undefined]);
  });

  it('nothing is prepared that would be late when it comes up', () => {
    const advertisedAfter = (polls: readonly number[]): number => {
      const counted = new Counted({ routerDiscovery: true });
      counted.igmp.down(counted.now);
      for (const each of polls) counted.igmp.poll(instant(each));
      counted.sent = [];
      counted.igmp.up(instant(100_000));
      for (let polls = 0; polls < 20; polls += 1) {
        const next = counted.igmp.nextDeadline();
        counted.igmp.poll(next);
        if (counted.igmp.counters.sent['mrd-advertisement'] > 0) return next - 100_000;
      }
      throw new Error('it is never advertised');
    };
    expect(advertisedAfter([2000, 50_000, 90_000])).toBe(advertisedAfter([]));
  });

  it('nothing is advertised any more once its router has stopped, though it comes up again', () => {
    const counted = new Counted({ routerDiscovery: true });
    const { igmp } = counted;
    igmp.down(counted.now);
    igmp.stop(counted.now);
    igmp.up(instant(2000));
    for (let polls = 0; polls < 20; polls += 1) igmp.poll(igmp.nextDeadline());
    const { sent } = igmp.counters;
    expect([sent['mrd-advertisement'], sent['query-v3'] > 0]).toEqual([0, true]);
  });
});
