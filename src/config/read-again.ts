import { statSync } from 'node:fs';
import { Failure } from '../failure.js';
import type { Configuration, Problem } from './configuration.js';
import { finishedInTurns } from './in-turns.js';
import { formatProblems } from './problem.js';
import { type ReadConfiguration, readConfiguration, readInPieces, routeFilesNamedIn } from './read.js';
import { readText } from './read-text.js';
import { RouteFiles } from './route-files.js';
import type { RouteTable } from './route-table.js';

/** Which file is read again, and how its problems are to read. */
export interface Rereading {
  readonly file: string;
  readonly isColored: boolean;
  /** Whether warnings are left out. */
  readonly isQuiet: boolean;
}

/** What was read; plain data but for the tables of routes. */
export interface Reread {
  /** Undefined if there is any error. */
  readonly configuration: Configuration | undefined;
  readonly problems: readonly Problem[];
  readonly omitted: number;
  readonly routeFiles: readonly string[];
  /** The problems for a person. */
  readonly report: readonly string[];
}

/**
 * Reads and checks the file of a running lab at once; tables of routes that have not changed stay those of `tables`.
 *
 * Throws a `Failure` (3) if it cannot be read, and (7) if it is a pipe.
 */
export const readAgain = (wanted: Rereading, tables: readonly RouteTable[]): Reread => {
  const { file } = wanted;
  const text = textOf(file);
  return reported(readConfiguration(text, file, false, new RouteFiles(tables)), text, wanted);
};

/** The same in the event loop, which turns in between where it can. */
export const readAgainInTurns = async (
  wanted: Rereading,
  tables: readonly RouteTable[],
  turn: () => Promise<void>,
): Promise<Reread> => {
  const { file } = wanted;
  const text = textOf(file);
  const files = new RouteFiles(tables);
  const routeFiles = await finishedInTurns(routeFilesNamedIn(text, file), turn);
  await turn();
  await files.prepare(routeFiles, turn);
  const read = await finishedInTurns(readInPieces(text, file, false, files), turn);
  await turn();
  return reported(read, text, wanted);
};

const textOf = (file: string): string => {
  // Whoever opens a pipe waits for somebody to write, and all traffic with him.
  if (isPipe(file))
    throw new Failure(7, `${file} is a pipe, which cannot be read again`, 'keep the configuration in files');
  return readText(file);
};

const isPipe = (file: string): boolean => {
  try {
    return statSync(file).isFIFO();
  } catch {
    // Who reads it says why it cannot be.
    return false;
  }
};

const reported = (read: ReadConfiguration, text: string, { isColored, isQuiet }: Rereading): Reread => {
  const { configuration, problems, omitted, routeFiles } = read;
  const shown = isQuiet ? { ...read, problems: problems.filter(isError) } : read;
  return {
    configuration,
    problems,
    omitted,
    routeFiles,
    report: [...formatProblems(shown, text, isColored)],
  };
};

const isError = ({ severity }: Problem): boolean => severity === 'error';
