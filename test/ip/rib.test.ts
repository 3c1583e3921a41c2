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

  it('knows the path of routes that share their list of next hops, as long as any has it', () => {
    const rib = new Rib();
    const shared = route();
    const path = rib.lists.pathOf(shared);
    rib.replace(shared);
    expect(rib.lists.pathOf({ ...shared })).toBe(path);
    for (const own of [{ metric: 1 }, { tos: 8 }, { origin: 'runtime' }, { type: 'connected' }] as const) {
      const other = rib.lists.pathOf({ ...shared, ...own });
      expect(other).toMatchObject(own);
      rib.lists.keep(other);
      rib.lists.drop(other);
    }
    expect(rib.lists.pathOf(shared)).toBe(path);
    rib.remove(shared);
    expect(rib.usesNextHop(VIA)).toBe(false);
    rib.replace(shared);
    expect(rib.usesNextHop(VIA)).toBe(true);
    expect(rib.lists.pathOf(route())).toBe(rib.lists.pathOf(shared));
    rib.lists.renumber(new Map([[0, 3]]));
    expect(rib.lists.pathOf(shared).nexthops).toEqual(shared.nexthops);
    expect([...rib][0]!.nexthops[0]!.egress).toBe(3);
    expect(rib.countTo(shared.prefix)).toBe(1);
    rib.lists.renumber(new Map());
    expect(rib.countTo(shared.prefix)).toBe(0);
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

  it('keeps what several prefixes have in common once, also where one of them is an own address', () => {
    const rib = new Rib();
    const listed = () => rib.lists.all.flatMap((list) => list ?? []).map(({ users }) => users);
    const prefixes = [24, 25, 32].map((length) => prefixOf(NETWORK, length));
    for (const metric of [0, 1]) for (const prefix of prefixes) rib.add(route({ prefix, metric }));
    expect(listed()).toEqual([3]);
    rib.setOwn(new Map([[NETWORK, { kind: 'local', interface: undefined }]]));
    expect(listed().sort()).toEqual([1, 2]);
    rib.setOwn(new Map());
    expect(listed()).toEqual([3]);
    for (const metric of [0, 1]) rib.add(route({ prefix: prefixOf(NETWORK, 26), metric }));
    expect(listed()).toEqual([4]);
    for (const metric of [0, 1]) rib.remove(route({ metric }));
    expect(listed()).toEqual([3]);
  });
});
