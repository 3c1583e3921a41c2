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
    const pieces = [...piecesOf({ first: table, second: [table] }, [])];
    const arrival = new Arrival([]);
    for (const piece of pieces) arrival.take(piece);
    const { first, second } = arrival.value as { first: RouteTable; second: RouteTable[] };
    expect(second[0]).toBe(first);
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
});
