import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, prefixOf } from '../../src/address.js';
import type { Interface } from '../../src/interface.js';
import { type FibEntry, onlyNextHop, pickNextHop, type Way, wayFor } from '../../src/ip/fib.js';
import { connectedRoutes, ownAddresses } from '../../src/ip/fib-compile.js';
import type { NextHop, Route, RouteType } from '../../src/ip/route.js';
import { Routing } from '../../src/ip/routing.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import { ip } from '../support/datagram.js';
import { testInterface } from '../support/router.js';
import { naiveLookup } from './naive-fib.js';

const interfaceWith = (index: number, ...addresses: readonly string[]) =>
  testInterface(`i${index}`, addresses, { index });

describe('the addresses that are not for routes', () => {
  const ownOf = (interfaces: readonly Interface[], loopback?: Address) =>
    [...ownAddresses(interfaces, loopback)]
      .map(([address, { kind, interface: of }]) => [address, kind, of?.index])
      .sort(([a], [b]) => Number(a) - Number(b));

  it('are those of the router, and both ends of its subnets of up to 30 bits', () => {
    const interfaces = [
      interfaceWith(1, '10.0.0.1/24', '10.0.1.1/30'),
      interfaceWith(2, '10.0.2.0/31', '10.0.3.7/32'),
    ];
    expect(ownOf(interfaces, ip('10.0.4.4'))).toEqual([
      [ip('10.0.0.0'), 'network', 1],
      [ip('10.0.0.1'), 'local', 1],
      [ip('10.0.0.255'), 'broadcast', 1],
      [ip('10.0.1.0'), 'network', 1],
      [ip('10.0.1.1'), 'local', 1],
      [ip('10.0.1.3'), 'broadcast', 1],
      [ip('10.0.2.0'), 'local', 2],
      [ip('10.0.3.7'), 'local', 2],
      [ip('10.0.4.4'), 'local', undefined],
    ]);
    expect(ownOf([])).toEqual([]);
  });

  it('are those of the first interface that has them, and local before all else', () => {
    const interfaces = [
      interfaceWith(1, '10.0.0.1/24'),
      interfaceWith(2, '10.0.0.1/24', '10.0.0.255/32'),
      interfaceWith(3, '10.0.0.0/32'),
    ];
    expect(ownOf(interfaces, ip('10.0.0.1'))).toEqual([
      [ip('10.0.0.0'), 'local', 3],
      [ip('10.0.0.1'), 'local', 1],
      [ip('10.0.0.255'), 'local', 2],
    ]);
  });
});

describe('connected routes', () => {
  it('are one for each subnet of an interface', () => {
    const interfaces = [
      interfaceWith(1, '10.0.0.1/24', '10.0.0.2/24', '10.0.0.3/25', '10.0.1.1/24'),
      interfaceWith(2, '10.0.0.9/24'),
    ];
    const to = (network: string, length: number, egress: number) => ({
      prefix: prefixOf(ip(network), length),
      type: 'connected',
      nexthops: [{ via: 0, egress, weight: 1 }],
      metric: 0,
      tos: undefined,
      origin: 'connected',
    });
    expect(connectedRoutes(interfaces)).toEqual([
      to('10.0.0.0', 24, 1),
      to('10.0.0.0', 25, 1),
      to('10.0.1.0', 24, 1),
      to('10.0.0.0', 24, 2),
    ]);
  });
});

