import { describe, expect, it } from 'vitest';
import { type Address, prefixOf } from '../../src/address.js';
import {
  PlannedRoutes,
  performDifference,
  type RoutesPlan,
  removeGone,
} from '../../src/ip/planned-routes.js';
import { Rib } from '../../src/ip/rib.js';
import type { PlannedTable, Route, RoutePath } from '../../src/ip/route.js';

const [HERE, THERE]: readonly Address[] = [0xc0000202, 0xc0000203];

const pathBy = (via: Address | undefined, egress = 1, fields: Partial<RoutePath> = {}): RoutePath => ({
  type: via === undefined ? 'blackhole' : 'unicast',
  nexthops: via === undefined ? [] : [{ via, egress, weight: 1 }],
  metric: 0,
  tos: undefined,
  origin: 'config',
  ...fields,
});
const at = (place: number, path: RoutePath): Route => ({
  prefix: prefixOf(0x14000000 + place * 256, 24),
  ...path,
});
const many = (count: number, path: RoutePath, from = 0): Route[] =>
  Array.from({ length: count }, (_, place) => at(from + place, path));

const keyOf = ({ nexthops, metric }: RoutePath): string => JSON.stringify([nexthops, metric]);

/** Routes as those of a file, that go few ways. */
const tableOf = (routes: readonly Route[], ways: readonly RoutePath[]): PlannedTable => {
  const places = new Map(
    routes.map(({ prefix: { network, length }, metric }, place) => [`${network}/${length} ${metric}`, place]),
  );
  const keys = ways.map((way) => keyOf(way));
  const wayAt = (place: number): number => keys.indexOf(keyOf(routes[place]!));
  return {
    ways,
    table: {
      size: routes.length,
      networkAt: (place) => routes[place]!.prefix.network,
      lengthAt: (place) => routes[place]!.prefix.length,
      wayAt,
      wayTo: (network, length, metric) => {
        const place = places.get(`${network}/${length} ${metric}`);
        return place === undefined ? -1 : wayAt(place);
      },
    },
  };
};
const NOTHING: RoutesPlan = { routes: [], tables: [] };

/** A RIB that follows one plan after another; `follow` gives how many routes it has after each piece. */
const following = (looksAt: (rib: Rib) => unknown = ({ size }) => size) => {
  const rib = new Rib();
  let planned = new PlannedRoutes(NOTHING, rib.lists);
  const follow = (plan: Partial<RoutesPlan>): unknown[] => {
    const before = planned;
    planned = new PlannedRoutes({ ...NOTHING, ...plan }, rib.lists);
    const pieces = [...map(performDifference(rib, before, planned), () => looksAt(rib))];
    for (const _ of before.drop());
    return pieces;
  };
  return { rib, follow, planned: () => planned };
};
function* map<T>(of: Iterable<unknown>, each: () => T): Generator<T> {
  for (const _ of of) yield each();
}

