import { createColors } from 'picocolors';
import { visible } from '../text/visible.js';
import type { Problem } from './configuration.js';

/** How many characters of a long line are shown. */
const WIDEST = 100;

/**
 * Formats a problem for a person: place and message, the line with a marker, and the fix.
 *
 * `text` is the whole file. No newline at the end.
 */
export const formatProblem = (problem: Problem, text: string, isColored: boolean): string => {
  const { bold, cyan, dim, red, yellow } = createColors(isColored);
  const { file, line, column, severity, code, message, fix } = problem;
  const tint = severity === 'error' ? red : yellow;
  const heading = `${bold(`${file}:${line}:${column}:`)} ${tint(`${severity}[${code}]:`)} ${visible(message)}`;
  const source = text.split(/\r\n|\r|\n/)[line - 1] ?? '';
  const from = column > WIDEST ? column - WIDEST / 2 : 0;
  const shown = printable(source.slice(from, from + WIDEST));
  const gutter = `${line} | `;
  const marker = `${' '.repeat(gutter.length + column - 1 - from)}^`;
  return [heading, `${dim(gutter)}${shown}`, tint(marker), `${cyan('fix:')} ${visible(fix)}`].join('\n');
};

/** One column for each character, and nothing that a terminal would obey. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
