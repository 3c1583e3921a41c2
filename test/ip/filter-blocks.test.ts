import { describe, expect, it } from 'vitest';
import { FilterEntry } from '../../src/ip/filter.js';
import { FilterBlock } from '../../src/ip/filter-block.js';
import { blocksOf, placesOf } from '../../src/ip/filter-blocks.js';
import { FilterTable } from '../../src/ip/filter-table.js';
import { seededRandom } from '../../src/random.js';
import { START } from '../../src/time.js';
import { datagram } from '../support/datagram.js';
import { filter } from '../support/filter.js';
import { testInterface } from '../support/router.js';

const entries = (count: number): FilterEntry[] =>
  Array.from({ length: count }, () => new FilterEntry(filter({ action: 'accept' }), START));
/** The filters of each block, by their places. */
const contents = (blocks: Iterable<FilterBlock>, all: readonly FilterEntry[]): (readonly number[])[] => {
  const places = placesOf(all);
  return [...blocks].map((block) => block.among(places).map((each) => places.get(each)!));
};
const sizes = (blocks: Iterable<FilterBlock>, all: readonly FilterEntry[]): number[] =>
  contents(blocks, all).map(({ length }) => length);
/** Which of the known blocks each one is; -1 where it is new. */
const reused = (all: readonly FilterEntry[], known: readonly FilterBlock[]): number[] =>
  [...blocksOf(all, known)].map((block) => known.indexOf(block));
const from = (first: number, count: number): number[] => Array.from({ length: count }, (_, at) => first + at);

describe('the blocks of filters', () => {
  it('have 1024 filters each, and none has none', () => {
    const all = entries(2048);
    expect(sizes(blocksOf(all, []), all)).toEqual([1024, 1024]);
    expect(sizes(blocksOf(all.slice(0, 1025), []), all)).toEqual([1024, 1]);
    expect(sizes(blocksOf([], []), all)).toEqual([]);
  });

  it('are used again where their filters still stand side by side, be it only one', () => {
    const all = entries(2048);
    const known = [...blocksOf(all, [])];
    expect(reused(all, known)).toEqual([0, 1]);
    expect(reused(all, known.toReversed())).toEqual([1, 0]);
    // Some of a block have gone.
    const some = [...all.slice(0, 5), ...all.slice(9)];
    expect(reused(some, known)).toEqual([0, 1]);
    const last = [...all.slice(0, 1024), all[2000]!];
    expect(reused(last, known)).toEqual([0, 1]);
    // Those of the first have changed places.
    const other = [all[1]!, all[0]!, ...all.slice(2)];
    const blocks = [...blocksOf(other, known)];
    expect([blocks[0] === known[0], blocks[1] === known[1]]).toEqual([false, true]);
    expect(contents(blocks, other)).toEqual([from(0, 1024), from(1024, 1024)]);
  });

  it('are used again as they are where nothing stands beside them, however few filters they have', () => {
    const all = entries(5);
    const known = [...blocksOf(all, [])];
    expect(reused(all, known)).toEqual([0]);
  });

  it('have what comes between them in blocks of its own', () => {
    const all = entries(2100);
    const known = [new FilterBlock(all.slice(0, 600)), new FilterBlock(all.slice(1200, 1900))];
    const blocks = [...blocksOf(all, known)];
    expect(contents(blocks, all)).toEqual([from(0, 600), from(600, 600), from(1200, 700), from(1900, 200)]);
    expect(reused(all, known)).toEqual([0, -1, 1, -1]);
  });

  it('have each filter once, of two blocks with the same that with more', () => {
    const all = entries(2000);
    const [few, more, across] = [all.slice(0, 600), all.slice(0, 1000), all.slice(900, 1600)].map(
      (each) => new FilterBlock(each),
    ) as [FilterBlock, FilterBlock, FilterBlock];
    for (const known of [
      [few, more, across],
      [across, more, few],
    ]) {
      const blocks = [...blocksOf(all, known)];
      expect(blocks[0]).toBe(more);
      expect(contents(blocks, all)).toEqual([from(0, 1000), from(1000, 1000)]);
    }
  });

  it('become one where they stand side by side and have no more than 512 filters together', () => {
    const all = entries(2000);
    const cut = (...lengths: readonly number[]) => {
      let at = 0;
      return lengths.map((length) => {
        at += length;
        return new FilterBlock(all.slice(at - length, at));
      });
    };
    const sizesOf = (...lengths: readonly number[]): number[] => {
      const count = lengths.reduce((sum, each) => sum + each, 0);
      return sizes(blocksOf(all.slice(0, count), cut(...lengths)), all);
    };
    expect(sizesOf(256, 256)).toEqual([512]);
    expect(sizesOf(256, 257)).toEqual([256, 257]);
    expect(sizesOf(100, 100, 100, 100)).toEqual([400]);
    expect(sizesOf(500, 400, 100, 12)).toEqual([500, 512]);
    expect(sizesOf(3, 600, 4, 5)).toEqual([3, 600, 9]);
  });
});

describe('the chance of a filter', () => {
  it('is another one for each datagram, whatever the filter is called', () => {
    // Of all names, one of a few from which only two bits are made.
    const one = new FilterEntry(filter({ name: 'chance-1381327', probability: 0.1 }), START);
    expect(one.salt).toBe(0x20010);
    const table = new FilterTable([one]);
    const red = testInterface('red', [], { index: 1 });
    const random = seededRandom(1);
    const octets = datagram();
    let hits = 0;
    for (let times = 0; times < 10_000; times += 1) {
      const draw = Math.floor(random() * 2 ** 32);
      const found = table.find(octets, red, 'nowhere', draw, { decisions: [], isByChance: false });
      if (found !== undefined) hits += 1;
    }
    expect(hits).toBeGreaterThan(900);
    expect(hits).toBeLessThan(1100);
  });
});
