import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, formatPrefix, lastAddress, mask, type Prefix, prefixOf } from '../../src/address.js';
import type { Interface } from '../../src/interface.js';
import { connectedRoutes } from '../../src/ip/fib-compile.js';
import type { PlannedTable, Route, RoutePath } from '../../src/ip/route.js';
import { Routing } from '../../src/ip/routing.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import { ip } from '../support/datagram.js';
import { testInterface } from '../support/router.js';
import { naiveLookup } from './naive-fib.js';

const HOPS: readonly Address[] = ['192.0.2.2', '192.0.2.3', '198.51.100.2', '198.51.100.3'].map(ip);
const LOOPBACK = ip('10.0.0.77');

/** Three interfaces, one with an address among the routes. */
const interfaces = () => [
  testInterface('red', ['192.0.2.1/24'], { index: 1 }),
  testInterface('blue', ['198.51.100.1/24'], { index: 2 }),
  testInterface('green', ['10.0.33.1/26'], { index: 3 }),
];

const settingsWith = (loopback: Address | undefined) => ({ ...DEFAULT_SETTINGS.ip, loopback });

/** Few networks, so that prefixes nest and touch, within two /16 and around them. */
const prefixes: fc.Arbitrary<Prefix> = fc
  .tuple(fc.nat(1), fc.nat(255), fc.constantFrom(0, 1, 63, 64, 77, 128, 255), fc.integer({ min: 0, max: 32 }))
  .map(([second, third, last, length]) => {
    const address = (0x0a00_0000 | (second << 16) | (third << 8) | last) >>> 0;
    return prefixOf(address, length);
  });

const nexthops = fc
  .uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 })
  .map((places) => places.map((at) => ({ via: HOPS[at]!, egress: at < 2 ? 1 : 2, weight: at + 1 })));

const paths: fc.Arbitrary<RoutePath> = fc
  .record({
    type: fc.constantFrom('unicast' as const, 'unicast' as const, 'blackhole' as const, 'prohibit' as const),
    nexthops,
    metric: fc.nat(2),
    tos: fc.constantFrom(undefined, undefined, undefined, 0x08, 0x10),
  })
  .map(({ type, ...path }) => ({
    ...path,
    type,
    nexthops: type === 'unicast' ? path.nexthops : [],
    origin: 'runtime',
  }));

const routes: fc.Arbitrary<Route> = fc.tuple(prefixes, paths).map(([prefix, path]) => ({ prefix, ...path }));

type Step =
  | { readonly does: 'put'; readonly route: Route }
  | { readonly does: 'remove'; readonly at: number }
  | { readonly does: 'flap'; readonly at: number }
  | { readonly does: 'own'; readonly hop: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: routes.map((route): Step => ({ does: 'put', route })) },
  { weight: 4, arbitrary: fc.nat(1000).map((at): Step => ({ does: 'remove', at })) },
  { weight: 1, arbitrary: fc.nat(2).map((at): Step => ({ does: 'flap', at })) },
  { weight: 1, arbitrary: fc.nat(3).map((hop): Step => ({ does: 'own', hop })) },
);

const keyOf = ({ prefix, tos, metric }: Route): string => `${formatPrefix(prefix)} ${tos} ${metric}`;

/** Addresses at which the answer may change: the ends of prefixes, and their neighbors. */
const edgesOf = ({ prefix }: Route): Address[] => {
  const last = lastAddress(prefix);
  return [prefix.network, last, Math.max(0, prefix.network - 1), Math.min(2 ** 32 - 1, last + 1)];
};

/** Many routes elsewhere, so that the router has as many as make it cut them by their first bits. */
const MANY: readonly Route[] = Array.from({ length: 1100 }, (_, at) => ({
  prefix: { network: (0x14000000 + at * 0x2300) & mask(24), length: 24 },
  type: 'blackhole',
  nexthops: [],
  metric: 0,
  tos: undefined,
  origin: 'runtime',
}));

