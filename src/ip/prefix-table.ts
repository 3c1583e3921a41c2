import { PrefixIndex } from './prefix-index.js';
import { pageOf, placeIn, Segments } from './segments.js';

/** Words of a row: a segment, how many prefixes it has, how many it has room for, and the shorter prefix around all. */
export const ROW = 4;
export const COUNT = 1;
export const CAPACITY = 2;
export const COVER = 3;

/** A word is a number and the length of its prefix. */
export const LENGTH_BITS = 6;
export const LENGTH = (1 << LENGTH_BITS) - 1;

/** Words for each prefix of a segment. */
const COLUMNS = 3;
const SMALLEST = 4;

/** With more prefixes than this, there is a row for each /16. */
const MOST_IN_ONE_ROW = 1024;

/** Where a prefix stands in the order of all: by network, then by length. */
export type PrefixKey = number;

export const keyOf = (network: number, length: number): PrefixKey => network * 64 + length;
export const BEFORE_ALL: PrefixKey = -1;

/**
 * Prefixes in order of network and length, each with a number from 1 to 2^26 - 1.
 *
 * Prefixes nest or are disjoint. So the longest one that contains an address is the last that begins at or before
 * it, or the one around that, or the one around that: each knows the one it is in. A segment holds in three columns
 * where its prefixes begin, their words, and the place of the one around each, plus one, or 0.
 *
 * Few prefixes are in one segment. Many are cut by their first 16 bits, so that a search is short and a change moves
 * few; those that are no longer than 16 are in a segment of their own, and each row says which of them is around it.
 */
export class PrefixTable {
  readonly #segments = new Segments(COLUMNS);
  readonly pages: readonly Uint32Array[] = this.#segments.pages;
  /** A row for each segment; the last one is that of the short prefixes. */
  rows = new Uint32Array(2 * ROW);
  /** What is longer than 16 bits, by /24; undefined while there is one row. */
  index: PrefixIndex | undefined;
  /** A prefix is short if it has no more bits than that, and is in the row that its first bits say. */
  #bits = 0;
  /** By how much the first 16 bits of an address are shifted to give its row. */
  shift = 16;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The row of the short prefixes. */
  get shorts(): number {
    return this.rows.length - ROW;
  }

  /** The number of a prefix; 0 if it is not there. */
  get(network: number, length: number): number {
    const row = this.#rowOf(network, length);
    const at = this.#search(row, network, length);
    return at < 0 ? 0 : this.#wordAt(row, at) >>> LENGTH_BITS;
  }

