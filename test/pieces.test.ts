import { describe, expect, it } from 'vitest';
import { finished, gathered, mapped } from '../src/pieces.js';

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
