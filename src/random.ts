/** Evenly distributed numbers, from 0 up to but not including 1. The core is always given one. */
export type Random = () => number;

/**
 * A generator that its seed determines, for tests, virtual time and repeatable impairment.
 *
 * Not for secrets. Real labs seed it from the system's entropy.
 * Source: Tommy Ettinger's Mulberry32 (public domain).
 */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
};

/**
 * A word of 32 bits that depends on every bit of another: equal words stay equal, neighbors have nothing in common.
 *
 * Source: the finalizer of MurmurHash3 (Austin Appleby, public domain).
 */
export const stirred = (word: number): number => {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

/** A number of 32 bits from a text. Source: FNV-1a, draft-eastlake-fnv §2. */
export const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
};

/** A whole number from 0 up to, but not including, `limit`. */
export const randomBelow = (random: Random, limit: number): number => Math.floor(random() * limit);
