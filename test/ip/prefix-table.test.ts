import { describe, expect, it } from 'vitest';
import { type Prefix, prefixOf } from '../../src/address.js';
import { BEFORE_ALL, keyOf, type PrefixKey, PrefixTable } from '../../src/ip/prefix-table.js';
import { seededRandom } from '../../src/random.js';
import { NaivePrefixes, someBlock, somePrefix } from './naive-prefixes.js';

const MOST = 2 ** 26 - 1;

/** A long list as a text, which is compared quickly. */
const textOf = (rows: unknown): string => JSON.stringify(rows);

/** All prefixes of a table, looked at so many at once. */
const visited = (table: PrefixTable, most: number, from: PrefixKey = BEFORE_ALL): string => {
  const rows: (readonly [number, number, number])[] = [];
  for (let last: PrefixKey | undefined = from; last !== undefined; ) {
    const before = rows.length;
    last = table.visit(last, most, (...row) => void rows.push(row));
    if (last === undefined) continue;
    const [network, length] = rows.at(-1)!;
    if (rows.length - before !== most || last !== keyOf(network, length)) return 'a piece of another length';
  }
  return textOf(rows);
};

/** A table that was built up and changed at random, and what must be in it. */
const grown = (seed: number, counts: readonly number[], pick = somePrefix) => {
  const random = seededRandom(seed);
  const table = new PrefixTable();
  const model = new NaivePrefixes();
  const wrong: string[] = [];
  const check = (what: string, is: unknown, wanted: unknown): void => {
    if (is !== wanted) wrong.push(`${what}: ${is}, not ${wanted}`);
  };
  const known: Prefix[] = [];
  for (const count of counts)
    for (let step = 0; model.size !== count && step < 4 * 2500; step += 1) {
      const isGrowing = random() < (model.size < count ? 0.85 : 0.15);
      const prefix =
        isGrowing || known.length === 0
          ? pick(random)
          : known.splice(Math.floor(random() * known.length), 1)[0]!;
      const { network, length } = prefix;
      if (isGrowing) {
        const number = 1 + Math.floor(random() * MOST);
        table.set(network, length, number);
        model.set(prefix, number);
        known.push(prefix);
      } else check('was there', table.delete(network, length), model.delete(prefix));
      check('number', table.get(network, length), model.get(prefix));
      check('size', table.size, model.size);
    }
  return { table, model, wrong };
};

describe('a table of prefixes', () => {
  it.each<[string, readonly number[]]>([
    ['few', [60, 10, 90]],
    ['many', [1100, 800, 1150]],
    ['none any more, of few', [60, 0]],
    ['none any more, of many', [1060, 0]],
  ])('has those that were put into it and not taken out, in order: %s', (_, counts) => {
    const { table, model, wrong } = grown(counts[0]!, counts);
    expect(wrong).toEqual([]);
    expect(model.size).toBe(counts.at(-1));
    const { rows } = model;
    for (const most of [1, 7, 256, Math.max(1, rows.length), 5000])
      expect(visited(table, most)).toBe(textOf(rows));
  });

  it('goes on after any prefix, whether it is there or not', () => {
    for (const count of [40, 1100]) {
      const { table, model } = grown(count, [count]);
      const { rows } = model;
      const others = [
        prefixOf(0x0a000000, 8),
        prefixOf(0x0a080000, 13),
        prefixOf(0xffffffff, 32),
        prefixOf(0, 0),
      ];
      const some = rows.filter((__, at) => at % Math.ceil(rows.length / 25) === 0);
      for (const [network, length] of [
        ...some,
        ...others.map((each) => [each.network, each.length] as const),
      ]) {
        const key = keyOf(network, length);
        expect(visited(table, 3, key)).toBe(textOf(rows.filter(([of, long]) => keyOf(of, long) > key)));
      }
    }
  });

  it('orders prefixes by network, then by length', () => {
    const table = new PrefixTable();
    const keys = [keyOf(0, 0), keyOf(0, 32), keyOf(1, 32), keyOf(0xfffffffe, 31), keyOf(0xffffffff, 32)];
    expect(keys).toEqual(keys.toSorted((a, b) => a - b));
    for (const key of keys.toReversed()) table.set(Math.floor(key / 64), key % 64, MOST);
    expect(visited(table, 2)).toBe(textOf(keys.map((key) => [Math.floor(key / 64), key % 64, MOST])));
  });

  it('gives a prefix that is there another number, and stays as large as it is', () => {
    const table = new PrefixTable();
    table.set(0x0a000000, 8, 1);
    table.set(0x0a000000, 8, MOST);
    expect([table.get(0x0a000000, 8), table.get(0x0a000000, 9), table.size]).toEqual([MOST, 0, 1]);
    expect([table.delete(0x0a000000, 9), table.delete(0x0a000000, 8), table.delete(0x0a000000, 8)]).toEqual([
      false,
      true,
      false,
    ]);
    expect([table.get(0x0a000000, 8), table.size]).toEqual([0, 0]);
  });

  it('has a row for each /16, and one for what is shorter, with more than 1024 prefixes', () => {
    const table = new PrefixTable();
    const add = (at: number): void => table.set(0x0a000000 + at, 32, 1);
    for (let at = 0; at < 1024; at += 1) add(at);
    expect([table.index, table.rows.words.length]).toEqual([undefined, 2 * 4]);
    add(1024);
    expect([table.index === undefined, table.rows.words.length]).toEqual([false, 65_537 * 4]);
    expect(table.size).toBe(1025);
  });

  const wordsOf = ({ rows: { pages } }: PrefixTable): number =>
    pages.reduce((sum, { length }) => sum + length, 0);

  it('needs no more memory however often prefixes come and go', () => {
    const table = new PrefixTable();
    const needed: number[] = [];
    const random = seededRandom(1);
    const some = Array.from({ length: 1500 }, () => someBlock(random));
    for (let round = 0; round < 12; round += 1) {
      const blocks = some.map(({ network, length }) => ({ network: network + round * 2 ** 24, length }));
      for (const { network, length } of blocks) table.set(network, length, 1);
      for (const { network, length } of blocks) table.delete(network, length);
      needed.push(wordsOf(table));
    }
    expect(table.size).toBe(0);
    expect(new Set(needed.slice(1)).size).toBe(1);
  });

  it('needs three words for a prefix, and some more as room to grow', () => {
    const [spread, dense] = [new PrefixTable(), new PrefixTable()];
    // Each has a place of its own, with room for three more.
    for (let at = 0; at < 1365; at += 1) spread.set(at * 0x10000, 17, 1);
    expect(wordsOf(spread)).toBe(2 ** 14);
    for (let at = 0; at < 1000; at += 1) dense.set(at * 256, 24, 1);
    expect(wordsOf(dense)).toBe(2 ** 13);
  });
});