describe.each([
  ['few', [], 40],
  ['many', MANY, 15],
] as const)('with %s routes, the FIB', (_, others, numRuns) => {
  it('finds what a search through all routes finds, whatever changes', () => {
    fc.assert(
      fc.property(fc.array(steps, { minLength: 5, maxLength: 60 }), (all) => {
        const own = interfaces();
        const routing = new Routing(
          { interfaces: own, routes: others, ip: settingsWith(LOOPBACK) },
          1,
          () => {},
        );
        const wanted = new Map(connectedRoutes(own).map((route) => [keyOf(route), route]));
        const asked = new Set<Address>([
          0,
          2 ** 32 - 1,
          LOOPBACK,
          ...own.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
        ]);
        for (const step of all) {
          switch (step.does) {
            case 'put':
              routing.put(step.route);
              wanted.set(keyOf(step.route), step.route);
              for (const address of edgesOf(step.route)) asked.add(address);
              break;
            case 'remove': {
              const runtime = [...wanted.values()].filter(({ origin }) => origin === 'runtime');
              const route = runtime[step.at % Math.max(1, runtime.length)];
              if (route === undefined) break;
              expect(routing.remove(route)).toBe(true);
              expect(routing.remove(route)).toBe(false);
              wanted.delete(keyOf(route));
              break;
            }
            case 'flap':
              own[step.at]!.up = !own[step.at]!.up;
              routing.changed();
              break;
            case 'own': {
              const { dead } = own[step.hop < 2 ? 0 : 1]!;
              if (!dead.delete(HOPS[step.hop]!)) dead.add(HOPS[step.hop]!);
              routing.changed();
            }
          }
          const left = [...wanted.values()];
          for (const address of [...asked].slice(-8)) {
            const expected = naiveLookup(address, left, own, LOOPBACK);
            const found = routing.lookup(address);
            expect(
              found === undefined ? undefined : { ...viewOf(found), prefix: routing.fib.prefixOf(address) },
            ).toEqual(expected);
          }
        }
        const left = [...wanted.values()];
        for (const address of asked)
          expect(routing.fib.prefixOf(address)).toEqual(naiveLookup(address, left, own, LOOPBACK)?.prefix);
        expect(routing.rib.size).toBe(wanted.size + others.length);
        expect([...routing.rib].map(keyOf).toSorted()).toEqual(
          [...wanted.keys(), ...others.map(keyOf)].toSorted(),
        );
        for (const { prefix, list, path } of [...routing.rib.placesAfter(-1)].slice(0, 20))
          if (routing.isInUse({ prefix, list, path }))
            expect(
              path.nexthops.every(({ egress }) => !own[egress - 1]!.up),
              formatPrefix(prefix),
            ).toBe(path.nexthops.length === 0);
      }),
      { numRuns },
    );
  });
});

const viewOf = ({ kind, interface: of, way, tosWays }: NonNullable<ReturnType<Routing['lookup']>>) => ({
  kind,
  interface: of,
  way,
  tosWays: [...tosWays],
});