describe('the routes of a plan', () => {
  it('are those listed, of which the first of a kind counts, and those of its tables', () => {
    const { rib, planned, follow } = following();
    const listed = [
      at(1, pathBy(HERE)),
      at(1, pathBy(THERE)),
      at(1, pathBy(THERE, 1, { metric: 1 })),
      at(1, pathBy(THERE, 1, { tos: 8 })),
    ];
    const rows = [at(2, pathBy(HERE)), at(3, pathBy(THERE, 1, { metric: 7 }))];
    const tables = [
      tableOf(rows.slice(0, 1), [pathBy(HERE)]),
      tableOf(rows.slice(1), [pathBy(HERE), pathBy(THERE, 1, { metric: 7 })]),
    ];
    follow({ routes: listed, tables });
    const [network] = [at(1, pathBy(HERE)).prefix.network];
    expect(
      [...planned().listed()].map(([first, length, { metric, tos }]) => [first, length, metric, tos]),
    ).toEqual([
      [network, 24, 0, undefined],
      [network, 24, 1, undefined],
      [network, 24, 0, 8],
    ]);
    const viaTo = (place: number, tos: number | undefined, metric: number) =>
      planned().pathTo(at(place, pathBy(HERE)).prefix.network, 24, tos, metric)?.nexthops[0]?.via;
    expect([viaTo(1, undefined, 0), viaTo(1, undefined, 1), viaTo(1, 8, 0)]).toEqual([HERE, THERE, THERE]);
    expect([viaTo(2, undefined, 0), viaTo(3, undefined, 7)]).toEqual([HERE, THERE]);
    // A table has only routes for all types of service.
    expect([viaTo(2, 8, 0), viaTo(2, undefined, 1), viaTo(1, 8, 1), viaTo(4, undefined, 0)]).toEqual(
      Array(4).fill(undefined),
    );
    expect([...rib]).toEqual([listed[0], listed[2], listed[3], ...rows]);
  });

  it.each([
    [255, 0],
    [256, 1],
    [511, 1],
    [512, 2],
  ])('have their paths dropped 256 routes at a time: %d', (count, pauses) => {
    const { follow, planned } = following();
    follow({ routes: many(count, pathBy(HERE)) });
    expect([...planned().drop()]).toHaveLength(pauses);
  });

  it('know a table that leads the same ways again', () => {
    const { planned, follow } = following();
    const table = tableOf(many(3, pathBy(HERE)), [pathBy(HERE), pathBy(THERE)]);
    follow({ tables: [tableOf([], []), table] });
    const has = (of: PlannedTable) => {
      const before = planned();
      follow({ tables: [of] });
      const isKnown = before.hasTable(planned().tables[0]!);
      follow({ tables: [tableOf([], []), table] });
      return isKnown;
    };
    expect(has(table)).toBe(true);
    expect(has({ ...table, ways: [pathBy(HERE), pathBy(HERE)] })).toBe(false);
    expect(has(tableOf(many(3, pathBy(HERE)), table.ways))).toBe(false);
  });

  it('keep their paths until they are dropped, though no prefix has them', () => {
    const { rib, follow } = following();
    const [listed, tabled] = [at(1, pathBy(HERE)), at(2, pathBy(THERE))];
    const tables = [tableOf([tabled], [pathBy(THERE)])];
    const uses = () => [HERE!, THERE!].map((via) => rib.usesNextHop(via));
    follow({ routes: [listed], tables });
    for (const route of [listed, tabled]) rib.remove(route);
    expect(uses()).toEqual([true, true]);
    for (const route of [listed, tabled]) rib.replace(route);
    expect([...rib]).toEqual([listed, tabled]);
    expect(rib.lists.all.filter((list) => list !== undefined)).toHaveLength(2);
    follow({});
    expect([rib.size, ...uses()]).toEqual([0, false, false]);
  });
});

