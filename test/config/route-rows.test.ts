import { describe, expect, it } from 'vitest';
import { type Prefix, prefixOf } from '../../src/address.js';
import { RouteTable, type Way } from '../../src/config/route-table.js';

const way = (metric: number, type: Way['type'] = 'blackhole'): Way => ({ type, via: undefined, metric });
/** A table with routes of these metrics to a prefix. */
const tableOf = (...routes: readonly (readonly [to: Prefix, metric: number])[]): RouteTable => {
  const table = new RouteTable('t', 't');
  expect(routes.every(([to, metric], at) => table.add(to, way(metric), at + 1))).toBe(true);
  return table;
};

describe('a table of routes', () => {
  it('has every route in the order in which they came, and finds each by prefix and metric', () => {
    const routes = Array.from({ length: 5000 }, (_, at) => ({
      to: prefixOf((0x0a000000 + ((at * 7919) % 4096) * 256) >>> 0, [24, 25, 32][at % 3]!),
      way: { type: 'unicast', via: 1 + (at % 5), metric: at % 4 } as const,
    }));
    const table = new RouteTable('file', 'place');
    expect([table.file, table.place, table.state, table.size]).toEqual(['file', 'place', undefined, 0]);
    const known = new Map<string, { to: Prefix; way: Way; line: number }>();
    const wasAdded = routes.map(({ to, way }, at) => {
      const key = `${to.network}/${to.length} ${way.metric}`;
      const isNew = !known.has(key);
      if (isNew) known.set(key, { to, way, line: at + 10 });
      return table.add(to, way, at + 10) === isNew;
    });
    expect(wasAdded).not.toContain(false);
    const all = [...known.values()];
    expect(table.size).toBe(all.length);
    expect([...table].map(({ to, way, line }) => ({ to, way: table.ways[way], line }))).toEqual(all);
    const at = [...all.keys()];
    expect(at.map((each) => [table.networkAt(each), table.lengthAt(each), table.ways[table.wayAt(each)]])).toEqual(
      all.map(({ to, way }) => [to.network, to.length, way]),
    );
    expect(all.map(({ to, way }) => table.find(to, way.metric))).toEqual([...table]);
    expect(all.map(({ to, way }) => table.wayTo(to.network, to.length, way.metric))).toEqual(
      at.map((each) => table.wayAt(each)),
    );
    expect([table.find(prefixOf(1, 32), 0), table.find(all[0]!.to, 9)]).toEqual([undefined, undefined]);
    expect([table.wayTo(1, 32, 0), table.wayTo(all[0]!.to.network, all[0]!.to.length, 9)]).toEqual([-1, -1]);
    expect(new Set(table.ways.map((each) => JSON.stringify(each))).size).toBe(table.ways.length);
    expect(table.firstOfWays.map(({ line, way }) => [line, way])).toEqual(
      table.ways.map((_, way) => [[...table].find((each) => each.way === way)!.line, way]),
    );
    expect(table.metrics).toEqual(new Set([0, 1, 2, 3]));
  }); // biome-ignore format: short

  it('tells ways apart by what they do, by next hop and by metric', () => {
    const table = new RouteTable('t', 't');
    const ways: readonly Way[] = [
      way(0),
      way(0, 'prohibit'),
      way(1),
      { type: 'unicast', via: 1, metric: 0 },
      { type: 'unicast', via: 2, metric: 0 },
      way(0),
    ];
    for (const [at, each] of ways.entries()) table.add(prefixOf(at << 8, 24), each, at);
    expect(table.ways).toEqual(ways.slice(0, 5));
    expect(Array.from({ length: 6 }, (_, at) => table.wayAt(at))).toEqual([0, 1, 2, 3, 4, 0]);
  });

  const many = (count: number): RouteTable =>
    tableOf(
      ...Array.from({ length: count }, (_, at): readonly [Prefix, number] => [
        prefixOf((at << 8) >>> 0, 24),
        at % 3,
      ]),
    );
  const turnsOf = (pieces: Generator<void, unknown>): number => {
    let turns = 0;
    while (pieces.next().done !== true) turns += 1;
    return turns;
  }; // biome-ignore format: short

  it('looks for what another has, too, a piece at a time, and once', () => {
    const [table, other] = [many(8192), tableOf([prefixOf(0, 0), 0], [prefixOf(0x300, 24), 0], [prefixOf(0x200, 24), 2], [prefixOf(0x100, 24), 0], [prefixOf(0, 25), 0])];
    const sharing = table.sharing(other);
    expect([sharing.next().done, sharing.next().done]).toEqual([false, false]);
    const shared = sharing.next();
    expect(shared).toEqual({ done: true, value: [2, 3].map((at) => ({ to: prefixOf(at << 8, 24), way: at % 3, line: at + 1 })) });
    for (let times = 0; times < 2; times += 1) expect(table.sharing(other).next()).toEqual(shared);
    expect([turnsOf(many(4095).sharing(other)), turnsOf(many(4096).sharing(other)), turnsOf(many(0).sharing(other))]).toEqual([0, 1, 0]);
  }); // biome-ignore format: short

  it('makes room a piece at a time where that takes a while, and is as before', () => {
    for (const [count, turns] of [[0, 0], [4095, 0], [4096, 1], [8192, 2]] as const) {
      const table = many(count);
      const before = [...table];
      expect(turnsOf(table.makeRoom(50_000))).toBe(turns);
      expect([...table]).toEqual(before);
      expect(before.map(({ to, way }) => table.find(to, table.ways[way]!.metric))).toEqual(before);
      expect([0, 1, 2].map((metric) => table.find(prefixOf(0, 0), metric))).toEqual(Array(3).fill(undefined));
      expect(turnsOf(table.makeRoom(50_000))).toBe(0);
    }
  }); // biome-ignore format: short
});
