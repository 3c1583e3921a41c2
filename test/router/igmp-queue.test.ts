import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/address.js';
import { messageIn } from '../../src/igmp/admission.js';
import { V3_REPORT_LENGTH } from '../../src/igmp/message.js';
import { instant } from '../../src/time.js';
import { query, report, type Say, v2Report } from '../igmp/bench.js';
import { ip } from '../support/datagram.js';
import { Busy } from './busy.js';

/** What may be done in one go, and in each millisecond after it; each may be exceeded by what one record costs. */
const AT_ONCE = 256;
const IN_MILLISECOND = 256;
/** What of it may be done of what has waited or is due, at an instant. */
const SHARE = 64;

const groupAt = (at: number): string => formatAddress(ip('239.1.0.0') + at);

const reports = (count: number, records: number, type: Say[0] = 'to-ex', source = '192.0.2.10') =>
  Array.from({ length: count }, (_, at) =>
    report(
      Array.from({ length: records }, (_, each): Say => [type, groupAt(at * records + each)]),
      { source },
    ),
  );

describe('what comes by IGMP', () => {
  it('is handled in the same call where it is what hosts say', () => {
    const busy = new Busy();
    busy.send(busy.red, ...reports(2, 50));
    expect([busy.groups().length, busy.router.ledger.held]).toEqual([100, 0]);
  });

  it('is handled a part at a time where it is a flood, all of it, and in its order', () => {
    const busy = new Busy();
    busy.send(busy.red, ...reports(69, 60), ...reports(1, 60, 'to-in'));
    const atOnce = busy.groups();
    expect(atOnce.length).toBeLessThan(150);
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
    expect(busy.groups()).toEqual([]);
    expect(busy.router.ledger.held).toBe(1);
    busy.after(20);
    expect(busy.groups().length).toBeGreaterThan(1000);
    expect(busy.groups().length).toBeLessThan(3000);
    busy.after(40);
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

describe('a record is as much work as it makes', () => {
  const sourcesFrom = (first: number, count: number): string[] =>
    Array.from({ length: count }, (_, at) => formatAddress(ip('10.0.0.1') + first + at));

  it('by the sources that its group has, however short it is', () => {
    const busy = new Busy();
    for (let at = 0; at < 4; at += 1)
      busy.send(busy.red, report([['allow', groupAt(at), sourcesFrom(0, 64)]])).after(10);
    const spentOn = (...says: Say[]): number => {
      busy.spent.clear();
      busy.send(busy.red, report(says)).after(10);
      return [...busy.spent.values()].reduce((sum, each) => sum + each, 0);
    };
    const unknown = spentOn(['block', groupAt(9), ['10.9.9.9']]);
    expect(spentOn(['block', groupAt(0), ['10.9.9.9']])).toBeCloseTo(unknown + 64 / 8);
    expect(spentOn(['to-in', groupAt(1)])).toBeGreaterThan(unknown + 64 / 8);
    busy.spent.clear();
    busy.send(busy.red, v2Report(groupAt(2)));
    expect([...busy.spent.values()][0]).toBeGreaterThan(64 / 8);
  });

  it('whatever many sources it names, it keeps and refuses no more than the group may have', () => {
    const busy = new Busy();
    const count = (): number =>
      busy.router.igmp.get(busy.red)!.memberships.groups.get(ip(groupAt(0)))!.requested.size;
    busy.send(busy.red, report([['allow', groupAt(0), sourcesFrom(0, 60)]])).after(50);
    expect(count()).toBe(60);
    // What is known is found at the end of the list, too.
    const many = [...sourcesFrom(1000, 15_000), ...sourcesFrom(0, 60)];
    busy.send(busy.red, report([['block', groupAt(0), many]])).after(50);
    expect(busy.asked.length).toBeGreaterThan(0);
    busy.after(3000);
    expect(busy.groups()).toEqual([]);
    busy.send(busy.red, report([['allow', groupAt(0), many]])).after(50);
    expect(busy.router.igmp.get(busy.red)!.counters.refused['source-limit']).toBe(1);
    expect(count()).toBe(64);
    // One more than that says all.
    const message = messageIn(report([['allow', groupAt(1), many]]));
    const { admission } = busy.router.igmp.get(busy.red)!.memberships;
    expect(admission.sourcesOf(message, V3_REPORT_LENGTH, 'allow', undefined, 64).sources?.size).toBe(65);
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

  it('forgets the groups of an interface that goes down at once, and one by one what its upstream was told', () => {
    const busy = new Busy(1, true);
    for (const each of reports(30, 100)) busy.send(busy.red, each).after(30);
    expect(busy.groups().length).toBe(3000);
    const upstream = busy.router.igmp.get(busy.blue)!.member.memberships;
    busy.after(5000);
    expect(upstream.size).toBe(3000);
    busy.spent.clear();
    busy.red.up = false;
    busy.router.routesChanged(busy.now);
    expect(busy.groups()).toEqual([]);
    expect([...busy.spent.values()].reduce((sum, each) => sum + each, 0)).toBeLessThan(10);
    busy.after(3);
    expect(upstream.size).toBeGreaterThan(2000);
    busy.after(200);
    expect(upstream.size).toBe(0);
    expect(busy.most.atOnce).toBeLessThan(AT_ONCE + 20);
  });

  it.each([
    ['3, with a part of the groups in each report', 3, 18],
    ['2, each by itself', 2, 3000],
  ] as const)('answers upstream at the same pace in version %s', (_, version, atLeast) => {
    const busy = new Busy(1, true);
    for (const each of reports(30, 100)) busy.send(busy.red, each).after(30);
    busy.after(5000);
    const { counters } = busy.router.igmp.get(busy.blue)!;
    const sent = (): number => counters.sent['report-v3'] + counters.sent['report-v2'];
    const before = sent();
    busy.spent.clear();
    // All are to answer at once.
    busy.send(busy.blue, query('192.0.3.10', { version, code: version === 3 ? 0 : 1 })).after(500);
    expect(sent() - before).toBeGreaterThanOrEqual(atLeast);
    expect(busy.most.atOnce).toBeLessThan(AT_ONCE + 40);
    expect(busy.most.inMillisecond).toBeLessThan(AT_ONCE + IN_MILLISECOND + 80);
  });

  it('ends groups a part at a time where many end at once', () => {
    const busy = new Busy();
    for (const each of reports(80, 100)) busy.send(busy.red, each).after(1);
    expect(busy.groups().length).toBe(8000);
    busy.spent.clear();
    // As after a machine that stood still.
    busy.now = instant(busy.now + 300_000);
    busy.router.poll(busy.now);
    expect(busy.groups().length).toBeGreaterThan(7900);
    busy.after(200);
    expect(busy.most.atOnce).toBeLessThan(SHARE + 20);
    expect(busy.groups()).toEqual([]);
  });
});
