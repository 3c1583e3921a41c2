import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import type { Interface } from '../../src/interface.js';
import type { Route } from '../../src/ip/route.js';
import type { Routing } from '../../src/ip/routing.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import { NEVER, START } from '../../src/time.js';
import { datagram, ip } from '../support/datagram.js';
import { testInterface } from '../support/router.js';
import { BLUE_HOP, interfaces, planOf, RED_HOP, route, routingOf } from './routing-made.js';

const SAME = new Map([
  [1, 1],
  [2, 2],
]);

/** So many routes of /24, from 20.0.0.0 on. */
const many = (count: number, fields: Partial<Route> = {}): Route[] =>
  Array.from({ length: count }, (_, at) => ({
    ...route('20.0.0.0/24', fields),
    prefix: prefixOf(ip('20.0.0.0') + at * 256, 24),
  }));

describe('the routing of a router', () => {
  it('tells of each change of routes, but not of those that a plan makes at once', () => {
    let changes = 0;
    const routing = routingOf({ routes: [route('10.1.0.0/16')] }, () => {
      changes += 1;
    });
    const told = [changes];
    const step = (act: () => void): void => {
      act();
      told.push(changes);
    };
    step(() => routing.put(route('10.2.0.0/16')));
    step(() => expect(routing.remove(route('10.2.0.0/16'))).toBe(true));
    step(() => expect(routing.remove(route('10.2.0.0/16'))).toBe(false));
    step(() => routing.apply(planOf({ routes: [route('10.3.0.0/16')] }), SAME));
    step(() => routing.poll());
    expect(told).toEqual([0, 1, 2, 2, 2, 2]);
  });

  it('has all routes of its first plan at once, and follows another one by 256 routes a time', () => {
    let changes = 0;
    const own = interfaces();
    const routing = routingOf({ interfaces: own, routes: many(2) }, () => {
      changes += 1;
    });
    expect([routing.isFollowing, routing.nextDeadline(), routing.rib.size]).toEqual([true, NEVER, 5]);
    routing.apply(planOf({ interfaces: own, routes: many(1533) }), SAME);
    // The three connected ones come first.
    const told: unknown[] = [];
    for (let polls = 0; polls < 8 && !routing.isFollowing; polls += 1) {
      told.push([routing.rib.size, routing.nextDeadline(), changes]);
      routing.poll();
    }
    expect(told).toEqual([
      [512, START, 0],
      [768, START, 1],
      [1024, START, 2],
      [1280, START, 3],
      [1536, START, 4],
    ]);
    expect([routing.rib.size, routing.nextDeadline(), changes]).toEqual([1536, NEVER, 5]);
  });

  it('looks at no more of them at a time, and at none where a plan has the very same', () => {
    const own = interfaces();
    const all = many(2000);
    let looked = 0;
    const routes = {
      *[Symbol.iterator]() {
        for (const each of all) {
          looked += 1;
          yield each;
        }
      },
    };
    const routing = routingOf({ interfaces: own });
    const longest = [0];
    const counting = (act: () => void): void => {
      looked = 0;
      act();
      longest.push(looked);
    };
    counting(() => routing.apply(planOf({ interfaces: own, routes }), SAME));
    while (!routing.isFollowing) counting(() => routing.poll());
    expect(Math.max(...longest)).toBeLessThanOrEqual(512);
    expect(routing.rib.size).toBe(2003);
    counting(() => routing.apply(planOf({ interfaces: own, routes }), SAME));
    expect([looked, routing.isFollowing]).toEqual([0, true]);
    // Another address of an interface is another network.
    own[0].addresses = [
      ...own[0].addresses,
      { address: ip('10.9.0.1'), prefix: prefixOf(ip('10.9.0.0'), 16) },
    ];
    routing.apply(planOf({ interfaces: own, routes }), SAME);
    while (!routing.isFollowing) routing.poll();
    expect(routing.rib.size).toBe(2004);
  });

  it('knows by their old numbers what is still to be looked at when interfaces change places', () => {
    const [red, blue] = interfaces();
    const routes = many(2000, { nexthops: [BLUE_HOP] });
    const routing = routingOf({ interfaces: [red, blue] });
    routing.apply(planOf({ interfaces: [red, blue], routes }), SAME);
    red.index = 2;
    blue.index = 1;
    const swapped = new Map([
      [1, 2],
      [2, 1],
    ]);
    routing.apply(planOf({ interfaces: [blue, red] }), swapped);
    while (!routing.isFollowing) routing.poll();
    expect([...routing.rib].filter(({ origin }) => origin === 'config')).toEqual([]);
    expect([...routing.rib].map(({ nexthops }) => nexthops[0]!.egress).sort()).toEqual([1, 1, 2]);
  });

  it('does one plan after the other where the next comes before all is done', () => {
    const own = interfaces();
    const routing = routingOf({ interfaces: own });
    routing.apply(planOf({ interfaces: own, routes: many(1500) }), SAME);
    routing.apply(planOf({ interfaces: own, routes: many(3, { type: 'blackhole', nexthops: [] }) }), SAME);
    for (let polls = 0; polls < 20 && !routing.isFollowing; polls += 1) routing.poll();
    expect([...routing.rib].filter(({ origin }) => origin === 'config')).toEqual(
      many(3, { type: 'blackhole', nexthops: [] }),
    );
  });

  it('goes by the interfaces and next hops of the new plan only, at once', () => {
    const [red, blue] = interfaces();
    const routes = [route('10.1.0.0/16', { nexthops: [BLUE_HOP] }), route('10.2.0.0/16')];
    const routing = routingOf({ interfaces: [red, blue], routes });
    expect(routing.lookup(ip('10.1.0.1'))?.way?.nexthops).toEqual([BLUE_HOP]);
    const moved = { ...BLUE_HOP, egress: 1 };
    const plan = planOf({ interfaces: [blue], routes: [route('10.1.0.0/16', { nexthops: [moved] })] });
    blue.index = 1;
    red.up = false;
    routing.apply(plan, new Map([[2, 1]]));
    expect(routing.lookup(ip('10.1.0.1'))?.way?.nexthops).toEqual([moved]);
    expect(routing.lookup(ip('10.2.0.1'))).toBeUndefined();
    while (!routing.isFollowing) routing.poll();
    expect([BLUE_HOP, RED_HOP].map(({ via }) => routing.rib.usesNextHop(via))).toEqual([true, false]);
    routing.apply(planOf({ interfaces: [blue] }), new Map([[1, 1]]));
    while (!routing.isFollowing) routing.poll();
    expect(routing.rib.usesNextHop(BLUE_HOP.via)).toBe(false);
  });

  it('uses no route by an interface that has gone, though most are still to be removed', () => {
    const [red, blue] = interfaces();
    const routing = routingOf({ interfaces: [red, blue], routes: many(1500, { nexthops: [RED_HOP] }) });
    const addresses = [0, 700, 1499].map((at) => ip('20.0.0.1') + at * 256);
    const isKnown = () => addresses.map((address) => routing.lookup(address) !== undefined);
    expect(isKnown()).toEqual([true, true, true]);
    blue.index = 1;
    routing.apply(planOf({ interfaces: [blue] }), new Map([[2, 1]]));
    expect([routing.isFollowing, ...isKnown()]).toEqual([false, false, false, false]);
    expect([...routing.rib]).toHaveLength(2);
  });

  it('knows which addresses are its own, by its plan', () => {
    const ours = (routing: Routing) =>
      ['192.0.2.1', '198.51.100.1', '203.0.113.1', '10.0.0.1', '192.0.2.2'].map((each) =>
        routing.isOurs(ip(each)),
      );
    const settings = { ...DEFAULT_SETTINGS.ip, loopback: ip('10.0.0.1') };
    const routing = routingOf({ ip: settings });
    expect(ours(routing)).toEqual([true, true, true, true, false]);
    expect(routing.lookup(ip('192.0.2.1'))?.kind).toBe('local');
    routing.apply(planOf({ interfaces: interfaces().slice(0, 1) }), new Map([[1, 1]]));
    expect(ours(routing)).toEqual([true, false, false, false, false]);
  });

  it('says as which address a peer sees it', () => {
    const nameless = testInterface('green', [], { index: 3 });
    const [red, blue] = interfaces();
    const settings = { ...DEFAULT_SETTINGS.ip, loopback: ip('10.0.0.1') };
    const named = routingOf({ interfaces: [blue, nameless], ip: settings });
    expect(named.addressOn(nameless, ip('9.9.9.9'))).toBe(ip('10.0.0.1'));
    const routing = routingOf({ interfaces: [red, blue, nameless] });
    const seen = (egress: Interface, peer: string) => routing.addressOn(egress, ip(peer));
    expect([seen(blue, '203.0.113.7'), seen(blue, '9.9.9.9')]).toEqual([
      ip('203.0.113.1'),
      ip('198.51.100.1'),
    ]);
    expect(seen(nameless, '9.9.9.9')).toBe(ip('192.0.2.1'));
    routing.apply(
      planOf({ interfaces: [blue, nameless], ip: settings }),
      new Map([
        [2, 1],
        [3, 2],
      ]),
    );
    expect(seen(nameless, '9.9.9.9')).toBe(ip('10.0.0.1'));
    routing.apply(
      planOf({ interfaces: [blue, nameless] }),
      new Map([
        [1, 1],
        [2, 2],
      ]),
    );
    expect(seen(nameless, '9.9.9.9')).toBe(ip('198.51.100.1'));
  });

  it('finds a route that comes after its interfaces have changed', () => {
    const own = interfaces();
    const routing = routingOf({ interfaces: own });
    const to = () => routing.lookup(ip('10.1.0.1'))?.way?.nexthops;
    routing.changed();
    routing.put(route('10.1.0.0/16'));
    expect(to()).toEqual([RED_HOP]);
    own[0].up = false;
    routing.changed();
    expect(to()).toBeUndefined();
    const [place] = routing.rib.placesIn(prefixOf(ip('10.1.0.0'), 16));
    expect(routing.isInUse(place!)).toBe(false);
    own[0].up = true;
    routing.changed();
    expect(routing.isInUse(place!)).toBe(true);
    expect(to()).toEqual([RED_HOP]);
  });

  it('keeps the paths of flows, unless flows are told apart in another way', () => {
    const routing = routingOf();
    const { flows } = routing;
    routing.apply(planOf(), SAME);
    expect(routing.flows).toBe(flows);
    const ecmpHash = flows.policy === 'l3' ? 'l4' : 'l3';
    routing.apply(planOf({ ip: { ...DEFAULT_SETTINGS.ip, ecmpHash } }), SAME);
    expect(routing.flows.policy).toBe(ecmpHash);
    // Two routers differ by their seed, whatever was applied since.
    const hash = (seed: number): number => {
      const other = routingOf({}, () => {}, seed);
      other.apply(planOf({ ip: { ...DEFAULT_SETTINGS.ip, ecmpHash } }), SAME);
      return other.flows.hash(datagram());
    };
    expect(hash(1)).toBe(routing.flows.hash(datagram()));
    expect(hash(2)).not.toBe(hash(1));
  });
});

