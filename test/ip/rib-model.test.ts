import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, contains, formatPrefix, isWithin, prefixOf } from '../../src/address.js';
import type { Own } from '../../src/ip/path-list.js';
import { BEFORE_ALL } from '../../src/ip/prefix-table.js';
import { Rib, type RoutePlace } from '../../src/ip/rib.js';
import type { Route, RoutePath } from '../../src/ip/route.js';

const HOPS: readonly Address[] = [0x0a000001, 0x0a000002, 0x0a000003];
const OWN: ReadonlyMap<Address, Own> = new Map([
  [0xc0000200, { kind: 'network', interface: undefined }],
  [0xc0000201, { kind: 'local', interface: undefined }],
]);

const prefixes = fc
  .tuple(
    fc.constantFrom(0, 0xc0000200, 0xc0000201, 0xc0000280, 0xffffffff),
    fc.constantFrom(0, 1, 24, 25, 31, 32),
  )
  .map(([address, length]) => prefixOf(address, length));

/** Few ways, so that routes often share one. */
const paths: fc.Arbitrary<RoutePath> = fc.record({
  type: fc.constantFrom('unicast' as const, 'blackhole' as const),
  nexthops: fc.constantFrom(
    [],
    [{ via: HOPS[0]!, egress: 1, weight: 1 }],
    [{ via: HOPS[0]!, egress: 1, weight: 2 }],
    [{ via: HOPS[0]!, egress: 2, weight: 1 }],
    [HOPS[1]!, HOPS[2]!].map((via) => ({ via, egress: 2, weight: 1 })),
    [HOPS[2]!, HOPS[1]!].map((via) => ({ via, egress: 2, weight: 1 })),
  ),
  metric: fc.constantFrom(0, 0, 1, 20),
  tos: fc.constantFrom(undefined, undefined, 0, 8),
  origin: fc.constantFrom('config' as const, 'runtime' as const),
});
const routes: fc.Arbitrary<Route> = fc.tuple(prefixes, paths).map(([prefix, path]) => ({ prefix, ...path }));

const acts = fc.oneof(
  { weight: 4, arbitrary: routes.map((replace) => ({ replace })) },
  { weight: 4, arbitrary: routes.map((add) => ({ add })) },
  { weight: 3, arbitrary: fc.nat(1000).map((removed) => ({ removed })) },
  { weight: 2, arbitrary: routes.map((remove) => ({ remove })) },
  { weight: 1, arbitrary: fc.boolean().map((hasOwn) => ({ hasOwn })) },
);

const keyOf = ({ prefix, tos, metric }: Route): string => `${formatPrefix(prefix)} ${tos} ${metric}`;
const byPlace = (a: Route, b: Route): number =>
  a.prefix.network - b.prefix.network ||
  a.prefix.length - b.prefix.length ||
  Number(a.tos !== undefined) - Number(b.tos !== undefined) ||
  (a.tos ?? 0) - (b.tos ?? 0) ||
  a.metric - b.metric;
const routeAt = ({ prefix, path: { type, nexthops, metric, tos, origin } }: RoutePlace): Route => ({
  prefix,
  type,
  nexthops,
  metric,
  tos,
  origin,
});
const pathText = ({ type, nexthops, metric, tos, origin }: RoutePath): string =>
  JSON.stringify([type, nexthops, metric, tos ?? 'all', origin]);
const tally = (counted: readonly (readonly [string, number])[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const [text, count] of counted) sums[text] = (sums[text] ?? 0) + count;
  return sums;
};

