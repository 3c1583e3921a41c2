import { describe, expect, it } from 'vitest';
import { formatAddress, prefixOf } from '../../src/address.js';
import { UNBOUNDED } from '../../src/interface.js';
import { NEVER } from '../../src/time.js';
import { G, query, report, S1 } from '../igmp/bench.js';
import { ip } from '../support/datagram.js';
import { fixed, OTHER, Plane } from './plane.js';

describe('the multicast side of a router', () => {
  it('has its links asked one after the other, 20 ms apart, and none that runs no IGMP', () => {
    const { sent, plane } = new Plane({ isProxy: true }).begin();
    expect(sent.filter(([, , what]) => what === 'query-v3').map(([at, by]) => [at, by])).toEqual([
      [0, 'red'],
      [20, 'blue'],
    ]);
    expect([...plane.igmp].map(([{ name }, { role }]) => [name, role])).toEqual([
      ['r1.red', 'router'],
      ['r1.blue', 'router'],
      ['r1.up', 'host'],
    ]);
    expect([...new Plane().plane.igmp.keys()].map(({ name }) => name)).toEqual(['r1.red', 'r1.blue']);
  });

  it('takes and foresees IGMP only where it runs', () => {
    const made = new Plane().begin();
    const { plane, red, gray } = made;
    const message = report([['to-ex', G]]);
    expect([plane.foresee(message, red), made.receive(message, red)]).toEqual([undefined, undefined]);
    expect([plane.foresee(message, gray), made.receive(message, gray)]).toEqual(
      Array(2).fill('igmp-ignored'),
    );
    const far = report([['to-ex', G]], { source: '203.0.113.9', ttl: 3 });
    expect(plane.foresee(far, red)).toBe(made.receive(far, red));
    expect(plane.foresee(far, red)).toBeDefined();
  });

  it('listens to the groups of routers everywhere, and to others where it has joined them', () => {
    const { plane, red, blue, gray } = new Plane({
      red: { joinGroups: [{ group: ip(OTHER), source: undefined }] },
    }).begin();
    const hears = (group: string): boolean[] =>
      [red, blue, gray].map((each) => plane.isForUs(ip(group), each));
    expect(hears('224.0.0.1')).toEqual([true, true, true]);
    expect(hears('224.0.0.2')).toEqual([true, true, true]);
    expect(hears(OTHER)).toEqual([true, false, false]);
    expect(hears(G)).toEqual([false, false, false]);
  });

  it('forwards to who has joined, and says why to nobody else', () => {
    const made = new Plane().begin();
    const { plane, red, blue, gray } = made;
    expect(made.out(gray)).toEqual([]);
    made.join(() => red);
    expect(made.out(gray)).toEqual(['red']);
    const all = [red, blue, gray];
    expect(all.map((each) => plane.wants(each, ip(G), ip(S1)))).toEqual([true, false, false]);
    expect(all.map((each) => plane.hindrance(each, ip(G), ip(S1)))).toEqual([
      'its hosts have joined the group, but not for this source',
      'no host there has joined the group',
      'it runs no IGMP, so no host there can join: add `igmp: {}`',
    ]);
    made.plane.receive(query('192.0.3.1'), blue, made.now);
    expect(plane.hindrance(blue, ip(G), ip(S1))).toBe('no host there has joined the group');
  });

  it('forgets what was reported on a link that goes down', () => {
    const made = new Plane().begin().join((each) => each.red);
    expect(made.out(made.gray)).toEqual(['red']);
    made.red.up = false;
    made.plane.interfacesChanged(made.now);
    expect(made.out(made.gray)).toEqual([]);
    made.red.up = true;
    made.plane.interfacesChanged(made.now);
    expect(made.receive(report([['to-ex', G]]), made.red)).toBeUndefined();
    expect(made.out(made.gray)).toEqual(['red']);
  });

  it('asks again for the way back to a source when routes have changed', () => {
    const made = new Plane().begin().join((each) => each.red);
    expect(made.out(made.gray)).toEqual(['red']);
    made.leads = false;
    made.plane.interfacesChanged(made.now);
    expect(made.out(made.gray)).toEqual([]);
  });

  it('says goodbye to switches when it stops, where it forwards and was told to speak to them', () => {
    const made = new Plane({ red: { routerDiscovery: true }, blue: { routerDiscovery: true } });
    made.blue.forwarding = false;
    const said = (what: string) => made.sent.filter(([, , each]) => each === what).map(([, by]) => by);
    made.begin().after(20_000);
    expect(new Set(said('mrd-advertisement'))).toEqual(new Set(['red']));
    made.plane.stop(made.now);
    expect(said('mrd-termination')).toEqual(['red']);
  });

  it('says no hello to switches while it routes no groups', () => {
    const made = new Plane({ red: { routerDiscovery: true }, multicast: { routing: false } })
      .begin()
      .after(20_000);
    expect(made.sent.filter(([, , what]) => what !== 'query-v3')).toEqual([]);
  });

  it('leaves one interface, and the others go on', () => {
    const made = new Plane({ red: { routerDiscovery: true } })
      .begin()
      .join((each) => each.red)
      .join((each) => each.blue);
    const { plane, red, blue, gray } = made;
    expect(made.out(gray)).toEqual(['red', 'blue']);
    const igmpOnRed = plane.igmp.get(red)!;
    plane.leave(red, made.now);
    expect(made.sent.at(-1)!.slice(1)).toEqual(['red', 'mrd-termination']);
    expect([igmpOnRed.nextDeadline(), igmpOnRed.memberships.groups.size]).toEqual([NEVER, 0]);
    expect([[...plane.igmp.keys()], made.out(gray)]).toEqual([[blue], ['blue']]);
    plane.leave(red, made.now);
    plane.leave(gray, made.now);
    expect([...plane.igmp.keys()]).toEqual([blue]);
  });
});

