/** The most filters in a block: one bit each in 32 words of 32 bits. */
export const BLOCK = 1024;
const WORDS = BLOCK / 32;

/** Words of a row: a summary, then a bit for each filter of the block. */
export const ROW = 1 + WORDS;

/** The values, both ends included, that a filter accepts in one field; none if the first is the greater. */
export type Interval = readonly [least: number, most: number];

/** Sets the bit of a filter in a row, and the bit of its word in the summary. */
export const setBit = (rows: Int32Array, row: number, filter: number): void => {
  rows[row]! |= 1 << (filter >>> 5);
  rows[row + 1 + (filter >>> 5)]! |= 1 << (filter & 31);
};

/** Clears the bit of a filter in a row; the summary's, too, if it was the last one of its word. */
export const clearBit = (rows: Int32Array, row: number, filter: number): void => {
  const word = row + 1 + (filter >>> 5);
  rows[word]! &= ~(1 << (filter & 31));
  if (rows[word] === 0) rows[row]! &= ~(1 << (filter >>> 5));
};

/** The place of the lowest bit that is set in a word other than 0. */
export const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);

/**
 * Where a field has fewer values than this for each of its ranges, the range of each value is listed: ports from 16
 * ranges on (measured with 17), short fields always, addresses never.
 */
const VALUES_OF_RANGE = 4096;

/**
 * One field of datagrams, and which filters of a block accept which values of it.
 *
 * The ends of the filters' intervals cut the values into ranges that all filters treat alike. `starts[i]` is where range
 * i begins, and row i of `rows` has the bits of the filters that accept it. Never changed.
 *
 * Source: T. V. Lakshman, D. Stiliadis, High-Speed Policy-based Packet Forwarding Using Efficient Multi-dimensional Range
 * Matching, SIGCOMM 1998; the summaries: F. Baboescu, G. Varghese, Scalable Packet Classification, SIGCOMM 2001.
 */
export class Dimension {
  /** The field: its place among the keys of a datagram. */
  readonly field: number;
  readonly rows: Int32Array;
  readonly #starts: Uint32Array;
  /** The range of each value; undefined where a search is cheaper. */
  readonly #ranges: Uint16Array | undefined;

  /** `intervals` has one for each filter of the block; values go from 0 to `most`. */
  constructor(field: number, intervals: readonly Interval[], most: number) {
    this.field = field;
    const starts = startsOf(intervals, most);
    this.#starts = starts;
    this.rows = this.#rowsOf(intervals);
    if (most < starts.length * VALUES_OF_RANGE) this.#ranges = rangesOf(starts, most);
  }

  /** Where the row of a value begins in `rows`. */
  rowOf(value: number): number {
    const ranges = this.#ranges;
    return (ranges === undefined ? this.#search(value) : ranges[value]!) * ROW;
  }

  /** Each row is the one before it but for the filters whose intervals begin or end there. */
  #rowsOf(intervals: readonly Interval[]): Int32Array {
    const ranges = this.#starts.length;
    const ends: number[] = [];
    for (const [filter, [least, last]] of intervals.entries()) {
      if (least > last) continue;
      const behind = this.#search(last) + 1;
      ends.push((this.#search(least) * BLOCK + filter) * 2);
      if (behind < ranges) ends.push((behind * BLOCK + filter) * 2 + 1);
    }
    const inOrder = Float64Array.from(ends).sort();
    const rows = new Int32Array(ranges * ROW);
    for (let at = 0, next = 0; at < ranges; at++) {
      const row = at * ROW;
      if (at > 0) rows.copyWithin(row, row - ROW, row);
      for (; next < inOrder.length && inOrder[next]! < (at + 1) * BLOCK * 2; next++) {
        const end = inOrder[next]! - at * BLOCK * 2;
        if (end % 2 === 0) setBit(rows, row, end / 2);
        else clearBit(rows, row, (end - 1) / 2);
      }
    }
    return rows;
  }

  /** The range that a value is in. */
  #search(value: number): number {
    const starts = this.#starts;
    let low = 0;
    let end = starts.length;
    while (end - low > 1) {
      const middle = (low + end) >>> 1;
      if (starts[middle]! <= value) low = middle;
      else end = middle;
    }
    return low;
  }
}

/** Where ranges begin: at 0, and at each end of an interval. */
const startsOf = (intervals: readonly Interval[], most: number): Uint32Array => {
  const starts = new Set([0]);
  for (const [least, last] of intervals) {
    if (least > last) continue;
    starts.add(least);
    if (last < most) starts.add(last + 1);
  }
  return Uint32Array.from(starts).sort();
};

const rangesOf = (starts: Uint32Array, most: number): Uint16Array => {
  const ranges = new Uint16Array(most + 1);
  for (const [at, start] of starts.entries()) ranges.fill(at, start, starts[at + 1]);
  return ranges;
};
