import type { Terminal } from './terminal.js';

const WARNINGS: ReadonlySet<unknown> = new Set(['warn', 'error', 'fatal']);

/** Whether an entry of a log weighs at least a warning. */
export const isWarning = (line: string): boolean => WARNINGS.has(entryOf(line)?.level);

/** Whether a line is what a program said as it crashed, and not an entry of the log. */
export const isStray = (line: string): boolean => entryOf(line) === undefined;

/** What makes a line of a log what is printed of it: for a person on a terminal, else a JSON object. */
export const lineFormat = async (
  { flags, isJson }: Terminal,
  { isTTY }: { readonly isTTY?: boolean | undefined },
  isColored: boolean,
): Promise<(line: string) => string> => {
  if (isTTY === true && !isJson) {
    const { prettyLine } = await import('../observe/log.js');
    const pretty = prettyLine(isColored);
    return (line) => (isStray(line) ? line : pretty(line).replace(/\n$/, ''));
  }
  return flags.json === true
    ? (line) => (isStray(line) ? JSON.stringify({ level: 'error', msg: line }) : line)
    : (line) => line;
};

const entryOf = (line: string): { readonly level?: unknown } | undefined => {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as { readonly level?: unknown };
  } catch {
    return undefined;
  }
};