describe('another plan for the multicast side', () => {
  it('keeps what is known where IGMP goes on, with its new settings', () => {
    const made = new Plane().begin().join((each) => each.red);
    const before = made.plane.igmp.get(made.red);
    made.plane.apply(made.plan({ red: { version: 2 } }), made.now);
    expect(made.plane.igmp.get(made.red)).toBe(before);
    expect([before!.settings.version, made.out(made.gray)]).toEqual([2, ['red']]);
    const deadline = made.plane.nextDeadline();
    expect(deadline).toBeLessThan(NEVER);
  });

  it('ends IGMP where it no longer runs, and what was reported there', () => {
    const made = new Plane({ red: { routerDiscovery: true } }).begin().join((each) => each.red);
    const before = made.plane.igmp.get(made.red)!;
    made.plane.apply(made.plan({ red: 'off' }), made.now);
    expect(made.sent.at(-1)!.slice(1)).toEqual(['red', 'mrd-termination']);
    expect([made.plane.igmp.has(made.red), before.nextDeadline(), made.out(made.gray)]).toEqual([
      false,
      NEVER,
      [],
    ]);
    made.plane.apply(made.plan({}), made.now);
    made.plane.interfacesChanged(made.now);
    made.join((each) => each.red);
    expect(made.out(made.gray)).toEqual(['red']);
  });

  it('may route nothing any more', () => {
    const made = new Plane().begin().join((each) => each.red);
    expect(made.out(made.gray)).toEqual(['red']);
    made.plane.apply(made.plan({ multicast: { routing: false } }), made.now);
    expect(made.plane.forwarding.routeFor(ip(S1), ip(G), made.gray).reason).toBe('forwarding-off');
  });

  it('may make a proxy of a router, whose upstream is told at once what is wanted, and a router of it again', () => {
    const made = new Plane({ red: fixed(OTHER) }).begin().join((each) => each.blue);
    made.plane.apply(made.plan({ red: fixed(OTHER), isProxy: true }), made.now);
    expect(made.wanted.toSorted()).toEqual([G, OTHER]);
    made.plane.interfacesChanged(made.now);
    made.after(2000);
    expect(made.wanted.toSorted()).toEqual([G, OTHER]);
    made.plane.apply(made.plan({}), made.now);
    expect([made.plane.igmp.has(made.up), made.wanted]).toEqual([false, []]);
  });

  it('may make another link the upstream, where the router is a host from then on', () => {
    const made = new Plane()
      .begin()
      .join((each) => each.red)
      .join((each) => each.blue);
    const before = made.plane.igmp.get(made.blue)!;
    made.plane.apply(made.plan({ multicast: { upstream: made.blue } }), made.now);
    expect(before.nextDeadline()).toBe(NEVER);
    made.plane.interfacesChanged(made.now);
    const on = made.plane.igmp.get(made.blue)!;
    expect([on.role, on.memberships.groups.size]).toEqual(['host', 0]);
    expect([...on.member.memberships.keys()].map((each) => formatAddress(each))).toEqual([G]);
    expect(made.out(made.blue)).toEqual(['red']);
  });

  it('has its upstream forget groups that nobody wants under it', () => {
    const made = new Plane({ red: fixed(OTHER), isProxy: true }).begin().after(2000);
    expect(made.wanted).toEqual([OTHER]);
    made.plane.apply(made.plan({ isProxy: true }), made.now);
    expect(made.wanted).toEqual([]);
    made.plane.apply(made.plan({ red: fixed(OTHER), isProxy: true }), made.now);
    expect(made.wanted).toEqual([OTHER]);
  });
});

