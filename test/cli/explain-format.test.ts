import { describe, expect, it } from 'vitest';
import { formatExplanation } from '../../src/cli/explain-format.js';
import type { Explanation } from '../../src/explanation.js';
import { colors } from '../../src/text/colors.js';

const DROPPED: Explanation = {
  verdict: 'dropped',
  reason: 'filter-reject',
  steps: [
    { at: 'red', what: 'link', detail: 'to r1.red, the next hop of alice', source: 'RFC 1122 §3.3.1.2' },
    {
      at: 'a-long-name.red',
      what: 'drop',
      detail: 'filter-reject; admin-prohibited to 198.51.100.10',
      source: 'RFC 1812 §5.3.9',
    },
  ],
  icmp: { type: 3, code: 13, from: '198.51.100.1', to: '198.51.100.10' },
  delivered: [],
};

const linesAt = (width: number | undefined): readonly string[] =>
  formatExplanation(DROPPED, colors(false), width).split('\n');

describe('an explanation for a person', () => {
  it('has one step a line, however narrow the terminal', () => {
    for (const width of [120, 80, 60]) {
      const lines = linesAt(width);
      expect(lines).toHaveLength(1 + DROPPED.steps.length + 1);
      for (const line of lines.slice(0, -1)) expect(line.length).toBeLessThanOrEqual(width);
      expect(lines[1]).toContain('RFC 1122 §3.3.1.2');
    }
    expect(linesAt(80)[2]).toMatch(/^a-long-name\.red {2}drop {2}filter-reject; .*… {2}RFC 1812 §5\.3\.9$/);
  });

  it('is whole where nobody says how wide it may be, and ends with all of the verdict', () => {
    expect(linesAt(undefined)[2]).toContain('admin-prohibited to 198.51.100.10');
    expect(linesAt(60).at(-1)).toBe(
      'dropped: filter-reject; ICMP type 3 code 13 from 198.51.100.1 to 198.51.100.10',
    );
  });
});