  /** Gives a prefix a number, whether it was there or not. */
  set(network: number, length: number, number: number): void {
    const row = this.#rowOf(network, length);
    const at = this.#search(row, network, length);
    const word = ((number << LENGTH_BITS) | length) >>> 0;
    if (at >= 0) this.#setWord(row, at, word);
    else {
      this.#insert(row, ~at, network, word);
      this.#size += 1;
    }
    if (length <= this.#bits) this.#cover(network, length, word);
    else if (this.index !== undefined) this.index.forget(network, length);
    else if (this.rows[row + COUNT]! > MOST_IN_ONE_ROW) this.#cut();
  }

  /** Removes a prefix; false if it is not there. */
  delete(network: number, length: number): boolean {
    const row = this.#rowOf(network, length);
    const at = this.#search(row, network, length);
    if (at < 0) return false;
    const around = this.#remove(row, at);
    this.#size -= 1;
    if (length <= this.#bits) this.#uncover(network, length, around);
    else this.index?.forget(network, length);
    return true;
  }

  /** Fills in what the index says about the addresses around one. */
  fillIndex(index: PrefixIndex, address: number): void {
    const row = ((address >>> 16) >>> this.shift) * ROW;
    const [first, last] = index.begin(address);
    let at = this.#search(row, first, 0);
    at = at < 0 ? ~at : at;
    let around = at;
    while (
      around > 0 &&
      !isIn(first, this.#startAt(row, around - 1)!, this.#wordAt(row, around - 1) & LENGTH)
    )
      around = this.#aroundAt(row, around - 1);
    if (around > 0) index.add(first, this.#wordAt(row, around - 1));
    for (
      let start = this.#startAt(row, at);
      start !== undefined && start <= last;
      start = this.#startAt(row, at)
    ) {
      index.add(start, this.#wordAt(row, at));
      at += 1;
    }
    index.end(address);
  }

  /**
   * Visits up to so many prefixes that come after a key, in order; returns the key of the last, or undefined if there
   * are no more. The table may change between two visits, and must not during one.
   */
  visit(
    after: PrefixKey,
    most: number,
    each: (network: number, length: number, number: number) => void,
  ): PrefixKey | undefined {
    const network = after < 0 ? 0 : Math.floor(after / 64);
    const length = after < 0 ? -1 : after % 64;
    let row = ((network >>> 16) >>> this.shift) * ROW;
    let at = this.#after(row, network, length);
    const { shorts } = this;
    let short = this.#after(shorts, network, length);
    for (let left = most; ; ) {
      const nextShort = this.#startAt(shorts, short);
      const isShort = nextShort !== undefined && ((nextShort >>> 16) >>> this.shift) * ROW === row;
      const start = isShort ? nextShort : this.#startAt(row, at);
      if (start === undefined) {
        row += ROW;
        at = 0;
        if (row === shorts) return undefined;
        continue;
      }
      const word = isShort ? this.#wordAt(shorts, short++) : this.#wordAt(row, at++);
      each(start, word & LENGTH, word >>> LENGTH_BITS);
      left -= 1;
      if (left === 0) return keyOf(start, word & LENGTH);
    }
  }

  #rowOf(network: number, length: number): number {
    return length <= this.#bits ? this.shorts : ((network >>> 16) >>> this.shift) * ROW;
  }

  #startAt(row: number, at: number): number | undefined {
    if (at >= this.rows[row + COUNT]!) return undefined;
    const segment = this.rows[row]!;
    return this.pages[pageOf(segment)]![placeIn(segment) + at]!;
  }

  #wordAt(row: number, at: number): number {
    const segment = this.rows[row]!;
    return this.pages[pageOf(segment)]![placeIn(segment) + this.rows[row + CAPACITY]! + at]!;
  }

  #aroundAt(row: number, at: number): number {
    const segment = this.rows[row]!;
    return this.pages[pageOf(segment)]![placeIn(segment) + 2 * this.rows[row + CAPACITY]! + at]!;
  }

  #setWord(row: number, at: number, word: number): void {
    const segment = this.rows[row]!;
    this.pages[pageOf(segment)]![placeIn(segment) + this.rows[row + CAPACITY]! + at] = word;
  }

