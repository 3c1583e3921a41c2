import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import { Arrival, type Piece, piecesOf } from '../../src/config/in-transit.js';
import { RouteTable } from '../../src/config/route-table.js';

const tableOf = (routes: number): RouteTable => {
  const table = new RouteTable('table.txt', '/tmp/table.txt');
  for (let at = 0; at < routes; at += 1)
    table.add(
      prefixOf((20 << 24) | (at << 8), 24),
      { type: 'unicast', via: 1 + (at % 3), metric: 0 },
      at + 1,
    );
  return table;
};

/** What arrives in another thread, and the pieces that it came in. */
const sent = (
  value: unknown,
  there: RouteTable[] = [],
  here: readonly RouteTable[] = [],
): { readonly arrived: unknown; readonly pieces: readonly Piece[] } => {
  const pieces = [...piecesOf(value, there)];
  const arrival = new Arrival(here);
  for (const piece of pieces) arrival.take(structuredClone(piece));
  return { arrived: arrival.value, pieces };
};

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom(undefined, null, true, 1, 'x'.repeat(9000)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.nat(), { minLength: 250, maxLength: 600 }),
    fc.dictionary(fc.constantFrom('k', 'l', 'm'), tie('value'), { noNullPrototype: true }),
    fc
      .array(fc.tuple(fc.constantFrom('x', 'y', 'z'), tie('value')), { maxLength: 3 })
      .map((entries) => new Map(entries)),
  ),
})).value;

describe('what goes to another thread', () => {
  it('arrives as it was, whatever it is', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(sent(value).arrived).toStrictEqual(value);
      }),
    );
  });

  it('comes in small pieces', () => {
    const routes = Array.from({ length: 5000 }, (_, at) => ({ to: { network: at, length: 24 }, metric: at }));
    const { arrived, pieces } = sent({ routers: new Map([['r1', { routes }]]) });
    expect(arrived).toStrictEqual({ routers: new Map([['r1', { routes }]]) });
    expect(Math.max(...pieces.map((piece) => JSON.stringify(piece).length))).toBeLessThan(8000);
  });

  it('keeps tables of routes, whose arrays are the same ones, each once', () => {
    const table = tableOf(5000);
    table.state = 'as of now';
    const pieces = [...piecesOf({ first: table, second: [table] }, [])];
    const arrival = new Arrival([]);
    for (const piece of pieces) arrival.take(piece);
    const { first, second } = arrival.value as { first: RouteTable; second: RouteTable[] };
    expect(second[0]).toBe(first);
    expect([first.file, first.place, first.state]).toEqual(['table.txt', '/tmp/table.txt', 'as of now']);
    expect(first.shared.networks.buffer).toBe(table.shared.networks.buffer);
    expect([...first]).toEqual([...table]);
    expect(first.ways).toEqual(table.ways);
    expect(first.firstOfWays).toEqual(table.firstOfWays);
    expect(first.find(prefixOf(20 << 24, 24), 0)).toEqual(table.find(prefixOf(20 << 24, 24), 0));
  });

  it('names the tables that are known there', () => {
    const [here, there] = [tableOf(3), tableOf(3)];
    const { arrived, pieces } = sent({ tables: [there] }, [there], [here]);
    expect((arrived as { tables: RouteTable[] }).tables[0]).toBe(here);
    expect(pieces).toContainEqual({ is: 'table', at: 0, key: 0 });
  });

  it('names a table that comes twice, whatever large things came before it', () => {
    const table = tableOf(3);
    const large = Array.from({ length: 300 }, (_, at) => at);
    const { arrived, pieces } = sent({ large, first: table, second: table });
    const { first, second } = arrived as { first: RouteTable; second: RouteTable };
    expect(pieces).toContainEqual({ is: 'table', at: 0, key: 'second' });
    expect([first instanceof RouteTable, second === first]).toEqual([true, true]);
  });
});

describe('a piece of what goes to another thread', () => {
  /** How many entries there are in each piece that has some, and in a piece that begins something 0. */
  const sizes = (value: unknown): number[] =>
    sent(value)
      .pieces.filter(({ is }) => is !== 'end')
      .map((piece) => (piece.is === 'entries' ? piece.entries.length : 0));
  const times = <Value>(count: number, value: Value): Value[] => Array(count).fill(value);

  it('has 256 values', () => {
    // A list is a value, too.
    expect(sizes(times(255, 1))).toEqual([1]);
    expect(sizes(times(256, 1))).toEqual([0, 256]);
    expect(sizes(times(600, 1))).toEqual([0, 256, 256, 88]);
    expect(sizes(new Map(times(600, 1).map((one, at) => [at, one])))).toEqual([0, 256, 256, 88]);
    expect(sizes(Object.fromEntries(times(600, 1).map((one, at) => [`k${at}`, one])))).toEqual([
      ...[0, 256, 256, 88],
    ]);
  });

  it('has whole lists and records, as many as there is room for', () => {
    expect(sizes(times(130, { a: 1, b: [2] }))).toEqual([0, 64, 64, 2]);
    expect(sizes(times(6, times(99, 1)))).toEqual([0, 2, 2, 2]);
    // One for which there would be room is not divided, and one that is more than a piece by itself is.
    expect(sizes([times(255, 1), times(255, 1), 1])).toEqual([0, 1, 1, 1]);
    expect(sizes([1, times(256, 1), times(255, 1)])).toEqual([0, 1, 0, 256, 1]);
  });

  it('has texts, of which each 64 characters are a value more', () => {
    expect(sizes(times(300, 'x'.repeat(63)))).toEqual([0, 256, 44]);
    expect(sizes(times(300, 'x'.repeat(64)))).toEqual([0, 128, 128, 44]);
    expect(sizes(times(300, 'x'.repeat(127)))).toEqual([0, 128, 128, 44]);
    expect(sizes(times(300, 'x'.repeat(128)))).toEqual([0, 85, 85, 85, 45]);
    // A long text by itself cannot be divided.
    expect(sizes(['x'.repeat(100_000), 1, 'x'.repeat(100_000)])).toEqual([0, 1, 1, 1]);
  });
});
