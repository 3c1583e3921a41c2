import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import type { Filter } from '../../src/ip/filter.js';
import { START } from '../../src/time.js';
import { datagram, ip } from '../support/datagram.js';
import { testInterface } from '../support/router.js';
import { filtersMade, named, RED } from './filters-made.js';

const many = (count: number): Filter[] => Array.from({ length: count }, (_, at) => named(`f${at}`));
const steps = (pieces: Iterable<unknown>): number => [...pieces].length;

describe('filters that are applied', () => {
  it('stay compiled as they are where nothing has changed', () => {
    const { filters, seen } = filtersMade();
    const plan = many(3);
    filters.apply(plan, [RED], START);
    const { table } = filters;
    filters.apply(plan, [RED], START);
    expect(filters.table).toBe(table);
    expect(seen.length).toBe(2);
    // The same in another list is another plan; but no filter is compiled again.
    filters.apply([...plan], [RED], START);
    expect(filters.table).not.toBe(table);
    expect(filters.table.blocks[0]).toBe(table.blocks[0]);
  });

  it('are compiled again where interfaces have changed places', () => {
    const [red, blue] = [1, 2].map((index) => testInterface(`i${index}`, [], { index }));
    const { filters } = filtersMade();
    const plan = [named('from red', { in: red! })];
    filters.apply(plan, [red!, blue!], START);
    const decides = (ingress: typeof red): boolean =>
      filters.table.find(datagram(), ingress!, 'nowhere', 0, { decisions: [], isByChance: false }) !==
      undefined;
    expect([decides(red), decides(blue)]).toEqual([true, false]);
    [red!.index, blue!.index] = [2, 1];
    filters.apply(plan, [blue!, red!], START);
    expect([decides(red), decides(blue)]).toEqual([true, false]);
  });

  it('count from the beginning where they were gone in between, whatever was prepared', () => {
    const { filters, receive } = filtersMade();
    const plan = [named('one')];
    filters.apply([], [RED], START);
    for (const _ of filters.prepare(plan, START));
    filters.apply(plan, [RED], START);
    expect(receive(datagram())).toBe('one');
    filters.apply([], [RED], START);
    filters.apply(plan, [RED], START);
    expect(filters.views(START).map(({ matched }) => matched)).toEqual([0]);
  });

  it('count from the beginning where they match other addresses', () => {
    const matched = (length: number): number => {
      const { filters, receive } = filtersMade();
      const from = (bits: number) => named('one', { match: { source: prefixOf(ip('10.0.0.0'), bits) } });
      filters.apply([from(8)], [RED], START);
      receive(datagram({ source: '10.0.0.1' }));
      filters.apply([from(length)], [RED], START);
      return filters.views(START)[0]!.matched;
    };
    expect([matched(8), matched(16)]).toEqual([1, 0]);
  });

  it.each([
    [255, 1],
    [256, 2],
    [511, 2],
    [512, 3],
    [2048, 10],
  ])('are prepared 256 at a time, and then a block at a time: %d', (count, expected) => {
    expect(steps(filtersMade().filters.prepare(many(count), START))).toBe(expected);
  });
});
