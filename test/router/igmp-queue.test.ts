import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/address.js';
import { DEFAULT_IGMP_SETTINGS } from '../../src/igmp/settings.js';
import { Work } from '../../src/igmp/work.js';
import { parcelOf } from '../../src/parcel.js';
import type { Router } from '../../src/router/router.js';
import { instant } from '../../src/time.js';
import { report, type Say, v2Report } from '../igmp/bench.js';
import { ip } from '../support/datagram.js';
import { routerOf, type TestInterface, testInterface } from '../support/router.js';

/** What may be done in one go, and in each millisecond after it; each may be exceeded by what one record costs. */
const AT_ONCE = 1024;
const IN_MILLISECOND = 256;

const groupAt = (at: number): string => formatAddress(ip('239.1.0.0') + at);

const reports = (count: number, records: number, type: Say[0] = 'to-ex', source = '192.0.2.10') =>
  Array.from({ length: count }, (_, at) =>
    report(
      Array.from({ length: records }, (_, each): Say => [type, groupAt(at * records + each)]),
      { source },
    ),
  );

/** A router with IGMP on red and blue, some time after its start, which counts what is spent at each instant. */
class Busy {
  readonly red = testInterface('red', ['192.0.2.1/24'], { index: 1 });
  readonly blue = testInterface('blue', ['192.0.3.1/24'], { index: 2 });
  readonly router: Router;
  /** By instant. */
  readonly spent = new Map<number, number>();
  /** When each query about a group was sent. */
  readonly asked: number[] = [];
  now = instant(0);

  constructor(audience = 1) {
    const work = new Work();
    const spend = work.spend.bind(work);
    work.spend = (units, now) => {
      this.spent.set(now, (this.spent.get(now) ?? 0) + units);
      spend(units, now);
    };
    const settings = { ...DEFAULT_IGMP_SETTINGS, maxGroups: 10_000, maxSources: 64 };
    for (const each of [this.red, this.blue])
      each.wire = {
        resolve: (group) => ({
          take: (_parcel, now) => {
            if (group >= ip('239.0.0.0')) this.asked.push(now);
          },
        }),
        audience: () => audience,
      };
    const interfaces = [this.red, this.blue];
    this.router = routerOf(
      { interfaces, igmp: new Map(interfaces.map((each) => [each, settings])) },
      { work },
    );
    this.router.routesChanged(this.now);
    this.after(60_000);
    this.spent.clear();
  }

  send(on: TestInterface, ...datagrams: Uint8Array[]): this {
    for (const each of datagrams) this.router.receive(on, parcelOf(each.slice()), this.now);
    this.insistOnLedger();
    return this;
  }

  after(wait: number): this {
    const end = this.now + wait;
    for (let due = this.router.nextDeadline(); due <= end; due = this.router.nextDeadline()) {
      if (due < this.now) throw new Error('what is due comes late');
      this.now = due;
      this.router.poll(due);
      this.insistOnLedger();
    }
    this.now = instant(end);
    return this;
  }

  insistOnLedger(): void {
    const { received, forwarded, delivered, dropped, held } = this.router.ledger;
    expect(forwarded + delivered + dropped + held).toBe(received);
  }

  groups(on = this.red): string[] {
    return [...this.router.igmp.get(on)!.memberships.groups.keys()].map(formatAddress);
  }

  refused(on = this.red): number {
    return this.router.igmp.get(on)!.counters.refused['message-limit'];
  }

  /** How many units were spent at the instant at which most were, and in any one millisecond. */
  get most(): { readonly atOnce: number; readonly inMillisecond: number } {
    const all = [...this.spent];
    const within = all.map(([from]) =>
      all.reduce((sum, [at, units]) => (at >= from && at < from + 1 ? sum + units : sum), 0),
    );
    return { atOnce: Math.max(...this.spent.values()), inMillisecond: Math.max(...within) };
  }
}

