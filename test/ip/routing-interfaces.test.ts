import { describe, expect, it } from 'vitest';
import { formatPrefix, prefixOf } from '../../src/address.js';
import type { Route } from '../../src/ip/route.js';
import type { Routing } from '../../src/ip/routing.js';
import { ip } from '../support/datagram.js';
import type { TestInterface } from '../support/router.js';
import { BLUE_HOP, interfaces, planOf, route, routingOf } from './routing-made.js';

const SAME = new Map([
  [1, 1],
  [2, 2],
]);
const SWAPPED = new Map([
  [1, 2],
  [2, 1],
]);
const many = (count: number, fields: Partial<Route>): Route[] =>
  Array.from({ length: count }, (_, at) => ({
    ...route('20.0.0.0/24', fields),
    prefix: prefixOf(ip('20.0.0.0') + at * 256, 24),
  }));

describe('where nothing is said of routes but the networks of interfaces', () => {
  const networks = (routing: Routing): string[] =>
    [...routing.rib].map(({ prefix, nexthops }) => `${formatPrefix(prefix)} ${nexthops[0]!.egress}`);
  const give = (to: TestInterface, address: string, length: number): void => {
    to.addresses = [{ address: ip(address), prefix: prefixOf(ip(address), length) }];
  };

  it.each<[change: string, red: [string, number], expected: string]>([
    ['another length', ['192.0.2.1', 25], '192.0.2.0/25 1'],
    ['another network', ['192.0.9.1', 24], '192.0.9.0/24 1'],
  ])('it follows %s of one of them', (_, [address, length], expected) => {
    const own = interfaces();
    const routing = routingOf({ interfaces: own });
    const others = ['198.51.100.0/24 2', '203.0.113.0/24 2'];
    expect(networks(routing)).toEqual(['192.0.2.0/24 1', ...others]);
    give(own[0], address, length);
    routing.apply(planOf({ interfaces: own }), SAME);
    expect(networks(routing).sort()).toEqual([expected, ...others]);
  });
});

describe('a plan that comes before all of the last one is done', () => {
  it('is not followed at once where interfaces have the numbers that they had', () => {
    const own = interfaces();
    const routing = routingOf({ interfaces: own });
    routing.apply(planOf({ interfaces: own, routes: many(3000, {}) }), SAME);
    routing.apply(planOf({ interfaces: own, routes: many(3000, { metric: 1 }) }), SAME);
    expect(routing.rib.size).toBeLessThan(1500);
    expect(routing.isFollowing).toBe(false);
  });

  it('leads by no other interface meanwhile where they change places', () => {
    const [red, blue] = interfaces();
    const routing = routingOf({ interfaces: [red, blue] });
    routing.apply(planOf({ interfaces: [red, blue], routes: many(2000, { nexthops: [BLUE_HOP] }) }), SAME);
    expect(routing.isFollowing).toBe(false);
    red.index = 2;
    blue.index = 1;
    const routes = many(2000, { nexthops: [{ ...BLUE_HOP, egress: 1 }] });
    routing.apply(planOf({ interfaces: [blue, red], routes }), SWAPPED);
    for (let polls = 0; polls < 50; polls += 1) {
      const others = [...routing.rib].filter(
        ({ origin, nexthops }) => origin === 'config' && nexthops[0]!.egress !== 1,
      );
      expect(others).toEqual([]);
      routing.poll();
    }
    expect([routing.isFollowing, routing.rib.size]).toEqual([true, 2003]);
  });
});
