import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fit, FragmentPieces } from '../../src/ip/fragment-pieces.js';

/** The same, told octet by octet: which of 64 has come, and where the end is. */
class Octets {
  readonly #have = new Set<number>();
  #end: number | undefined;

  fit(start: number, end: number, isLast: boolean): Fit {
    const all = Array.from({ length: end - start }, (_, at) => start + at);
    const isBehind = [...this.#have].some((at) => at >= end);
    if ((this.#end !== undefined && end > this.#end) || (isLast && isBehind)) return 'conflict';
    if (all.every((at) => this.#have.has(at))) return 'duplicate';
    return all.some((at) => this.#have.has(at)) ? 'conflict' : 'new';
  }

  add(start: number, end: number): void {
    for (let at = start; at < end; at += 1) this.#have.add(at);
  }

  endsAt(end: number): void {
    this.#end = end;
  }

  get wholeLength(): number | undefined {
    return this.#have.size === this.#end ? this.#end : undefined;
  }
}

describe('the pieces of a payload', () => {
  it('are told from duplicates and conflicts as one would octet by octet, in any order', () => {
    const anyPiece = fc.tuple(
      fc.nat(15),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(false, false, true),
    );
    fc.assert(
      fc.property(fc.array(anyPiece, { minLength: 5, maxLength: 30 }), (given) => {
        const [pieces, octets] = [new FragmentPieces(), new Octets()];
        for (const [start, length, isLast] of given) {
          const end = start + length;
          const fit = pieces.fit(start, end, isLast);
          expect(fit).toBe(octets.fit(start, end, isLast));
          if (fit === 'conflict') continue;
          if (fit === 'new') {
            pieces.add({ start, end, octets: new Uint8Array(length).fill(start + 1) });
            octets.add(start, end);
          }
          if (isLast) for (const each of [pieces, octets]) each.endsAt(end);
          expect(pieces.wholeLength).toBe(octets.wholeLength);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('hold one that covers several of them', () => {
    const pieces = new FragmentPieces();
    for (const start of [8, 0, 24, 16])
      pieces.add({ start, end: start + 8, octets: new Uint8Array(8).fill(start) });
    expect(pieces.fit(0, 32, false)).toBe('duplicate');
    expect(pieces.fit(0, 33, false)).toBe('conflict');
    pieces.endsAt(32);
    const whole = new Uint8Array(34);
    pieces.writeTo(whole, 1);
    const eight = (octet: number): number[] => new Array(8).fill(octet);
    expect([...whole]).toEqual([0, ...[0, 8, 16, 24].flatMap(eight), 0]);
  });
});
