import { describe, expect, it } from 'vitest';
import { groupOf, PENDING_GROUPS, ROW_IDS } from './ids.js';
import { ROWS } from './rows/index.js';
import { runIgmpCase } from './run-case.js';
import { memory } from './targets/memory.js';

describe('the table of IGMP and multicast', () => {
  it('has 231 rows, each written exactly once, in order', () => {
    expect(ROW_IDS).toHaveLength(231);
    const written = ROWS.map(({ id }) => id);
    const isMissed = (id: string): boolean => !PENDING_GROUPS.includes(groupOf(id));
    expect(written).toEqual(ROW_IDS.filter((id) => isMissed(id) || written.includes(id)));
  });

  it('has a case in every row, or says why there is none', () => {
    for (const { id, cases, inapplicable } of ROWS)
      expect(cases.length > 0, id).toBe(inapplicable === undefined);
  });

  it('names every case of a row differently', () => {
    for (const { id, cases } of ROWS)
      expect(new Set(cases.map(({ title }) => title)).size, id).toBe(cases.length);
  });
});

for (const { id, title, cases } of ROWS.filter((row) => row.inapplicable === undefined))
  describe(`${id}: ${title}`, () => {
    for (const each of cases)
      it(`${id} ${each.title}`, async () => {
        const result = await runIgmpCase(each, memory);
        if (each.notBuilt === undefined) expect(result).toEqual({ outcome: 'pass' });
        else expect(result).toHaveProperty('outcome', 'deviates');
      });
  });
