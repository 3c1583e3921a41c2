import { describe, expect, it } from 'vitest';
import { finished, gathered, mapped, sorted } from '../src/pieces.js';

describe('a list that is made in pieces', () => {
  it('pauses after each so many, and has all in their order', () => {
    const made: number[] = [];
    const doubled = (): Generator<number, void> =>
      mapped([1, 2, 3, 4, 5], (each) => {
        made.push(each);
        return each * 2;
      });
    const counts: number[] = [];
    const pieces = gathered(doubled(), 2);
    let next = pieces.next();
    for (; next.done !== true; next = pieces.next()) counts.push(made.length);
    expect(counts).toEqual([2, 4]);
    expect(next.value).toEqual([2, 4, 6, 8, 10]);
    expect(finished(gathered([], 2))).toEqual([]);
  });
});

describe('a list that is put in order in pieces', () => {
  const ascending = (one: number, other: number) => one - other;

  it('is that list in order, however many pieces there were', () => {
    for (const count of [0, 1, 4, 5, 8, 9, 23, 100]) {
      const items = Array.from({ length: count }, (_, at) => (at * 37) % 41);
      expect([...finished(sorted(items, ascending, 4))]).toEqual([...items].sort(ascending));
    }
  });

  it('takes so many at once, and compares no more than it must for the first that is asked for', () => {
    let taken = 0;
    let compared = 0;
    const steps: number[] = [];
    const pieces = sorted(
      mapped([...Array(64).keys()].reverse(), (each) => {
        taken += 1;
        return each;
      }),
      (one, other) => {
        compared += 1;
        return one - other;
      },
      8,
    );
    let next = pieces.next();
    for (; next.done !== true; next = pieces.next()) steps.push(taken);
    expect(steps).toEqual([8, 16, 24, 32, 40, 48, 56, 64]);
    compared = 0;
    const [first] = next.value;
    expect([first, compared < 16]).toEqual([0, true]);
  });
});
