import { colors } from '../text/colors.js';
import { printable, printableColumns } from '../text/printable.js';
import type { Problem } from './configuration.js';
import type { ReadConfiguration } from './read.js';

/** How many characters of a long line are shown. */
const WIDEST = 100;
/** How many problems a person is shown; the others are counted. */
const MOST_SHOWN = 100;

/**
 * Formats the problems of a file for a person, in file order: the first hundred, errors before warnings.
 *
 * `text` is the whole file. What is not shown is counted in the last item.
 */
export function* formatProblems(
  { problems, omitted, excerpts }: Pick<ReadConfiguration, 'problems' | 'omitted' | 'excerpts'>,
  text: string,
  isColored: boolean,
): Generator<string, void> {
  const lines = linesOf(text);
  const isError = ({ severity }: Problem): boolean => severity === 'error';
  const first = [...problems.filter(isError), ...problems.filter((each) => !isError(each))].slice(
    0,
    MOST_SHOWN,
  );
  const shown = new Set(first);
  for (const problem of problems)
    if (shown.has(problem)) {
      const excerpt = excerpts.get(problem);
      yield formatProblem(problem, excerpt ?? lines[problem.line - 1] ?? '', isColored);
    }
  const rest = problems.length - shown.size + omitted;
  if (rest > 0) yield `… and ${rest} more ${rest === 1 ? 'problem' : 'problems'}`;
}

/**
 * Formats a problem for a person: place and message, the line with a marker, and the fix.
 *
 * `source` is the line. No newline at the end, and nothing that a terminal obeys.
 */
export const formatProblem = (problem: Problem, source: string, isColored: boolean): string => {
  const { bold, cyan, dim, red, yellow } = colors(isColored);
  const { file, line, column, severity, code, message, fix } = problem;
  const tint = severity === 'error' ? red : yellow;
  const place = bold(`${printable(file)}:${line}:${column}:`);
  const heading = `${place} ${tint(`${severity}[${code}]:`)} ${printable(message)}`;
  const from = column > WIDEST ? column - WIDEST / 2 : 0;
  const shown = printableColumns(source.slice(from, from + WIDEST));
  const gutter = `${line} | `;
  const marker = `${' '.repeat(gutter.length + column - 1 - from)}^`;
  return [heading, `${dim(gutter)}${shown}`, tint(marker), `${cyan('fix:')} ${printable(fix)}`].join('\n');
};

/** The lines of a file, as places count them. */
const linesOf = (text: string): readonly string[] => text.split(/\r\n|\r|\n/);
