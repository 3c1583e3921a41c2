import { prefixOf } from '../../src/address.js';
import type { NextHop, Route } from '../../src/ip/route.js';
import { Routing, type RoutingPlan } from '../../src/ip/routing.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import { ip } from '../support/datagram.js';
import { type TestInterface, testInterface } from '../support/router.js';

/** Red is 192.0.2.0/24; blue is 198.51.100.0/24 and 203.0.113.0/24. */
export const interfaces = (): readonly [TestInterface, TestInterface] => [
  testInterface('red', ['192.0.2.1/24'], { index: 1 }),
  testInterface('blue', ['198.51.100.1/24', '203.0.113.1/24'], { index: 2 }),
];
const hop = (via: string, egress: number, weight = 1): NextHop => ({ via: ip(via), egress, weight });
export const RED_HOP = hop('192.0.2.9', 1);
export const BLUE_HOP = hop('198.51.100.9', 2);

export const route = (to: string, fields: Partial<Route> = {}): Route => {
  const [network, length] = to.split('/');
  return {
    prefix: prefixOf(ip(network!), Number(length)),
    type: 'unicast',
    nexthops: [RED_HOP],
    metric: 0,
    tos: undefined,
    origin: 'config',
    ...fields,
  };
};

export const planOf = (fields: Partial<RoutingPlan> = {}): RoutingPlan => ({
  interfaces: interfaces(),
  ip: DEFAULT_SETTINGS.ip,
  ...fields,
});
export const routingOf = (fields: Partial<RoutingPlan> = {}, changed = () => {}, seed = 1): Routing =>
  new Routing(planOf(fields), seed, changed);
