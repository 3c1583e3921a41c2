import { pageOf, placeIn, Segments } from './segments.js';

/** A group is so many addresses, 32 times a /24. */
export const GROUP_BITS = 13;
const GROUPS = 2 ** (32 - GROUP_BITS);
const SLOTS = 32;
const SLOT_BITS = 8;
/** The word of a /24 in which there are longer prefixes: the segment has to be searched. No prefix has that length. */
export const LONGER = 63;

const LENGTH = 63;

/**
 * What the prefixes longer than 16 bits say about each /24, so that a lookup reads two places in memory instead of
 * searching (measured: three times as fast with a million routes).
 *
 * A group of 32 neighboring /24s has one bit for each, which is set where the word is another than before, and a
 * segment of these words, one for each bit that is set. It is filled in when it is first needed, and forgotten when one
 * of its prefixes changes. Source: Degermark et al., "Small forwarding tables for fast routing lookups", 1997.
 */
export class PrefixIndex {
  /** The bits of each group, and its segment; 0 if it must be filled in. */
  readonly groups = new Uint32Array(2 * GROUPS);
  readonly #segments = new Segments(1);
  readonly pages: readonly Uint32Array[] = this.#segments.pages;
  /** The words of the group that is being filled in, by /24. */
  readonly #slots = new Uint32Array(SLOTS);

  /** A prefix longer than 16 bits has changed. */
  forget(network: number, length: number): void {
    const first = network >>> GROUP_BITS;
    const end = first + Math.max(1, 2 ** (32 - GROUP_BITS - length));
    for (let group = first; group < end; group += 1) {
      const segment = this.groups[2 * group + 1]!;
      if (segment === 0) continue;
      this.#segments.release(segment, bitCount(this.groups[2 * group]!));
      this.groups[2 * group + 1] = 0;
    }
  }

  /** Begins to fill in the group of an address; returns its first and last address. */
  begin(address: number): readonly [first: number, last: number] {
    this.#slots.fill(0);
    const first = ((address >>> GROUP_BITS) << GROUP_BITS) >>> 0;
    return [first, first + 2 ** GROUP_BITS - 1];
  }

  /** Adds the word of a prefix that is around the group or in it; what contains a prefix comes before it. */
  add(start: number, word: number): void {
    const length = word & LENGTH;
    const slot = (start >>> SLOT_BITS) & (SLOTS - 1);
    if (length > 32 - SLOT_BITS) this.#slots[slot] = LONGER;
    else this.#slots.fill(word, length < 32 - GROUP_BITS ? 0 : slot, slot + 2 ** (32 - SLOT_BITS - length));
  }

  end(address: number): void {
    let bits = 0;
    for (let slot = 0; slot < SLOTS; slot += 1)
      if (slot === 0 || this.#slots[slot] !== this.#slots[slot - 1]) bits |= 1 << slot;
    const segment = this.#segments.allocate(bitCount(bits));
    const page = this.pages[pageOf(segment)]!;
    let at = placeIn(segment);
    for (let slot = 0; slot < SLOTS; slot += 1)
      if ((bits & (1 << slot)) !== 0) page[at++] = this.#slots[slot]!;
    const group = address >>> GROUP_BITS;
    this.groups[2 * group] = bits;
    this.groups[2 * group + 1] = segment;
  }
}

/** How many bits of a word are set. Source: Warren, "Hacker's Delight", §5-1. */
export const bitCount = (word: number): number => {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};