describe('the RIB', () => {
  it('has the routes that a list of all of them has, however they came and went', () => {
    const asked = fc.tuple(prefixes, routes);
    fc.assert(
      fc.property(fc.array(fc.tuple(acts, asked), { minLength: 5, maxLength: 40 }), (all) => {
        let changes = 0;
        const rib = new Rib(() => {
          changes += 1;
        });
        const model = new Map<string, Route>();
        const [told, wanted]: [unknown[], unknown[]] = [[], []];
        let hasOwn = false;
        let most = 0;
        for (const [act, [prefix, route]] of all) {
          const before = changes;
          let isChanged = true;
          if ('replace' in act) {
            rib.replace(act.replace);
            model.set(keyOf(act.replace), act.replace);
          } else if ('add' in act) {
            isChanged = !model.has(keyOf(act.add));
            told.push(rib.add(act.add));
            wanted.push(isChanged);
            if (isChanged) model.set(keyOf(act.add), act.add);
          } else if ('hasOwn' in act) {
            isChanged = hasOwn || act.hasOwn;
            hasOwn = act.hasOwn;
            rib.setOwn(hasOwn ? OWN : new Map());
          } else {
            const known = [...model.values()];
            const key = 'remove' in act ? act.remove : known[act.removed % Math.max(1, known.length)];
            if (key === undefined) continue;
            isChanged = model.delete(keyOf(key));
            told.push(rib.remove(key));
            wanted.push(isChanged);
          }
          const rows = [...model.values()].sort(byPlace);
          told.push(changes > before, rib.size, [...rib]);
          wanted.push(isChanged, rows.length, rows);
          told.push(rib.find(route), rib.routesTo(prefix), [...rib.placesIn(prefix)].map(routeAt));
          const isAt = ({ prefix: each }: Route) => formatPrefix(each) === formatPrefix(prefix);
          wanted.push(
            model.get(keyOf(route)),
            rows.filter(isAt),
            rows.filter((each) => isWithin(each.prefix, prefix)),
          );
          told.push(
            [...rib.placesAround(prefix.network)].map(routeAt),
            HOPS.map((hop) => rib.usesNextHop(hop)),
          );
          wanted.push(
            rows
              .filter((each) => contains(each.prefix, prefix.network))
              .sort((a, b) => a.prefix.length - b.prefix.length),
            HOPS.map((hop) => rows.some(({ nexthops }) => nexthops.some(({ via }) => via === hop))),
          );
          told.push(
            Object.fromEntries([...rib.counts()].map(([path, count]) => [pathText(path), 0 * count])),
          );
          wanted.push(Object.fromEntries(rows.map((each) => [pathText(each), 0])));
          most = Math.max(most, listsOf(rows, hasOwn).length);
          const users = rib.lists.all.flatMap((list) => list ?? []).map(({ users }) => users);
          told.push(users.sort());
          wanted.push(Object.values(tally(listsOf(rows, hasOwn).map((text) => [text, 1]))).sort());
        }
        expect(told).toEqual(wanted);
        // A number that is free is given again: the list before and after a change, and none at 0.
        expect(rib.lists.all.length).toBeLessThanOrEqual(most + 2);
      }),
      { numRuns: 60 },
    );
  });

  /** What is known of each prefix, as a text: prefixes of the same paths have the same, unless one is an own address. */
  const listsOf = (rows: readonly Route[], hasOwn: boolean): string[] => {
    const ofPrefix = new Map<string, string>();
    if (hasOwn) for (const [address] of OWN) ofPrefix.set(formatPrefix(prefixOf(address, 32)), `${address}`);
    for (const row of rows) {
      const key = formatPrefix(row.prefix);
      ofPrefix.set(key, `${ofPrefix.get(key) ?? ''} ${pathText(row)}`);
    }
    return [...ofPrefix.values()];
  };

  it('can be read while it changes', () => {
    const rib = new Rib();
    const at = (third: number): Route => ({
      prefix: prefixOf(0x0b000000 + third * 256, 24),
      type: 'blackhole',
      nexthops: [],
      metric: 0,
      tos: undefined,
      origin: 'runtime',
    });
    for (let third = 0; third < 1000; third += 2) rib.add(at(third));
    const read: number[] = [];
    for (const { prefix } of rib.placesAfter(BEFORE_ALL)) {
      const third = (prefix.network >>> 8) & 0xffff;
      read.push(third);
      if (third === 0) for (const each of [1, 999]) rib.add(at(each));
      if (third === 10) rib.remove(at(998));
    }
    // What was there before and after is read once, in order.
    expect(read.filter((third) => third % 2 === 0)).toEqual([...Array(499).keys()].map((each) => each * 2));
    expect(read).toContain(999);
    expect(read).toEqual(read.toSorted((a, b) => a - b));
  });
});
