import { describe, expect, it } from 'vitest';
import { SecondChance } from '../../src/ip/second-chance.js';

/** A house of numbers; `busy` are at work whenever they are asked, and each question is counted. */
const house = (capacity: number, busy: ReadonlySet<number>) => {
  let questions = 0;
  const asked = new Set<number>();
  const house = new SecondChance<number>(capacity, (item) => {
    questions += 1;
    const isFirst = !asked.has(item);
    asked.add(item);
    return busy.has(item) && isFirst;
  });
  return { house, questions: () => questions, again: () => asked.clear() };
};

describe('a full house', () => {
  it('takes what comes while there is room', () => {
    const { house: four, questions } = house(4, new Set());
    expect([1, 2, 3, 4].map((item) => four.put(item))).toEqual(Array(4).fill(undefined));
    expect(questions()).toBe(0);
  });

  it('lets go the first that is not at work', () => {
    const { house: four } = house(4, new Set([1, 3]));
    for (const item of [1, 2, 3, 4]) four.put(item);
    expect([5, 6, 7].map((item) => four.put(item))).toEqual([2, 4, 1]);
    // Those that came since are let go, too, when it is their turn.
    expect([8, 9, 10, 11, 12].map((item) => four.put(item))).toEqual([5, 3, 6, 7, 8]);
  });

  it('lets somebody go even where all are at work', () => {
    const { house: two } = house(2, new Set([1, 2]));
    two.put(1);
    two.put(2);
    expect(two.put(3)).toBe(1);
  });

  it('H10 asks two for each newcomer at most, whatever its size and however long it goes on', () => {
    const busy = new Set(Array.from({ length: 500 }, (_, at) => 2 * at));
    const { house: thousand, questions, again } = house(1000, busy);
    for (let item = 0; item < 1000; item += 1) thousand.put(item);
    for (let item = 1000; item < 101_000; item += 1) {
      if (item % 1000 === 0) again();
      thousand.put(item);
    }
    expect(questions()).toBeLessThanOrEqual(200_000);
  });
});
