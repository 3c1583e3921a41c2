import { describe, expect, it } from 'vitest';
import { idsOf, type Part } from './part.js';
import { runCase } from './run-case.js';
import { memory } from './targets/memory.js';

/** The tests of one half of the table: that it is whole, and every case of it in virtual time. */
export const testPart = (part: Part, count: number): void => {
  const { title, rows } = part;
  const ids = idsOf(part);

  describe(`the table of ${title}`, () => {
    it(`has ${count} rows, each written exactly once`, () => {
      expect(ids).toHaveLength(count);
      expect(rows.map(({ id }) => id).sort()).toEqual([...ids].sort());
    });

    it('has a case in every row, or says why there is none', () => {
      for (const { id, cases, inapplicable } of rows)
        expect(cases.length > 0, id).toBe(inapplicable === undefined);
    });

    it('names every case of a row differently', () => {
      for (const { id, cases } of rows)
        expect(new Set(cases.map((each) => each.title)).size, id).toBe(cases.length);
    });
  });

  for (const row of rows.filter(({ inapplicable }) => inapplicable === undefined))
    describe(`${row.id}: ${row.title}`, () => {
      for (const each of row.cases)
        it(`${row.id} ${each.title}`, async () => {
          const result = await runCase(each, memory);
          if (each.notBuilt === undefined) expect(result).toEqual({ outcome: 'pass' });
          else expect(result).toHaveProperty('outcome', 'deviates');
        });
    });
};
