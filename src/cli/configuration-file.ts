import { existsSync } from 'node:fs';
import type { Configuration, Problem } from '../config/configuration.js';
import type { ReadConfiguration } from '../config/read.js';
import { Failure } from '../failure.js';
import type { Terminal } from './terminal.js';

/** Tried in this order if no file is named. */
const DEFAULT_FILES = ['tunpike.yaml', 'lab.yaml'] as const;

/** What became of a configuration file. */
export interface ReadFile extends ReadConfiguration {
  readonly file: string;
  readonly text: string;
}

/** Reads and checks a file (`-` is stdin). An unreadable file is a `Failure` (3), and a problem in JSON. */
export const readConfigurationFile = async (
  named: string | undefined,
  terminal: Terminal,
): Promise<ReadFile> => {
  const { file, text } = await textOf(named, terminal);
  const { readConfiguration } = await import('../config/read.js');
  const { nameOf } = await import('../config/read-text.js');
  const shown = nameOf(file);
  return { file: shown, text, ...readConfiguration(text, shown) };
};

/** Prints errors and warnings; returns the configuration, or undefined if there are errors. */
export const acceptedConfiguration = async (
  read: ReadFile,
  terminal: Terminal,
): Promise<Configuration | undefined> => {
  if (read.configuration === undefined && terminal.isJson) printProblems(read, terminal);
  else await tellProblems(read, terminal);
  return read.configuration;
};

/** Every problem on stdout, as one array; on stderr, how many were left out of it. */
export const printProblems = ({ problems, omitted }: ReadFile, terminal: Terminal): void => {
  terminal.printJson(problems);
  if (omitted > 0) terminal.hint(`${omitted} more problems are not listed`);
};

/** Each problem on stderr, with the line it is about; a hundred at most, and how many more there are. */
export const tellProblems = async (
  { problems, text, ...read }: ReadFile,
  { io, errorColors, flags }: Terminal,
): Promise<void> => {
  const wanted = problems.filter(({ severity }) => severity === 'error' || flags.quiet !== true);
  if (wanted.length === 0) return;
  const { formatProblems } = await import('../config/problem.js');
  for (const each of formatProblems({ ...read, problems: wanted }, text, errorColors.isColorSupported))
    io.stderr.write(`${each}\n`);
};

const defaultFile = (): string => {
  const found = DEFAULT_FILES.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new Failure(
    3,
    `no configuration file: neither ${DEFAULT_FILES.join(' nor ')} exists`,
    'name a file, or write one: tunpike init',
  );
};

const textOf = async (
  named: string | undefined,
  terminal: Terminal,
): Promise<{ readonly file: string; readonly text: string }> => {
  const { readText } = await import('../config/read-text.js');
  try {
    const file = named ?? defaultFile();
    return { file, text: readText(file) };
  } catch (error) {
    if (terminal.isJson && error instanceof Failure)
      terminal.printJson([problemOf(named ?? DEFAULT_FILES[0], error)]);
    throw error;
  }
};

/** The problem of a file that cannot be read at all. */
export const problemOf = (file: string, { message, fix }: Failure): Problem => ({
  file,
  line: 1,
  column: 1,
  severity: 'error',
  code: 'E-YAML',
  path: '',
  message,
  fix: fix ?? '',
});
