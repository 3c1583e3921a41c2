import { stirred } from '../random.js';
import type { FilterEntry, Filtered } from './filter.js';
import { clearBit, type Dimension, lowestBit, ROW, setBit } from './filter-dimension.js';
import { dimensionOf, EGRESS, FIELDS } from './filter-fields.js';

/** Which filter decides depends on the egress, which is not known yet. */
export const DEPENDS = 'depends';

/** Up to `BLOCK` filters. Several blocks are asked in turn, so that memory grows only with the number of filters. */
export class FilterBlock {
  readonly #entries: readonly FilterEntry[];
  /** The fields that any of these filters looks at; the egress is the last one. */
  readonly #dimensions: readonly Dimension[];
  readonly #hasEgress: boolean;
  /** A row with the filters that may still match, then the rows of all dimensions (measured: one array is faster). */
  readonly #bits: Int32Array;
  /** Where the rows of each dimension begin in `bits`. */
  readonly #bases: readonly number[];
  /** Where the rows of the datagram at hand are in `bits`. */
  readonly #rows = new Int32Array(FIELDS);

  constructor(entries: readonly FilterEntry[]) {
    this.#entries = entries;
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
        if (isDrawn(entry, draw, filtered)) return entry;
        missed?.(entry);
      }
    }
    return undefined;
  }

  /** Those of its filters that are among others. */
  among(others: ReadonlyMap<FilterEntry, number>): readonly FilterEntry[] {
    return this.#entries.filter((each) => others.has(each));
  }

  /** Takes out whatever is not among others. */
  keep(others: ReadonlyMap<FilterEntry, number>): void {
    for (const [at, each] of this.#entries.entries()) if (!others.has(each)) clearBit(this.#bits, 0, at);
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
  { filter: { probability }, salt }: FilterEntry,
  draw: number,
  filtered: Filtered,
): boolean => {
  if (probability === 1) return true;
  filtered.isByChance = true;
  return stirred(draw ^ salt) < probability * 2 ** 32;
};