describe('from one plan to another', () => {
  const routes = many(1024, pathBy(HERE));
  const ways = [pathBy(HERE)];

  it('is done in pieces of 256 routes, listed or not', () => {
    const { follow } = following();
    expect(follow({ routes })).toEqual([256, 512, 768, 1024]);
    expect(follow({ routes: routes.slice(0, 300) })).toEqual([1024, 1024, 856, 600, 344]);
    expect(follow({ tables: [tableOf(routes, ways)] })).toEqual([300, 512, 768, 1024, 1024]);
    expect(follow({ routes: routes.slice(512, 513) })).toEqual([769, 513, 258, 2]);
  });

  it('touches nothing of a table that both have, whatever was changed at run time', () => {
    const { rib, follow } = following();
    const table = tableOf(routes, ways);
    follow({ tables: [table] });
    rib.remove(at(5, pathBy(HERE)));
    rib.replace(at(6, pathBy(undefined)));
    expect(follow({ tables: [table], routes: [at(2000, pathBy(HERE))] })).toEqual([]);
    expect([rib.size, rib.find(at(5, pathBy(HERE))), rib.find(at(6, pathBy(HERE)))?.type]).toEqual([
      1024,
      undefined,
      'blackhole',
    ]);
  });

  it('changes at run time stay where the plans agree, route by route', () => {
    const { rib, follow } = following();
    const kept = many(4, pathBy(HERE));
    follow({ routes: kept, tables: [tableOf(many(4, pathBy(HERE), 10), ways)] });
    for (const place of [0, 10]) rib.remove(at(place, pathBy(HERE)));
    for (const place of [1, 11]) rib.replace(at(place, pathBy(THERE, 1, { origin: 'runtime' })));
    follow({ routes: kept.slice(0, 3), tables: [tableOf(many(3, pathBy(HERE), 10), ways)] });
    const rows = [...rib].map(({ prefix, origin }) => [(prefix.network >>> 8) & 255, origin]);
    expect(rows).toEqual([
      [1, 'runtime'],
      [2, 'config'],
      [11, 'runtime'],
      [12, 'config'],
    ]);
  });

  it('a route goes from the list into a table, and back, without being away', () => {
    const wasThere: boolean[] = [];
    const { follow } = following((rib) =>
      wasThere.push(routes.every((route) => rib.find(route) !== undefined)),
    );
    follow({ routes });
    wasThere.splice(0);
    follow({ tables: [tableOf(routes, ways)] });
    follow({ routes });
    expect(wasThere).toEqual(Array(16).fill(true));
  });
});

describe('routes whose interface has gone', () => {
  it('are hidden at once, and removed in pieces of 256 prefixes', () => {
    const rib = new Rib();
    const stays = at(5000, pathBy(THERE, 1));
    for (const route of [...many(600, pathBy(HERE, 2)), stays, at(7, pathBy(THERE, 1, { metric: 4 }))])
      rib.replace(route);
    expect(rib.lists.renumber(new Map([[1, 1]]))).toBe(true);
    const left = [at(7, pathBy(THERE, 1, { metric: 4 })), stays];
    expect([...rib]).toEqual(left);
    expect(rib.find(at(7, pathBy(HERE)))).toBeUndefined();
    expect(rib.routesTo(at(7, pathBy(HERE)).prefix)).toEqual(left.slice(0, 1));
    expect([...rib.placesAround(at(7, pathBy(HERE)).prefix.network)].map(({ path }) => path.metric)).toEqual([
      4,
    ]);
    expect([...rib.counts()].map(([, count]) => count).sort()).toEqual([1, 1]);
    expect([...map(removeGone(rib), () => rib.size)]).toEqual([346, 90, 2]);
    expect([...rib]).toEqual(left);
    expect([HERE!, THERE!].map((via) => rib.usesNextHop(via))).toEqual([false, true]);
  });

  it('can be replaced before they are removed', () => {
    const rib = new Rib();
    rib.replace(at(1, pathBy(HERE, 2)));
    rib.lists.renumber(new Map([[1, 1]]));
    expect(rib.add(at(1, pathBy(THERE, 1)))).toBe(true);
    expect([...map(removeGone(rib), () => rib.size)]).toEqual([1]);
    expect([...rib]).toEqual([at(1, pathBy(THERE, 1))]);
  });

  it('are told from those that lead by another interface that now has its number', () => {
    const rib = new Rib();
    rib.replace(at(1, pathBy(HERE, 1)));
    rib.replace(at(2, pathBy(HERE, 2)));
    expect(rib.lists.renumber(new Map([[2, 1]]))).toBe(true);
    expect(rib.lists.renumber(new Map([[1, 1]]))).toBe(false);
    for (const _ of removeGone(rib));
    rib.replace(at(3, pathBy(HERE, 1)));
    expect([...rib]).toEqual([at(2, pathBy(HERE, 1)), at(3, pathBy(HERE, 1))]);
    expect(rib.lists.all.filter((list) => list !== undefined)).toHaveLength(1);
  });
});
