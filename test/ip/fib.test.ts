import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, contains, mask, type Prefix } from '../../src/address.js';
import { type Interface, interfaceState, UNBOUNDED } from '../../src/interface.js';
import { pickNextHop, wayFor } from '../../src/ip/fib.js';
import type { Route } from '../../src/ip/route.js';
import { Routing } from '../../src/ip/routing.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import { ip } from '../support/datagram.js';
import { nextSerial } from '../support/router.js';

const prefix = (text: string): Prefix => {
  const [network, length] = text.split('/');
  return { network: ip(network!), length: Number(length) };
};

const interfaceOn = (
  name: string,
  address: string,
  options: { up?: boolean; deadHops?: Address[]; index?: number } = {},
): Interface => ({
  ...interfaceState(),
  router: 'r1',
  name,
  link: name,
  index: options.index ?? 1,
  serial: nextSerial(),
  addresses: [{ address: ip(address), prefix: prefix(`${address.replace(/\d+$/, '0')}/24`) }],
  mtu: 1500,
  up: options.up ?? true,
  forwarding: true,
  scope: UNBOUNDED,
  wire: { resolve: (hop) => ((options.deadHops ?? []).includes(hop) ? undefined : { take: () => {} }) },
});

const route = (to: string, fields: Partial<Route>): Route => ({
  prefix: prefix(to),
  type: 'unicast',
  nexthops: [],
  metric: 0,
  tos: undefined,
  origin: 'config',
  ...fields,
});

const compiled = (interfaces: readonly Interface[], routes: readonly Route[]) =>
  new Routing({ interfaces, routes, ip: DEFAULT_SETTINGS.ip }, 1, () => {}).fib;

describe('the FIB', () => {
  const prefixes = fc
    .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
    .map(([address, length]) => ({ network: (address & mask(length)) >>> 0, length }));
  // Few networks, so that prefixes nest and touch.
  const crowded = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 20, max: 32 }))
    .map(([low, length]) => ({ network: ((0x0a00_0000 | (low << 4)) & mask(length)) >>> 0, length }));

  it('finds what filtering, sorting by length and taking the first finds', () => {
    const some = fc.uniqueArray(fc.oneof(prefixes, crowded), {
      selector: (each) => `${each.network}/${each.length}`,
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        some,
        fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 20 }),
        (all, anywhere) => {
          const fib = compiled(
            [],
            all.map((of) => ({ ...route('0.0.0.0/0', { type: 'blackhole' }), prefix: of })),
          );
          const edges = all.flatMap(({ network, length }) => {
            const last = (network | ~mask(length)) >>> 0;
            return [network, last, Math.max(0, network - 1), Math.min(2 ** 32 - 1, last + 1)];
          });
          for (const address of [...edges, ...anywhere, 0, 2 ** 32 - 1]) {
            const [longest] = all
              .filter((each) => contains(each, address))
              .sort((a, b) => b.length - a.length);
            expect(fib.prefixOf(address)).toEqual(longest);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  const red = interfaceOn('red', '10.0.1.1');
  const blue = interfaceOn('blue', '10.0.2.1', { index: 2 });

  it('knows its own addresses, and the ends of its subnets, apart from routes', () => {
    const fib = compiled([red, blue], [route('10.0.1.255/32', { type: 'blackhole' })]);
    expect(fib.lookup(ip('10.0.1.1'))?.kind).toBe('local');
    expect(fib.lookup(ip('10.0.1.0'))?.kind).toBe('network');
    expect(fib.lookup(ip('10.0.2.255'))).toMatchObject({ kind: 'broadcast', interface: blue });
    expect(fib.lookup(ip('10.0.2.9'))?.way?.type).toBe('connected');
    expect(fib.lookup(ip('10.0.3.1'))).toBeUndefined();
  });

  it('takes the lowest metric, and the next one where the interface of the first is down', () => {
    const down = interfaceOn('down', '10.0.3.1', { up: false, index: 2 });
    const to = (metric: number, via: string, over: Interface) =>
      route('10.9.0.0/16', { metric, nexthops: [{ via: ip(via), egress: over.index, weight: 1 }] });
    const both = compiled([red, blue], [to(20, '10.0.1.9', red), to(10, '10.0.2.9', blue)]);
    expect(both.lookup(ip('10.9.1.1'))?.way?.nexthops[0]?.egress).toBe(blue.index);
    const one = compiled([red, down], [to(20, '10.0.1.9', red), to(10, '10.0.3.9', down)]);
    expect(one.lookup(ip('10.9.1.1'))?.way?.nexthops[0]?.egress).toBe(red.index);
  });

  it('prefers a next hop that somebody owns, and keeps one that nobody owns where there is no other', () => {
    const dead = interfaceOn('red', '10.0.1.1', { deadHops: [ip('10.0.1.9')] });
    const hops = ['10.0.1.9', '10.0.1.8'].map((via) => ({ via: ip(via), egress: dead.index, weight: 1 }));
    const way = (nexthops: typeof hops) =>
      compiled([dead], [route('10.9.0.0/16', { nexthops })]).lookup(ip('10.9.0.1'))?.way?.nexthops;
    expect(way(hops)).toEqual([hops[1]]);
    expect(way([hops[0]!])).toEqual([hops[0]]);
  });

  it('keeps a connected network known, as unreachable, while its interface is down', () => {
    const down = interfaceOn('down', '10.0.3.1', { up: false });
    expect(compiled([down], []).lookup(ip('10.0.3.9'))?.way).toMatchObject({
      type: 'connected',
      nexthops: [],
    });
  });

  it('uses a route with a type of service for that type only', () => {
    const hop = (over: Interface) => [{ via: ip('10.0.1.9'), egress: over.index, weight: 1 }];
    const fib = compiled(
      [red, blue],
      [
        route('10.9.0.0/16', { tos: 0x10, nexthops: hop(red) }),
        route('10.8.0.0/16', { tos: 0x10, nexthops: hop(red) }),
        route('10.8.0.0/16', { nexthops: hop(blue) }),
      ],
    );
    expect(wayFor(fib.lookup(ip('10.9.0.1'))!, 0)).toBeUndefined();
    expect(wayFor(fib.lookup(ip('10.9.0.1'))!, 0x10)?.nexthops[0]?.egress).toBe(red.index);
    expect(wayFor(fib.lookup(ip('10.8.0.1'))!, 0x08)?.nexthops[0]?.egress).toBe(blue.index);
  });

  it('spreads flows over next hops by weight, within 15 percent', () => {
    const nexthops = [
      { via: 1, egress: red.index, weight: 11 },
      { via: 2, egress: blue.index, weight: 45 },
    ];
    const way = {
      type: 'unicast',
      tos: undefined,
      nexthops,
      totalWeight: 56,
    } as const;
    let first = 0;
    for (let i = 0; i < 10_000; i++)
      if (pickNextHop(way, Math.imul(i, 0x9e3779b1) >>> 0) === nexthops[0]) first += 1;
    expect(first / (10_000 - first)).toBeGreaterThan((11 / 45) * 0.85);
    expect(first / (10_000 - first)).toBeLessThan((11 / 45) * 1.15);
  });
});
