import { pageOf, placeIn, Segments } from './segments.js';

/**
 * Words of a row: a segment, how many prefixes it has, how many it has room for, and the shorter prefix around all.
 *
 * An empty row has no segment, whatever its words say.
 */
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

/**
 * Segments of prefixes in order of network and length, each prefix with a word of its own.
 *
 * Prefixes nest or are disjoint. So the longest one that contains an address is the last that begins at or before
 * it, or the one around that, or the one around that: each knows the one it is in. A segment holds in three columns
 * where its prefixes begin, their words, and the place of the one around each, plus one, or 0.
 */
export class PrefixRows {
  readonly #segments = new Segments(COLUMNS);
  readonly pages: readonly Uint32Array[] = this.#segments.pages;
  /** A row for each segment. */
  readonly words: Uint32Array;

  constructor(count: number) {
    this.words = new Uint32Array(count * ROW);
  }

  /** Where a prefix of a segment begins; undefined after the last. */
  startAt(row: number, at: number): number | undefined {
    if (at >= this.words[row + COUNT]!) return undefined;
    const segment = this.words[row]!;
    return this.pages[pageOf(segment)]![placeIn(segment) + at]!;
  }

  /** The word of a prefix of a segment. */
  wordAt(row: number, at: number): number {
    const segment = this.words[row]!;
    return this.pages[pageOf(segment)]![placeIn(segment) + this.words[row + CAPACITY]! + at]!;
  }

  /** The place of the prefix around one, plus one; 0 if there is none in the segment. */
  aroundAt(row: number, at: number): number {
    const segment = this.words[row]!;
    return this.pages[pageOf(segment)]![placeIn(segment) + 2 * this.words[row + CAPACITY]! + at]!;
  }

  /** Gives a prefix of a segment another word. */
  setWord(row: number, at: number, word: number): void {
    const segment = this.words[row]!;
    this.pages[pageOf(segment)]![placeIn(segment) + this.words[row + CAPACITY]! + at] = word;
  }

  /** The place of the first prefix of a segment that comes after one. */
  after(row: number, network: number, length: number): number {
    const at = this.search(row, network, length);
    return at < 0 ? ~at : at + 1;
  }

  /** The place of a prefix in its segment, or the complement of the place where it belongs. */
  search(row: number, network: number, length: number): number {
    const segment = this.words[row]!;
    const page = this.pages[pageOf(segment)]!;
    const base = placeIn(segment);
    const words = base + this.words[row + CAPACITY]!;
    let low = 0;
    let high = this.words[row + COUNT]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = page[base + middle]!;
      const order = start === network ? (page[words + middle]! & LENGTH) - length : start - network;
      if (order < 0) low = middle + 1;
      else if (order > 0) high = middle;
      else return middle;
    }
    return ~low;
  }

  /** Puts a prefix at its place: it is in the one that it was in, and what it contains is in it. */
  insert(row: number, at: number, network: number, word: number): void {
    const count = this.words[row + COUNT]!;
    if (count === 0) this.#begin(row, SMALLEST);
    else if (count === this.words[row + CAPACITY]!) this.#enlarge(row, count);
    const capacity = this.words[row + CAPACITY]!;
    const segment = this.words[row]!;
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
    this.words[row + COUNT] = count + 1;
  }

  /** Takes a prefix out; returns the word of the one it was in, or 0. */
  remove(row: number, at: number): number {
    const count = this.words[row + COUNT]! - 1;
    const capacity = this.words[row + CAPACITY]!;
    const segment = this.words[row]!;
    const page = this.pages[pageOf(segment)]!;
    const base = placeIn(segment);
    const words = base + capacity;
    const arounds = words + capacity;
    const around = page[arounds + at]!;
    for (let i = at; i < count; i += 1) {
      page[base + i] = page[base + i + 1]!;
      page[words + i] = page[words + i + 1]!;
      const old = page[arounds + i + 1]!;
      page[arounds + i] = old > at + 1 ? old - 1 : old === at + 1 ? around : old;
    }
    this.words[row + COUNT] = count;
    if (count === 0) this.#segments.release(segment, capacity);
    return around === 0 ? 0 : page[words + around - 1]!;
  }

  #begin(row: number, capacity: number): void {
    this.words[row] = this.#segments.allocate(capacity);
    this.words[row + CAPACITY] = capacity;
  }

  #enlarge(row: number, before: number): void {
    const old = this.words[row]!;
    const capacity = before * 2;
    this.#begin(row, capacity);
    const segment = this.words[row]!;
    const from = this.pages[pageOf(old)]!;
    const to = this.pages[pageOf(segment)]!;
    for (let column = 0; column < COLUMNS; column += 1) {
      const start = placeIn(old) + column * before;
      to.set(from.subarray(start, start + before), placeIn(segment) + column * capacity);
    }
    this.#segments.release(old, before);
  }
}

/** Whether an address is in a prefix. */
export const isIn = (address: number, network: number, length: number): boolean =>
  length === 0 || (address ^ network) >>> (32 - length) === 0;