describe('what comes by IGMP', () => {
  it('is handled in the same call where it is what hosts say', () => {
    const busy = new Busy();
    busy.send(busy.red, ...reports(4, 60));
    expect([busy.groups().length, busy.router.ledger.held]).toEqual([240, 0]);
  });

  it('is handled a part at a time where it is a flood, all of it, and in its order', () => {
    const busy = new Busy();
    busy.send(busy.red, ...reports(69, 60), ...reports(1, 60, 'to-in'));
    const atOnce = busy.groups();
    expect(atOnce.length).toBeLessThan(600);
    expect(busy.router.ledger.held).toBeGreaterThan(60);
    busy.after(100);
    const groups = busy.groups();
    expect(groups).toEqual(Array.from({ length: 69 * 60 }, (_, at) => groupAt(at)));
    expect(busy.router.ledger.held).toBe(0);
    expect(busy.most.atOnce).toBeLessThan(AT_ONCE + 20);
    expect(busy.most.inMillisecond).toBeLessThan(AT_ONCE + IN_MILLISECOND + 20);
    // Those that left were asked about when their turn came, after they had joined.
    expect(busy.asked.length).toBe(60);
  });

  it('goes on in the middle of a report', () => {
    const busy = new Busy();
    busy.send(busy.red, ...reports(1, 4000));
    expect(busy.groups().length).toBeGreaterThan(100);
    expect(busy.groups().length).toBeLessThan(600);
    expect(busy.router.ledger.held).toBe(1);
    busy.after(60);
    expect([busy.groups().length, busy.router.ledger.held]).toEqual([4000, 0]);
    expect(busy.router.igmp.get(busy.red)!.counters.received['report-v3']).toBe(1);
  });

  it('is refused as a whole where all records of it were, in however many turns', () => {
    const busy = new Busy();
    const records = Array.from({ length: 4000 }, (): Say => [9, groupAt(0)]);
    busy.send(busy.red, report(records));
    expect(busy.red.drops.get('igmp-ignored')).toBeUndefined();
    busy.after(60);
    expect(busy.red.drops.get('igmp-ignored')).toMatchObject({ packets: 1, octets: 32 + 8 * 4000 });
  });

  it('is refused where so many wait, or so many octets', () => {
    const many = new Busy();
    many.send(many.red, ...Array.from({ length: 8000 }, (_, at) => v2Report(groupAt(at))));
    expect(many.router.ledger.held).toBe(4096);
    expect(many.refused()).toBe(many.router.ledger.dropped);
    expect(many.refused()).toBeGreaterThan(3000);
    expect(many.red.drops.get('igmp-ignored')!.packets).toBe(many.refused());

    const long = new Busy();
    long.send(long.red, ...reports(20, 6000));
    expect(long.router.ledger.held).toBe(Math.floor((512 * 1024) / (32 + 8 * 6000)));
    expect(long.refused()).toBe(20 - long.router.ledger.held);
    expect(long.router.forecast.deliveryOf(reports(1, 6000)[0]!, long.red, long.now)).toBe('igmp-ignored');
    expect(long.router.forecast.deliveryOf(reports(1, 1)[0]!, long.red, long.now)).toBeUndefined();
  });

  it('has its turn soon on an interface, whatever waits on another', () => {
    const busy = new Busy();
    busy.send(busy.red, ...reports(100, 100));
    busy.send(busy.blue, v2Report(groupAt(1), { source: '192.0.3.10' }));
    expect(busy.groups(busy.blue)).toEqual([]);
    busy.after(3);
    expect(busy.groups(busy.blue)).toEqual([groupAt(1)]);
    expect(busy.router.ledger.held).toBeGreaterThan(50);
  });

  it('ends with its interface', () => {
    const busy = new Busy();
    busy.send(busy.red, ...reports(50, 100));
    const { held } = busy.router.ledger;
    busy.red.up = false;
    busy.router.routesChanged(busy.now);
    busy.insistOnLedger();
    expect([busy.router.ledger.held, busy.router.ledger.dropped]).toEqual([0, held]);
    busy.red.up = true;
    busy.router.routesChanged(busy.now);
    busy
      .after(10)
      .send(busy.red, ...reports(50, 100))
      .after(100);
    expect([busy.groups().length, busy.router.ledger.held]).toEqual([5000, 0]);
  });
});

describe('what the router does by itself', () => {
  it('asks about leaves at the same pace, and again as the mechanism says, however many hear it', () => {
    const busy = new Busy(100);
    busy.send(busy.red, ...reports(4, 60)).after(1000);
    busy.spent.clear();
    const left = busy.now;
    busy.send(busy.red, ...reports(4, 60, 'to-in')).after(3000);
    expect(busy.asked.length).toBe(2 * 240);
    expect(busy.most.atOnce).toBeLessThan(AT_ONCE + 110);
    expect(busy.groups()).toEqual([]);
    // Each is asked about again a second later, and none waits for that any longer.
    const [first, again] = [busy.asked.slice(0, 240), busy.asked.slice(240)];
    expect(first.at(-1)! - left).toBeLessThan((240 * 102) / IN_MILLISECOND + 1);
    for (const [at, time] of again.entries()) expect(time - first[at]!).toBeCloseTo(1000, -1);
  });

  it('ends groups a part at a time where many end at once', () => {
    const busy = new Busy();
    for (const each of reports(80, 100)) busy.send(busy.red, each).after(1);
    expect(busy.groups().length).toBe(8000);
    busy.spent.clear();
    // As after a machine that stood still.
    busy.now = instant(busy.now + 300_000);
    busy.router.poll(busy.now);
    expect(busy.groups().length).toBeGreaterThan(7000);
    expect(busy.most.atOnce).toBeLessThan(AT_ONCE + 20);
    busy.after(100);
    expect(busy.groups()).toEqual([]);
  });
});
