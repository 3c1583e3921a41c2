import { median, medianOf, ratioOf } from './turns.mjs';

/** A number with three digits that count, and thousands apart. */
export const shown = (value) => {
  if (!Number.isFinite(value)) return '–';
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
};

const row = (cells) => `| ${cells.join(' | ')} |`;

/** A table as Markdown; numbers are on the right. */
export const table = (head, rows) =>
  [row(head), row(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(row)].join('\n');

/**
 * Who is how fast in each case: the median, and in brackets the ratio to the floor. `results` are those of
 * `takeTurns`, by case.
 */
export const comparison = (results, floor, figure, scale = 1) => {
  const cases = Object.keys(results);
  const names = Object.keys(results[cases[0]]);
  const rows = names.map((name) => [
    name,
    ...cases.map((each) => {
      const value = shown(medianOf(results[each], name, figure) * scale);
      const ratio = ratioOf(results[each], name, floor, figure);
      return Number.isFinite(ratio) ? `${value} (${ratio.toFixed(2)})` : value;
    }),
  ]);
  return table(['', ...cases], rows);
};

/** The least and the most of all rounds. */
export const spread = (results, figure, scale = 1) => {
  const cases = Object.keys(results);
  const rows = Object.keys(results[cases[0]]).map((name) => [
    name,
    ...cases.map((each) => {
      const values = results[each][name].map((one) => one[figure] * scale);
      return `${shown(Math.min(...values))} to ${shown(Math.max(...values))}`;
    }),
  ]);
  return table(['', ...cases], rows);
};

/** One figure of each, the median. */
export const medians = (results, figure, show = shown) => {
  const cases = Object.keys(results);
  const rows = Object.keys(results[cases[0]]).map((name) => [
    name,
    ...cases.map((each) => show(median(results[each][name].map((one) => one[figure])))),
  ]);
  return table(['', ...cases], rows);
};
