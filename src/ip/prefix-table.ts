import { PrefixIndex } from './prefix-index.js';
import { COUNT, COVER, isIn, LENGTH, LENGTH_BITS, PrefixRows, ROW } from './prefix-rows.js';

/** With more prefixes than this, there is a row for each /16. */
const MOST_IN_ONE_ROW = 1024;

/** Where a prefix stands in the order of all: by network, then by length. */
export type PrefixKey = number;

export const keyOf = (network: number, length: number): PrefixKey => network * 64 + length;
export const BEFORE_ALL: PrefixKey = -1;

/**
 * Prefixes in order of network and length, each with a number from 1 to 2^26 - 1.
 *
 * Few prefixes are in one segment. Many are cut by their first 16 bits, so that a search is short and a change moves
 * few; those that are no longer than 16 are in a segment of their own, and each row says which of them is around it.
 */
export class PrefixTable {
  /** The last one is that of the short prefixes. */
  rows = new PrefixRows(2);
  /** The numbers by /24, of prefixes longer than 16 bits; undefined while there is one row. */
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
    return this.rows.words.length - ROW;
  }

  /** The number of a prefix; 0 if it is not there. */
  get(network: number, length: number): number {
    const row = this.#rowOf(network, length);
    const at = this.rows.search(row, network, length);
    return at < 0 ? 0 : this.rows.wordAt(row, at) >>> LENGTH_BITS;
  }

  /** Gives a prefix a number, whether it was there or not. */
  set(network: number, length: number, number: number): void {
    const row = this.#rowOf(network, length);
    const at = this.rows.search(row, network, length);
    const word = (number << LENGTH_BITS) | length;
    if (at >= 0) this.rows.setWord(row, at, word);
    else {
      this.rows.insert(row, ~at, network, word);
      this.#size += 1;
    }
    if (length <= this.#bits) this.#cover(network, length, word);
    else if (this.index !== undefined) this.index.forget(network, length);
    else if (this.rows.words[row + COUNT]! > MOST_IN_ONE_ROW) this.#cut();
  }

  /** Removes a prefix; false if it is not there. */
  delete(network: number, length: number): boolean {
    const row = this.#rowOf(network, length);
    const at = this.rows.search(row, network, length);
    if (at < 0) return false;
    const around = this.rows.remove(row, at);
    this.#size -= 1;
    if (length <= this.#bits) this.#uncover(network, length, around);
    else this.index?.forget(network, length);
    return true;
  }

  /** Fills in what the index says about the addresses around one. */
  fillIndex(index: PrefixIndex, address: number): void {
    const row = this.#rowAt(address);
    const [first, last] = index.begin(address);
    let at = this.rows.after(row, first, 0);
    let around = at;
    while (
      around > 0 &&
      !isIn(first, this.rows.startAt(row, around - 1)!, this.rows.wordAt(row, around - 1) & LENGTH)
    )
      around = this.rows.aroundAt(row, around - 1);
    if (around > 0) index.add(first, this.rows.wordAt(row, around - 1));
    for (
      let start = this.rows.startAt(row, at);
      start !== undefined && start <= last;
      start = this.rows.startAt(row, at)
    ) {
      index.add(start, this.rows.wordAt(row, at));
      at += 1;
    }
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
    const network = Math.max(0, Math.floor(after / 64));
    const length = after % 64;
    let row = this.#rowAt(network);
    let at = this.rows.after(row, network, length);
    const { shorts } = this;
    let short = this.rows.after(shorts, network, length);
    for (let left = most; ; ) {
      const nextShort = this.rows.startAt(shorts, short);
      const isShort = nextShort !== undefined && this.#rowAt(nextShort) === row;
      const start = isShort ? nextShort : this.rows.startAt(row, at);
      if (start === undefined) {
        row += ROW;
        at = 0;
        if (row === shorts) return undefined;
        continue;
      }
      const word = isShort ? this.rows.wordAt(shorts, short++) : this.rows.wordAt(row, at++);
      each(start, word & LENGTH, word >>> LENGTH_BITS);
      left -= 1;
      if (left === 0) return keyOf(start, word & LENGTH);
    }
  }

  /** The row of the prefixes around an address, but for the short ones. */
  #rowAt(address: number): number {
    return ((address >>> 16) >>> this.shift) * ROW;
  }

  #rowOf(network: number, length: number): number {
    return length <= this.#bits ? this.shorts : this.#rowAt(network);
  }

  /** The rows that a short prefix is around. */
  #rowsIn(network: number, length: number): readonly [first: number, end: number] {
    const first = this.#rowAt(network);
    return [first, first + 2 ** (this.#bits - length) * ROW];
  }

  #cover(network: number, length: number, word: number): void {
    const [first, end] = this.#rowsIn(network, length);
    for (let row = first; row < end; row += ROW)
      if ((this.rows.words[row + COVER]! & LENGTH) <= length) this.rows.words[row + COVER] = word;
  }

  #uncover(network: number, length: number, around: number): void {
    const [first, end] = this.#rowsIn(network, length);
    for (let row = first; row < end; row += ROW)
      if ((this.rows.words[row + COVER]! & LENGTH) === length) this.rows.words[row + COVER] = around;
  }

  /** Gives each /16 a row. */
  #cut(): void {
    const all: (readonly [network: number, length: number, number: number])[] = [];
    this.visit(BEFORE_ALL, this.#size, (...each) => void all.push(each));
    this.#bits = 16;
    this.shift = 0;
    this.index = new PrefixIndex();
    this.#size = 0;
    this.rows = new PrefixRows(2 ** this.#bits + 1);
    for (const [network, length, number] of all) this.set(network, length, number);
  }
}