describe('a proxy', () => {
  it('joins upstream what its hosts join, and what is fixed on links that are up, once upstream is up', () => {
    const made = new Plane({ red: fixed(OTHER), blue: fixed('239.6.6.6'), isProxy: true });
    made.blue.up = false;
    made.up.up = false;
    made.begin();
    expect(made.sent.filter(([, by]) => by === 'up')).toEqual([]);
    made.up.up = true;
    made.plane.interfacesChanged(made.now);
    expect(made.wanted).toEqual([OTHER]);
    expect(made.sent.filter(([, by]) => by === 'up').map(([, , what]) => what)).toEqual([
      `report-v3 ${OTHER}`,
    ]);
    made.join((each) => each.red);
    expect(made.wanted).toEqual([OTHER, G]);
  });

  it('asks nothing upstream, and takes no report there', () => {
    const made = new Plane({ isProxy: true }).begin().join((each) => each.up);
    expect([made.wanted, made.sent.filter(([, by, what]) => by === 'up' && what === 'query-v3')]).toEqual([
      [],
      [],
    ]);
    expect(made.out(made.gray)).toEqual(['up']);
  });

  it('tells upstream nothing of groups that do not cross that link', () => {
    const made = new Plane({ isProxy: true });
    made.up.scope = { ...UNBOUNDED, boundary: [prefixOf(ip(G), 32)] };
    made
      .begin()
      .join((each) => each.red)
      .join((each) => each.red, OTHER);
    expect(made.wanted).toEqual([OTHER]);
  });

  it('leaves upstream what was wanted only on a link that goes down', () => {
    const made = new Plane({ isProxy: true }).begin().join((each) => each.red);
    expect(made.wanted).toEqual([G]);
    made.red.up = false;
    made.plane.interfacesChanged(made.now);
    expect(made.plane.nextDeadline()).toBe(made.now);
    made.plane.poll(made.now);
    expect(made.wanted).toEqual([]);
  });

  it('forwards to a link only as its querier, or where it never is one', () => {
    for (const [settings, isProxy, expected] of [
      [{}, true, []],
      [{ querier: 'never' as const }, true, ['red']],
      [{}, false, ['red']],
    ] as const) {
      const made = new Plane({ red: settings, isProxy }).begin().join((each) => each.red);
      expect(made.out(made.up)).toEqual(['red']);
      made.plane.receive(query('192.0.2.1'), made.red, made.now);
      expect(made.out(made.up)).toEqual(expected);
      const why = made.plane.hindrance(made.red, ip(G), ip(S1));
      expect(why === 'another router is the querier there, and forwards to that link').toBe(
        expected.length === 0,
      );
    }
  });
});

describe('a proxy with many groups', () => {
  const COUNT = 2000;
  const groups = [...Array(COUNT).keys()].map((at) => formatAddress(ip('239.9.0.0') + at));

  const joined = (fields: ConstructorParameters<typeof Plane>[0]): Plane => {
    const made = new Plane(fields).begin();
    for (let at = 0; at < COUNT; at += 100) {
      const records = groups.slice(at, at + 100).map((each) => ['to-ex', each] as const);
      made.plane.receive(report(records, { source: '192.0.2.10' }), made.red, made.now);
    }
    return made.after(10_000);
  };

  it('tells another upstream of some at once, and of all others in turns, as they are by then', () => {
    const made = joined({});
    made.plane.apply(made.plan({ isProxy: true }), made.now);
    const atOnce = made.wanted.length;
    expect([atOnce > 50, atOnce < 300]).toEqual([true, true]);
    const last = groups.at(-1)!;
    made.plane.receive(report([['to-ex', OTHER]], { source: '192.0.2.10' }), made.red, made.now);
    made.plane.igmp.get(made.red)!.forget(ip(last), undefined, made.now);
    const steps: number[] = [];
    for (
      const wanted = () => made.wanted.length;
      wanted() < COUNT;
      made.plane.poll(made.plane.nextDeadline())
    )
      steps.push(wanted());
    expect(Math.max(...steps.map((each, at) => each - (steps[at - 1] ?? atOnce)))).toBeLessThan(100);
    expect(new Set(made.wanted)).toEqual(new Set([...groups.slice(0, -1), OTHER]));
  });

  it('is no proxy any more at once, and leaves nothing to tell', () => {
    const made = joined({ isProxy: true });
    made.plane.apply(made.plan({ multicast: { routing: false }, isProxy: true }), made.now);
    made.plane.apply(made.plan({}), made.now);
    made.after(100);
    expect(made.plane.igmp.get(made.up)).toBeUndefined();
    expect(made.wanted).toEqual([]);
  });

  it('joins upstream in turns what settings name, and leaves it so', () => {
    const staticGroups = groups.map((each) => ({ group: prefixOf(ip(each), 32), source: undefined }));
    const made = new Plane({ isProxy: true }).begin();
    for (const [red, count] of [
      [{ staticGroups }, COUNT],
      [{}, 0],
    ] as const) {
      const before = made.wanted.length;
      made.plane.apply(made.plan({ red, isProxy: true }), made.now);
      expect(Math.abs(made.wanted.length - before)).toBeLessThan(300);
      made.after(10_000);
      expect(made.wanted).toHaveLength(count);
    }
  });

  it('looks at what settings name when a link comes up, and not each time that something else has changed', () => {
    const made = new Plane({ red: fixed(OTHER), isProxy: true }).begin();
    let looked = 0;
    const { memberships } = made.plane.igmp.get(made.red)!;
    Object.defineProperty(memberships, 'fixed', {
      get: () => {
        looked += 1;
        return { groups: [], prefixes: [], of: () => undefined };
      },
    });
    made.plane.interfacesChanged(made.now);
    expect(looked).toBe(0);
    made.blue.up = false;
    made.plane.interfacesChanged(made.now);
    made.blue.up = true;
    made.plane.interfacesChanged(made.now);
    expect(looked).toBe(1);
  });
});