  /** The place of the first prefix of a segment that comes after one. */
  #after(row: number, network: number, length: number): number {
    const at = this.#search(row, network, length);
    return at < 0 ? ~at : at + 1;
  }

  /** The place of a prefix in its segment, or the complement of the place where it belongs. */
  #search(row: number, network: number, length: number): number {
    const segment = this.rows[row]!;
    const page = this.pages[pageOf(segment)]!;
    const base = placeIn(segment);
    const words = base + this.rows[row + CAPACITY]!;
    let low = 0;
    let high = this.rows[row + COUNT]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = page[base + middle]!;
      const order = start === network ? (page[words + middle]! & LENGTH) - length : start - network;
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return ~low;
  }

  /** Puts a prefix at its place: it is in the one that it was in, and what it contains is in it. */
  #insert(row: number, at: number, network: number, word: number): void {
    const count = this.rows[row + COUNT]!;
    if (count === this.rows[row + CAPACITY]!) this.#enlarge(row);
    const capacity = this.rows[row + CAPACITY]!;
    const segment = this.rows[row]!;
    const page = this.pages[pageOf(segment)]!;
    const base = placeIn(segment);
    const words = base + capacity;
    const arounds = words + capacity;
    let around = at;
    while (around > 0 && !isIn(network, page[base + around - 1]!, page[words + around - 1]! & LENGTH))
      around = page[arounds + around - 1]!;
    for (let i = count; i > at; i -= 1) {
      page[base + i] = page[base + i - 1]!;
      page[words + i] = page[words + i - 1]!;
      const old = page[arounds + i - 1]!;
      page[arounds + i] = old > at ? old + 1 : old;
    }
    page[base + at] = network;
    page[words + at] = word;
    page[arounds + at] = around;
    const length = word & LENGTH;
    for (let i = at + 1; i <= count && isIn(page[base + i]!, network, length); i += 1)
      if (page[arounds + i] === around) page[arounds + i] = at + 1;
    this.rows[row + COUNT] = count + 1;
  }

  /** Takes a prefix out; returns the word of the one it was in, or 0. */
  #remove(row: number, at: number): number {
    const count = this.rows[row + COUNT]! - 1;
    const capacity = this.rows[row + CAPACITY]!;
    const segment = this.rows[row]!;
    const page = this.pages[pageOf(segment)]!;
    const base = placeIn(segment);
    const words = base + capacity;
    const arounds = words + capacity;
    const around = page[arounds + at]!;
    for (let i = at; i < count; i += 1) {
      page[base + i] = page[base + i + 1]!;
      page[words + i] = page[words + i + 1]!;
      const old = page[arounds + i + 1]!;
      page[arounds + i] = old === at + 1 ? around : old > at + 1 ? old - 1 : old;
    }
    this.rows[row + COUNT] = count;
    if (count === 0) {
      this.#segments.release(segment, capacity);
      this.rows[row + CAPACITY] = 0;
    }
    return around === 0 ? 0 : page[words + around - 1]!;
  }

  #enlarge(row: number): void {
    const before = this.rows[row + CAPACITY]!;
    const capacity = before === 0 ? SMALLEST : before * 2;
    const segment = this.#segments.allocate(capacity);
    if (before > 0) {
      const old = this.rows[row]!;
      const from = this.pages[pageOf(old)]!;
      const to = this.pages[pageOf(segment)]!;
      for (let column = 0; column < COLUMNS; column += 1) {
        const start = placeIn(old) + column * before;
        to.set(from.subarray(start, start + before), placeIn(segment) + column * capacity);
      }
      this.#segments.release(old, before);
    }
    this.rows[row] = segment;
    this.rows[row + CAPACITY] = capacity;
  }

  /** The rows that a short prefix is around. */
  #rowsIn(network: number, length: number): readonly [first: number, end: number] {
    const first = (network >>> 16) >>> this.shift;
    return [first * ROW, (first + 2 ** (this.#bits - length)) * ROW];
  }

  #cover(network: number, length: number, word: number): void {
    const [first, end] = this.#rowsIn(network, length);
    for (let row = first; row < end; row += ROW)
      if ((this.rows[row + COVER]! & LENGTH) <= length) this.rows[row + COVER] = word;
  }

  #uncover(network: number, length: number, around: number): void {
    const [first, end] = this.#rowsIn(network, length);
    for (let row = first; row < end; row += ROW)
      if ((this.rows[row + COVER]! & LENGTH) === length) this.rows[row + COVER] = around;
  }

  /** Gives each /16 a row. */
  #cut(): void {
    const all: (readonly [network: number, length: number, number: number])[] = [];
    this.visit(BEFORE_ALL, this.#size, (...each) => void all.push(each));
    for (const row of [0, ROW])
      if (this.rows[row + COUNT]! > 0) this.#segments.release(this.rows[row]!, this.rows[row + CAPACITY]!);
    this.#bits = 16;
    this.shift = 0;
    this.index = new PrefixIndex();
    this.#size = 0;
    this.rows = new Uint32Array((2 ** this.#bits + 1) * ROW);
    for (const [network, length, number] of all) this.set(network, length, number);
  }
}

/** Whether an address is in a prefix. */
const isIn = (address: number, network: number, length: number): boolean =>
  length === 0 || (address ^ network) >>> (32 - length) === 0;
