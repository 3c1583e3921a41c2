import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageOf, placeIn, Segments } from '../../src/ip/segments.js';

/** Words of a whole page: 2 MiB. */
const PAGE = 524_288;

/** Writes a number to all words of a segment. */
const fill = (segments: Segments, segment: number, words: number, mark: number): void => {
  segments.pages[pageOf(segment)]!.fill(mark, placeIn(segment), placeIn(segment) + words);
};
const holds = (segments: Segments, segment: number, words: number, mark: number): boolean => {
  const held = segments.pages[pageOf(segment)]!.subarray(placeIn(segment), placeIn(segment) + words);
  return held.length === words && held.every((each) => each === mark);
};

describe('segments', () => {
  it('keep what is written to them, however many are allocated and released', () => {
    const anyStep = fc.record({ capacity: fc.constantFrom(1, 4, 8, 64), releases: fc.option(fc.nat()) });
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (steps, columns) => {
        const segments = new Segments(columns);
        const live: { segment: number; capacity: number; mark: number }[] = [];
        for (const [mark, { capacity, releases }] of steps.entries()) {
          const segment = segments.allocate(capacity);
          expect(segment).toBeGreaterThan(0);
          fill(segments, segment, capacity * columns, mark);
          live.push({ segment, capacity, mark });
          if (releases !== null) {
            const [gone] = live.splice(releases % live.length, 1);
            segments.release(gone!.segment, gone!.capacity);
          }
          for (const each of live)
            expect(holds(segments, each.segment, each.capacity * columns, each.mark)).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are used again for the same capacity, the last one that was released first', () => {
    const segments = new Segments(3);
    const [first, second, other] = [4, 4, 8].map((capacity) => segments.allocate(capacity)) as [
      ...[number, number, number],
    ];
    for (const each of [first, second]) segments.release(each, 4);
    segments.release(other, 8);
    expect([4, 8, 4].map((capacity) => segments.allocate(capacity))).toEqual([second, other, first]);
    expect([first, second, other]).not.toContain(segments.allocate(4));
  });

  it('of a router with few routes take little room, which doubles', () => {
    const segments = new Segments(1);
    const sizes = [62, 1, 64, 1, 200].map((words) => {
      segments.allocate(words);
      return segments.pages[0]!.length;
    });
    expect(sizes).toEqual([64, 64, 128, 256, 512]);
  });

  it('are moved only where the room that there is does not suffice', () => {
    const segments = new Segments(1);
    const [page] = segments.pages;
    for (const words of [62, 1]) segments.allocate(words);
    expect(segments.pages[0]).toBe(page);
    segments.allocate(1);
    expect(segments.pages[0]).not.toBe(page);
  });

  it('never lie across two pages, and fill each to its last word', () => {
    const segments = new Segments(1);
    const half = PAGE / 2;
    const all = [half, half - 1, half, half, 1].map((words) => segments.allocate(words));
    expect(all).toEqual([1, half + 1, PAGE, PAGE + half, 2 * PAGE]);
    expect(all.map(pageOf)).toEqual([0, 0, 1, 1, 2]);
    expect(all.map(placeIn)).toEqual([1, half + 1, 0, half, 0]);
    expect(segments.pages.map(({ length }) => length)).toEqual([PAGE, PAGE, PAGE]);
  });
});