describe('the route to an address', () => {
  it('is that of its type of service, or else the one for all', () => {
    const all = [
      route('10.1.0.0/16'),
      route('10.1.0.0/16', { tos: 0, metric: 3 }),
      route('10.1.0.0/16', { tos: 8, metric: 4 }),
      route('10.2.0.0/16', { tos: 8 }),
    ];
    const routing = routingOf({ routes: all });
    const metricTo = (address: string, tos: number) => routing.routeTo(ip(address), tos)?.metric;
    expect([0, 1, 8, 16, 0xe8].map((tos) => metricTo('10.1.0.1', tos))).toEqual([3, 3, 4, 0, 4]);
    expect(routing.routeTo(ip('10.2.0.1'), 8)).toEqual(all[3]);
    routing.put(route('10.2.0.0/16', { tos: 0x11 }));
    expect(routing.routeTo(ip('10.2.0.1'), 0x10)?.tos).toBe(0x11);
    expect([0, 4].map((tos) => routing.routeTo(ip('10.2.0.1'), tos))).toEqual([undefined, undefined]);
    expect(routing.routeTo(ip('9.9.9.9'), 0)).toBeUndefined();
  });

  it('leads out of the interfaces of all its next hops', () => {
    const own = interfaces();
    const [red, blue] = own;
    const routing = routingOf({
      interfaces: own,
      routes: [
        route('10.1.0.0/16'),
        route('10.2.0.0/16', { nexthops: [RED_HOP, BLUE_HOP] }),
        route('10.3.0.0/16', { tos: 8 }),
        route('10.4.0.0/16', { tos: 8 }),
        route('10.4.0.0/16', { nexthops: [BLUE_HOP] }),
      ],
    });
    const leads = (address: string) => [red, blue].map((each) => routing.leadsTo(ip(address), each));
    expect(leads('10.1.0.1')).toEqual([true, false]);
    expect(leads('10.2.0.1')).toEqual([true, true]);
    expect(leads('10.3.0.1')).toEqual([true, false]);
    expect(leads('10.4.0.1')).toEqual([true, true]);
    expect(leads('203.0.113.9')).toEqual([false, true]);
    expect(leads('9.9.9.9')).toEqual([false, false]);
  });
});
