import { describe, expect, it } from 'vitest';
import { type Prefix, prefixOf } from '../../src/address.js';
import { RouteTable, type Way } from '../../src/config/route-table.js';
import { countTo, crowdingIn, mostToOnePrefix } from '../../src/config/table-crowds.js';

const way = (metric: number, type: Way['type'] = 'blackhole'): Way => ({ type, via: undefined, metric });
const P: Prefix = prefixOf(0x0a000000, 8);
const Q: Prefix = prefixOf(0x0a000000, 9);
/** A table with routes of these metrics to a prefix. */
const tableOf = (...routes: readonly (readonly [to: Prefix, metric: number])[]): RouteTable => {
  const table = new RouteTable('t', 't');
  expect(routes.every(([to, metric], at) => table.add(to, way(metric), at + 1))).toBe(true);
  return table;
};
const to = (prefix: Prefix, from: number, count: number) =>
  Array.from({ length: count }, (_, at): readonly [Prefix, number] => [prefix, from + at]);
/** What is found, and how often it let others have a turn. */
const found = (
  ...tables: RouteTable[]
): { readonly lines: readonly (readonly [number, number])[]; readonly turns: number } => {
  const pieces = crowdingIn(tables);
  for (let turns = 0; ; turns += 1) {
    const next = pieces.next();
    if (next.done === true)
      return { lines: next.value.map(({ table, route }) => [tables.indexOf(table), route.line]), turns };
  }
};

describe('of more than 256 routes to one prefix', () => {
  it('the first is found that is too many, once, in one table or in several', () => {
    expect(found(tableOf(...to(P, 0, 256)), tableOf(...to(Q, 300, 256)))).toEqual({ lines: [], turns: 0 });
    expect(found(tableOf(...to(Q, 0, 3), ...to(P, 0, 259), ...to(Q, 3, 255)))).toEqual({ lines: [[0, 260], [0, 516]], turns: 0 });
    expect(found(tableOf(...to(P, 0, 200)), tableOf(...to(Q, 0, 9), ...to(P, 200, 57)))).toEqual({ lines: [[1, 66]], turns: 0 });
  }); // biome-ignore format: short

  it('is looked for a piece at a time, and not at all where there are too few metrics', () => {
    const others = Array.from({ length: 10_000 }, (_, at): readonly [Prefix, number] => [
      prefixOf((0x14000000 + (at << 8)) >>> 0, 24),
      at % 257,
    ]);
    expect(found(tableOf(...others))).toEqual({ lines: [], turns: 2 });
    expect(found(tableOf(...others.slice(0, 4096)))).toEqual({ lines: [], turns: 1 });
    expect(found(tableOf(...others.slice(0, 4095)))).toEqual({ lines: [], turns: 0 });
    const few = others.map(([to, metric]): readonly [Prefix, number] => [to, metric % 256]);
    expect(found(tableOf(...few))).toEqual({ lines: [], turns: 0 });
  });
});

it('no more routes lead to a prefix than tables have metrics, and as many as are counted', () => {
  const tables = [tableOf(...to(P, 0, 3), ...to(Q, 1, 1)), tableOf(...to(P, 2, 2), ...to(Q, 9, 2))];
  expect([mostToOnePrefix([]), mostToOnePrefix(tables)]).toEqual([0, 7]);
  expect([countTo(P, tables), countTo(Q, tables), countTo(prefixOf(0, 0), tables)]).toEqual([5, 3, 0]);
});