describe('the ways to a prefix', () => {
  const HOPS = ['10.0.1.9', '10.0.1.8', '10.0.2.9'].map(ip);
  const hops: readonly NextHop[] = HOPS.map((via, at) => ({ via, egress: at < 2 ? 1 : 2, weight: at + 1 }));
  const routes = fc
    .record({
      type: fc.constantFrom<RouteType>('unicast', 'unicast', 'unicast', 'blackhole'),
      nexthops: fc.subarray([...hops], { minLength: 1 }),
      metric: fc.nat(3),
      tos: fc.constantFrom(undefined, undefined, 0, 8),
      length: fc.constantFrom(16, 16, 8),
    })
    .map(
      ({ length, type, nexthops, ...fields }): Route => ({
        ...fields,
        prefix: prefixOf(ip('10.9.0.0'), length),
        type,
        nexthops: type === 'unicast' ? nexthops : [],
        origin: 'runtime',
      }),
    );
  const lists = fc.uniqueArray(routes, {
    selector: ({ prefix, metric, tos }) => `${prefix.length} ${metric} ${tos}`,
    maxLength: 8,
    size: 'max',
  });
  const states = fc.array(
    fc.record({ up: fc.tuple(fc.boolean(), fc.boolean()), dead: fc.subarray([...HOPS]) }),
    { minLength: 2, maxLength: 4 },
  );

  it('are those of the lowest metric that work, by interfaces and neighbors as they are', () => {
    fc.assert(
      fc.property(lists, states, (all, changes) => {
        const interfaces = [interfaceWith(1, '10.0.1.1/24'), interfaceWith(2, '10.0.2.1/24')];
        const routing = new Routing({ interfaces, routes: all, ip: DEFAULT_SETTINGS.ip }, 1, () => {});
        const known = [...connectedRoutes(interfaces), ...all];
        const [told, wanted]: [unknown[], unknown[]] = [[], []];
        for (const { up, dead } of changes) {
          for (const [at, each] of interfaces.entries()) {
            each.up = up[at]!;
            each.dead.clear();
            for (const hop of dead) each.dead.add(hop);
          }
          routing.changed();
          const addresses = ['10.9.0.1', '10.0.1.77', '10.0.2.255', '10.0.1.1'].map(ip);
          told.push(addresses.map((each) => viewOf(routing.lookup(each))));
          wanted.push(addresses.map((each) => viewOf(naiveLookup(each, known, interfaces))));
          const { length } = routing.fib.prefixOf(ip('10.9.0.1')) ?? { length: -1 };
          told.push(length);
          wanted.push(naiveLookup(ip('10.9.0.1'), known, interfaces)?.prefix.length ?? -1);
          for (const place of routing.rib.placesIn(prefixOf(ip('10.9.0.0'), 8))) {
            const { metric, tos, nexthops } = place.path;
            const same = all.filter(
              (each) =>
                each.prefix.length === place.prefix.length && each.tos === tos && each.metric < metric,
            );
            // A better one is in use where one of its interfaces is up, or it needs none.
            const isUp = (each: readonly NextHop[]): boolean =>
              each.length === 0 || each.some(({ egress }) => interfaces[egress - 1]!.up);
            const isReached = (each: readonly NextHop[]): boolean =>
              each.length === 0 ||
              each.some(({ egress, via }) => interfaces[egress - 1]!.up && !dead.includes(via));
            if (!isUp(nexthops) || same.some((each) => isReached(each.nexthops))) {
              told.push(routing.isInUse(place));
              wanted.push(false);
            } else if (isReached(nexthops) && !same.some((each) => isUp(each.nexthops))) {
              told.push(routing.isInUse(place));
              wanted.push(true);
            }
          }
        }
        expect(told).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  const viewOf = (entry: Pick<FibEntry, 'kind' | 'interface' | 'way' | 'tosWays'> | undefined) =>
    entry && [entry.kind, entry.interface?.index, entry.way, [...entry.tosWays]];

  const wayOf = (type: RouteType, nexthops: readonly NextHop[], tos?: number): Way => ({
    type,
    tos,
    nexthops,
    totalWeight: nexthops.reduce((sum, { weight }) => sum + weight, 0),
  });

  it('to a connected network are there whoever answers in it, and none leads to an own address', () => {
    const [red, blue] = [interfaceWith(1, '10.0.1.1/24'), interfaceWith(2, '10.0.2.1/24')];
    const own: Route = { ...UNICAST, prefix: prefixOf(ip('10.0.1.1'), 32), nexthops: [hops[2]!] };
    const routing = new Routing(
      { interfaces: [red, blue], routes: [own], ip: DEFAULT_SETTINGS.ip },
      1,
      () => {},
    );
    red.dead.add(0);
    routing.put({ ...UNICAST, prefix: prefixOf(ip('10.0.1.0'), 24), metric: 5, nexthops: [hops[2]!] });
    expect(routing.lookup(ip('10.0.1.77'))?.way?.nexthops).toEqual([{ via: 0, egress: 1, weight: 1 }]);
    expect(viewOf(routing.lookup(ip('10.0.1.1')))).toEqual(['local', 1, undefined, []]);
  });

  it('ask for neighbors once after each change, however many addresses are looked up', () => {
    const [red, blue] = [interfaceWith(1, '10.0.1.1/24'), interfaceWith(2, '10.0.2.1/24')];
    let asked = 0;
    const { wire } = red;
    red.wire = {
      resolve: (nextHop) => {
        asked += 1;
        return wire.resolve(nextHop);
      },
    };
    const to: Route = { ...UNICAST, prefix: prefixOf(ip('10.9.0.0'), 16), nexthops: [hops[0]!] };
    const routing = new Routing(
      { interfaces: [red, blue], routes: [to], ip: DEFAULT_SETTINGS.ip },
      1,
      () => {},
    );
    const look = (): number => {
      for (let at = 0; at < 600; at += 1) routing.lookup(ip('10.9.0.0') + at);
      for (const place of routing.rib.placesIn(to.prefix)) routing.isInUse(place);
      return asked;
    };
    expect([look(), look()]).toEqual([1, 1]);
    routing.changed();
    expect(look()).toBe(2);
  });

  const UNICAST = { type: 'unicast', metric: 0, tos: undefined, origin: 'config' } as const;

  it('are found by the four bits of the type of service', () => {
    const entry: FibEntry = {
      kind: 'route',
      interface: undefined,
      way: wayOf('unicast', hops),
      tosWays: [wayOf('unicast', hops, 0x08), wayOf('prohibit', [], 0xf1)],
    };
    const [eight, sixteen] = entry.tosWays;
    expect([0x08, 0xe8, 0x09, 0x10, 0x11, 0x0a].map((tos) => wayFor(entry, tos))).toEqual([
      ...[eight, eight, eight, sixteen, sixteen],
      entry.way,
    ]);
    expect(wayFor({ ...entry, tosWays: [eight!], way: undefined }, 0x08)).toBe(eight);
    expect(wayFor({ ...entry, way: undefined }, 0)).toBeUndefined();
    expect(wayFor({ ...entry, tosWays: [] }, 0)).toBe(entry.way);
  });

  it.each<[RouteType, string]>([
    ['connected', 'host-unreachable'],
    ['blackhole', 'blackhole'],
    ['unreachable', 'unreachable-route'],
    ['prohibit', 'prohibit-route'],
    ['unicast', 'no-route'],
  ])('of type %s without a next hop are a reason to drop: %s', (type, reason) => {
    expect(onlyNextHop(wayOf(type, []))).toBe(reason);
  });

  it('with one next hop go by it, and with several by none of them alone', () => {
    expect(onlyNextHop(wayOf('unicast', hops.slice(1, 2)))).toBe(hops[1]);
    expect(onlyNextHop(wayOf('unicast', hops.slice(0, 2)))).toBeUndefined();
  });

  it('share flows among next hops by their weights, to the last hash', () => {
    const way = wayOf(
      'unicast',
      [1, 2, 1].map((weight, at) => ({ via: at, egress: 1, weight })),
    );
    const quarter = 2 ** 30;
    const hashes = [0, quarter - 1, quarter, 3 * quarter - 1, 3 * quarter, 4 * quarter - 1];
    expect(hashes.map((hash) => pickNextHop(way, hash).via)).toEqual([0, 0, 1, 1, 2, 2]);
  });
});
