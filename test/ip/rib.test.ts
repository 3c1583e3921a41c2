import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import { Rib } from '../../src/ip/rib.js';
import type { Route } from '../../src/ip/route.js';

const NETWORK = 0xc6336400;
const [VIA, OTHER] = [0x0a000001, 0x0a000002];

const route = (own: Partial<Route> = {}): Route => ({
  prefix: prefixOf(NETWORK, 24),
  type: 'unicast',
  nexthops: [{ via: VIA, egress: 0, weight: 1 }],
  metric: 0,
  tos: undefined,
  origin: 'config',
  ...own,
});

describe('the RIB', () => {
  it('takes no second route of the same prefix, type of service and metric', () => {
    const rib = new Rib();
    const first = route();
    expect(rib.add(first)).toBe(true);
    expect(rib.add(route({ type: 'blackhole', nexthops: [] }))).toBe(false);
    expect([...rib]).toEqual([first]);
    expect(rib.find(route())).toEqual(first);
  });

  it.each([
    ['prefix', { prefix: prefixOf(NETWORK, 25) }],
    ['type of service', { tos: 8 }],
    ['type of service, though it is the default one', { tos: 0 }],
    ['metric', { metric: 1 }],
  ])('tells routes apart by their %s', (_, own) => {
    const rib = new Rib();
    expect([rib.add(route()), rib.add(route(own))]).toEqual([true, true]);
    expect(rib.remove(route(own))).toBe(true);
    expect(rib.remove(route(own))).toBe(false);
    expect([...rib]).toEqual([route()]);
  });

  it('tells two types of service apart', () => {
    const rib = new Rib();
    expect([8, 16].map((tos) => rib.add(route({ tos })))).toEqual([true, true]);
    expect(rib.find(route({ tos: 16 }))?.tos).toBe(16);
  });

  it('knows the next hops in use after each change', () => {
    const rib = new Rib();
    const uses = (): readonly boolean[] => [VIA, OTHER].map((via) => rib.usesNextHop(via));
    expect(uses()).toEqual([false, false]);
    rib.add(route());
    expect(uses()).toEqual([true, false]);
    rib.replace(route({ nexthops: [{ via: OTHER, egress: 0, weight: 1 }] }));
    expect(uses()).toEqual([false, true]);
    expect([...rib]).toHaveLength(1);
    rib.remove(route());
    expect(uses()).toEqual([false, false]);
  });
});