describe('a plan after another', () => {
  // Few of them, so that what is changed at run time is often what the plans have.
  const few = fc.tuple(fc.nat(3), fc.nat(1), paths).map(
    ([at, metric, path]): Route => ({
      ...path,
      prefix: prefixOf(0x0a00_0000, 14 + at),
      metric,
      tos: undefined,
    }),
  );
  const configured = few.map((route): Route => ({ ...route, origin: 'config' }));
  const plans = fc.record({
    listed: fc.uniqueArray(configured, { selector: keyOf, maxLength: 8 }),
    table: fc.uniqueArray(
      configured.map((route): Route => ({ ...route, tos: undefined })),
      { selector: keyOf, maxLength: 30 },
    ),
    isTableKept: fc.boolean(),
  });
  const act = fc.oneof(
    plans.map((plan) => ({ plan })),
    few.map((put) => ({ put })),
    few.map((remove) => ({ remove })),
    fc.nat(2).map((polls) => ({ polls })),
  );

  it('changes what differs, and leaves what was changed at run time', () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 3, maxLength: 25 }), (acts) => {
        const own = interfaces();
        const routing = new Routing({ interfaces: own, ip: settingsWith(undefined) }, 1, () => {});
        const connected = new Map(connectedRoutes(own).map((route) => [keyOf(route), route]));
        const wanted = new Map(connected);
        let planned = new Map<string, Route>();
        let table: PlannedTable = tableOf([]);
        let tableRoutes: readonly Route[] = [];
        for (const each of acts) {
          if ('put' in each && !connected.has(keyOf(each.put))) {
            routing.put(each.put);
            wanted.set(keyOf(each.put), each.put);
          } else if ('remove' in each && !connected.has(keyOf(each.remove))) {
            routing.remove(each.remove);
            wanted.delete(keyOf(each.remove));
          } else if ('polls' in each) {
            for (let poll = 0; poll < each.polls; poll += 1) routing.poll();
          } else if ('plan' in each) {
            const isUsable = ({ prefix, metric, tos }: Route): boolean =>
              !connected.has(keyOf({ prefix, metric, tos } as Route));
            const listed = each.plan.listed.filter(isUsable);
            if (!each.plan.isTableKept) {
              tableRoutes = each.plan.table.filter(isUsable);
              table = tableOf(tableRoutes);
            }
            const inTable = new Set(tableRoutes.map(keyOf));
            const plan = listed.filter((route) => !inTable.has(keyOf(route)));
            const next = new Map([...plan, ...tableRoutes].map((route) => [keyOf(route), route]));
            for (const [key, route] of next)
              if (JSON.stringify(planned.get(key)) !== JSON.stringify(route)) wanted.set(key, route);
            for (const key of planned.keys()) if (!next.has(key)) wanted.delete(key);
            planned = next;
            routing.apply(
              { interfaces: own, routes: plan, tables: [table], ip: settingsWith(undefined) },
              new Map(own.map(({ index }) => [index, index])),
            );
          }
          expect(routing.isFollowing).toBe(true);
          const rows = [...routing.rib].map((route) => [keyOf(route), route] as const);
          expect(new Map(rows)).toEqual(wanted);
        }
      }),
      { numRuns: 80 },
    );
  });

  it('takes the routes of run time that leave by an interface that goes, and renumbers the others', () => {
    const [red, blue, green] = interfaces() as readonly Interface[] as readonly [
      Interface,
      Interface,
      Interface,
    ];
    const routing = new Routing({ interfaces: [red, blue, green], ip: settingsWith(undefined) }, 1, () => {});
    const to = (third: number, ...over: number[]): Route => ({
      prefix: prefixOf(0x14000000 + third * 256, 24),
      type: 'unicast',
      nexthops: over.map((egress) => ({ via: HOPS[egress * 2 - 2]!, egress, weight: 1 })),
      metric: 0,
      tos: undefined,
      origin: 'runtime',
    });
    for (const route of [to(1, 1), to(2, 2), to(3, 1, 2)]) routing.put(route);
    blue.index = 1;
    green.index = 2;
    const plan = { interfaces: [blue, green], ip: settingsWith(undefined) };
    routing.apply(
      plan,
      new Map([
        [2, 1],
        [3, 2],
      ]),
    );
    expect([...routing.rib].filter(({ origin }) => origin === 'runtime')).toEqual([
      { ...to(2), nexthops: [{ via: HOPS[2], egress: 1, weight: 1 }] },
    ]);
    expect(routing.rib.size).toBe(3);
    expect(routing.lookup(0x14000101)).toBeUndefined();
    expect(routing.lookup(0x14000201)?.way?.nexthops).toMatchObject([{ egress: 1 }]);
  });

  it('follows in parts where they differ by many routes, and no prefix is without a route meanwhile', () => {
    const own = interfaces();
    const many = (via: Address, from: number): Route[] =>
      Array.from({ length: 8_000 }, (_, at) => ({
        prefix: { network: 0x14000000 + (from + at) * 256, length: 24 },
        type: 'unicast',
        nexthops: [{ via, egress: 1, weight: 1 }],
        metric: 0,
        tos: undefined,
        origin: 'config',
      }));
    const before = many(HOPS[0]!, 0);
    const after = many(HOPS[1]!, 1);
    const plan = (rows: readonly Route[]) => ({
      interfaces: own,
      tables: [tableOf(rows)],
      ip: settingsWith(undefined),
    });
    let changes = 0;
    const routing = new Routing(plan(before), 1, () => {
      changes += 1;
    });
    routing.apply(
      plan(after),
      new Map([
        [1, 1],
        [2, 2],
        [3, 3],
      ]),
    );
    const viaOf = ({ prefix }: Route) => routing.lookup(prefix.network)?.way?.nexthops[0]?.via;
    let polls = 0;
    while (!routing.isFollowing) {
      expect(before.slice(1).every((route) => viaOf(route) !== undefined)).toBe(true);
      routing.poll();
      polls += 1;
    }
    expect(polls).toBeGreaterThan(3);
    expect(changes).toBe(polls);
    expect(viaOf(before[0]!)).toBeUndefined();
    expect(after.every((route) => viaOf(route) === HOPS[1])).toBe(true);
  });
});

/** Routes as a plan has those of a file. */
const tableOf = (rows: readonly Route[]): PlannedTable => ({
  table: {
    size: rows.length,
    networkAt: (at) => rows[at]!.prefix.network,
    lengthAt: (at) => rows[at]!.prefix.length,
    wayAt: (at) => at,
    wayTo: (network, length, metric) => byKey(rows).get(`${network}/${length} ${metric}`) ?? -1,
  },
  ways: rows.map(({ prefix: _, ...path }) => path),
});

const indexes = new WeakMap<readonly Route[], Map<string, number>>();
const byKey = (rows: readonly Route[]): Map<string, number> => {
  const known = indexes.get(rows);
  if (known !== undefined) return known;
  const index = new Map(
    rows.map(({ prefix, metric }, at) => [`${prefix.network}/${prefix.length} ${metric}`, at]),
  );
  indexes.set(rows, index);
  return index;
};
