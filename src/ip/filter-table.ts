import type { Interface } from '../interface.js';
import { stirred } from '../random.js';
import { sameItems } from '../same-items.js';
import type { FilterEntry, Filtered } from './filter.js';
import { BLOCK, clearBit, type Dimension, lowestBit, ROW, setBit } from './filter-dimension.js';
import { dimensionOf, EGRESS, FIELDS, INGRESS, NO_EGRESS, readKeys } from './filter-fields.js';

/** Which filter decides depends on the egress, which is not known yet. */
export const DEPENDS = 'depends';

/** Where a datagram is asked about: behind its ingress only, or for an egress; `nowhere`: it does not leave. */
export type Whither = Interface | 'unknown' | 'nowhere';

/**
 * The compiled filters of a router: the first one that matches, in about the same time for one filter as for a thousand.
 *
 * Each field of a datagram gives a row of bits, one for each filter; a filter matches if it has its bit in all of them.
 * The only thing that changes is that a filter whose limit is reached is taken out; other filters make another table.
 */
export class FilterTable {
  readonly #blocks: readonly FilterBlock[];
  readonly #keys = new Uint32Array(FIELDS);

  /**
   * Filters in the order in which they are asked. Interfaces must have been numbered. What `last`, the table before it
   * with the same numbers, has compiled of the same filters need not be compiled again.
   */
  constructor(entries: readonly FilterEntry[], last?: FilterTable) {
    this.#blocks = Array.from({ length: Math.ceil(entries.length / BLOCK) }, (_, at) => {
      const first = at * BLOCK;
      const own = entries.slice(first, first + BLOCK);
      const known = last === undefined ? undefined : last.#blocks[at];
      return known?.has(own) === true ? known : new FilterBlock(own, first);
    });
  }

  /**
   * The first filter that matches a datagram, or undefined. With an unknown egress, `DEPENDS` if that decides.
   *
   * `draw` is a random word of 32 bits: the same one gives the same answer. `filtered` has what was decided about other
   * copies, and is told whether chance had a say; `missed` is told of the filters that match but for chance.
   */
  find(
    datagram: Uint8Array,
    ingress: Interface,
    whither: Whither,
    draw: number,
    filtered: Filtered,
    missed?: (entry: FilterEntry) => void,
  ): FilterEntry | typeof DEPENDS | undefined {
    const keys = this.#keys;
    readKeys(datagram, keys);
    keys[INGRESS] = ingress.index;
    keys[EGRESS] = typeof whither === 'string' ? NO_EGRESS : whither.index;
    const isEgressKnown = whither !== 'unknown';
    for (const block of this.#blocks) {
      const found = block.find(keys, isEgressKnown, draw, filtered, missed);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Takes out a filter: from now on it matches nothing. */
  takeOut(entry: FilterEntry): void {
    for (const block of this.#blocks) block.takeOut(entry);
  }
}

/** Up to `BLOCK` filters. Several blocks are asked in turn, so that memory grows only with the number of filters. */
class FilterBlock {
  readonly #entries: readonly FilterEntry[];
  /** The number of its first filter. */
  readonly #first: number;
  /** The fields that any of these filters looks at; the egress is the last one. */
  readonly #dimensions: readonly Dimension[];
  readonly #hasEgress: boolean;
  /** A row with the filters that may still match, then the rows of all dimensions (measured: one array is faster). */
  readonly #bits: Int32Array;
  /** Where the rows of each dimension begin in `bits`. */
  readonly #bases: readonly number[];
  /** Where the rows of the datagram at hand are in `bits`. */
  readonly #rows = new Int32Array(FIELDS);

  constructor(entries: readonly FilterEntry[], first: number) {
    this.#entries = entries;
    this.#first = first;
    const egress = dimensionOf(EGRESS, entries);
    const others = [...Array(FIELDS).keys()].filter((field) => field !== EGRESS);
    const dimensions = [...others.map((field) => dimensionOf(field, entries)), egress].filter(isNeeded);
    this.#dimensions = dimensions;
    this.#hasEgress = egress !== undefined;
    const bases: number[] = [];
    let end = ROW;
    for (const { rows } of dimensions) {
      bases.push(end);
      end += rows.length;
    }
    this.#bases = bases;
    this.#bits = new Int32Array(end);
    for (const at of entries.keys()) setBit(this.#bits, 0, at);
    for (const [at, { rows }] of dimensions.entries()) this.#bits.set(rows, bases[at]);
  }

  find(
    keys: Uint32Array,
    isEgressKnown: boolean,
    draw: number,
    filtered: Filtered,
    missed: ((entry: FilterEntry) => void) | undefined,
  ): FilterEntry | typeof DEPENDS | undefined {
    const bits = this.#bits;
    const rows = this.#rows;
    const dimensions = this.#dimensions;
    const count = dimensions.length - (this.#hasEgress && !isEgressKnown ? 1 : 0);
    let summary = bits[0]!;
    for (let at = 0; at < count; at++) {
      const dimension = dimensions[at]!;
      const row = this.#bases[at]! + dimension.rowOf(keys[dimension.field]!);
      rows[at] = row;
      summary &= bits[row]!;
    }
    for (; summary !== 0; summary &= summary - 1) {
      const word = lowestBit(summary);
      let matching = bits[1 + word]!;
      for (let at = 0; at < count; at++) matching &= bits[rows[at]! + 1 + word]!;
      for (; matching !== 0; matching &= matching - 1) {
        const at = word * 32 + lowestBit(matching);
        const entry = this.#entries[at]!;
        if (!isEgressKnown && entry.filter.out !== undefined) return DEPENDS;
        if (isSpent(entry, filtered)) continue;
        if (isDrawn(entry, this.#first + at, draw, filtered)) return entry;
        missed?.(entry);
      }
    }
    return undefined;
  }

  /** Whether it has these filters, and no other ones. */
  has(entries: readonly FilterEntry[]): boolean {
    return sameItems(entries, this.#entries);
  }

  takeOut(entry: FilterEntry): void {
    const at = this.#entries.indexOf(entry);
    if (at >= 0) clearBit(this.#bits, 0, at);
  }
}

const isNeeded = (dimension: Dimension | undefined): dimension is Dimension => dimension !== undefined;

/** Whether copies of the datagram at hand have already used up what is left of the filter's limit. */
const isSpent = (entry: FilterEntry, { decisions }: Filtered): boolean => {
  const { limit } = entry.filter;
  if (limit === undefined || decisions.length === 0) return false;
  return entry.decided + decisions.filter((each) => each.entry === entry).length >= limit;
};

/** Whether chance, if it has a say, is for the filter. */
const isDrawn = (
  { filter: { probability } }: FilterEntry,
  number: number,
  draw: number,
  filtered: Filtered,
): boolean => {
  if (probability === 1) return true;
  filtered.isByChance = true;
  return stirred(draw + Math.imul(number, 0x9e3779b1)) < probability * 2 ** 32;
};
