import { describe, expect, it } from 'vitest';
import { QueryBudget } from '../../../src/igmp/membership/last-member.js';
import { instant } from '../../../src/time.js';

/** How many series of so many may begin at once. */
const allowed = (budget: QueryBudget, count: number, milliseconds: number): number => {
  let sum = 0;
  for (let each = 0; each < count; each += 1) if (budget.allows(instant(milliseconds))) sum += 1;
  return sum;
};

describe('the budget of query series', () => {
  it('is 5000 at once, then one a millisecond, and never more than 5000', () => {
    const budget = new QueryBudget();
    expect(allowed(budget, 20_000, 0)).toBe(5000);
    expect(allowed(budget, 20_000, 1)).toBe(1);
    expect(allowed(budget, 20_000, 1001)).toBe(1000);
    expect(allowed(budget, 20_000, 3501)).toBe(2500);
    expect(allowed(budget, 20_000, 3_600_000)).toBe(5000);
  });

  it('keeps the parts of a series that have come back', () => {
    const budget = new QueryBudget();
    allowed(budget, 5000, 0);
    const sums = [0.5, 1, 1.5, 2].map((now) => allowed(budget, 10, now));
    expect(sums).toEqual([0, 1, 0, 1]);
  });

  it('loses nothing by a moment that comes before the last one', () => {
    const budget = new QueryBudget();
    expect(allowed(budget, 10, 1000)).toBe(10);
    expect(allowed(budget, 10_000, 0)).toBe(4990);
  });
});
