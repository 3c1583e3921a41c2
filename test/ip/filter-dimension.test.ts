import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import { FilterEntry } from '../../src/ip/filter.js';
import {
  BLOCK,
  clearBit,
  Dimension,
  type Interval,
  lowestBit,
  ROW,
  setBit,
} from '../../src/ip/filter-dimension.js';
import { dimensionOf, EGRESS, FIELDS, INGRESS } from '../../src/ip/filter-fields.js';
import { START } from '../../src/time.js';
import { ip } from '../support/datagram.js';
import { type FilterFields, filter } from '../support/filter.js';
import { testInterface } from '../support/router.js';

/** The filters that have a bit in a row, as far as the summary leads to them. */
const bitsOf = (rows: Int32Array, row: number, count = BLOCK): number[] =>
  [...Array(count).keys()].filter(
    (filter) =>
      ((rows[row]! >>> (filter >>> 5)) & 1) === 1 &&
      ((rows[row + 1 + (filter >>> 5)]! >>> (filter & 31)) & 1) === 1,
  );

describe('a row of bits', () => {
  it('is a summary, and a word for each 32 filters of a block', () => {
    expect([BLOCK, ROW]).toEqual([1024, 33]);
  });

  it('has the bits that were set and not cleared since, and touches no other row', () => {
    const acts = fc.array(
      fc.tuple(fc.boolean(), fc.constantFrom(0, 1, 31, 32, 33, 63, 64, 991, 1022, 1023)),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(acts, (all) => {
        const rows = new Int32Array(3 * ROW);
        const wanted = new Set<number>();
        for (const [isSet, filter] of all) {
          if (isSet) setBit(rows, ROW, filter);
          else clearBit(rows, ROW, filter);
          if (isSet) wanted.add(filter);
          else wanted.delete(filter);
        }
        // The summary has no bit for a word without any: that is what a lookup is quick by.
        const words = [...new Set([...wanted].map((each) => each >>> 5))];
        expect(rows[ROW]).toBe(words.reduce((summary, word) => summary | (1 << word), 0));
        expect(bitsOf(rows, ROW)).toEqual([...wanted].sort((a, b) => a - b));
        expect([...rows.subarray(0, ROW), ...rows.subarray(2 * ROW)].every((word) => word === 0)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('gives its lowest bit', () => {
    for (let bit = 0; bit < 32; bit += 1) {
      expect(lowestBit(1 << bit)).toBe(bit);
      expect(lowestBit((-1 << bit) | 0)).toBe(bit);
    }
  });
});

describe('a field of datagrams', () => {
  /** Few values at the edges of a field, so that intervals touch; some of them accept nothing. */
  const intervals = (values: readonly number[], least: number, most: number): fc.Arbitrary<Interval[]> =>
    fc.array(
      fc.tuple(fc.constantFrom(...values), fc.constantFrom(...values)).map(([a, b]): Interval => [a, b]),
      { minLength: least, maxLength: most },
    );

  it.each<[string, number, readonly number[], number, number]>([
    ['few ranges', 40, [0, 1, 2, 20, 39, 40], 1, 8],
    ['many ranges', 40, [...Array(41).keys()], 30, 64],
    ['all addresses', 0xffffffff, [0, 1, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff], 1, 8],
    ['many ports', 0x10000, [...Array(59).keys()].map((at) => at * 1111).concat(0xffff, 0x10000), 30, 64],
  ])(
    'gives each value the filters that accept it, and no more ranges than they make: %s',
    (_, most, values, least, count) => {
      fc.assert(
        fc.property(intervals(values, least, count), (all) => {
          const dimension = new Dimension(3, all, most);
          const accepts = (value: number): number[] =>
            all.flatMap(([least, last], filter) => (least <= value && value <= last ? [filter] : []));
          const asked = values
            .flatMap((value) => [value - 1, value, value + 1])
            .filter((value) => value >= 0 && value <= most);
          const found = asked.map((value) => bitsOf(dimension.rows, dimension.rowOf(value), all.length));
          expect(found).toEqual(asked.map(accepts));
          const cuts = all.flatMap(([least, last]) => (least <= last ? [least, last + 1] : []));
          const inside = new Set(cuts.filter((cut) => cut > 0 && cut <= most));
          expect(dimension.rows).toHaveLength((inside.size + 1) * ROW);
          expect(dimension.field).toBe(3);
        }),
        { numRuns: 15 },
      );
    },
  );
});

describe('the fields that filters look at', () => {
  const entries = (fields: readonly FilterFields[]): FilterEntry[] =>
    fields.map((each) => new FilterEntry(filter(each), START));
  const rangesOf = (place: number, ...fields: readonly FilterFields[]): number | undefined => {
    const dimension = dimensionOf(place, entries(fields));
    return dimension === undefined ? undefined : dimension.rows.length / ROW;
  };
  const last = { ...testInterface('last', []), serial: 0xffffffff };
  const everything = prefixOf(ip('255.255.255.255'), 32);

  it('are compiled only where a filter names one', () => {
    for (let place = 0; place < FIELDS; place += 1) expect(rangesOf(place, {}, {})).toBeUndefined();
  });

  it.each<[string, number, FilterFields, number]>([
    ['the ingress', INGRESS, { in: last }, 2],
    ['the egress', EGRESS, { out: last }, 2],
    ['the protocol', 2, { match: { protocol: 255 } }, 2],
    ['the source', 3, { match: { source: everything } }, 2],
    ['the destination', 4, { match: { destination: everything } }, 2],
    ['the source port, which some have not', 5, { match: { sourcePort: 65_535 } }, 3],
    ['the destination port, which some have not', 6, { match: { destinationPort: 65_535 } }, 3],
    ['the size', 7, { match: { sizeOver: 65_534 } }, 2],
    ['a size that nothing has', 7, { match: { sizeOver: 65_535 } }, 1],
    ['DF', 8, { match: { df: true } }, 2],
  ])('end where their values do: %s', (_, place, fields, ranges) => {
    expect(rangesOf(place, fields)).toBe(ranges);
    expect(rangesOf(place, {}, fields)).toBe(ranges);
  });
});
