import { existsSync, readFileSync } from 'node:fs';
import type { Configuration, Problem } from '../config/configuration.js';
import { Failure } from '../failure.js';
import type { Terminal } from './terminal.js';

/** Tried in this order if no file is named. */
const DEFAULT_FILES = ['tunpike.yaml', 'lab.yaml'] as const;

/** A configuration file, read and checked. */
export interface ReadFile {
  readonly file: string;
  readonly text: string;
  /** Undefined if there are errors. */
  readonly configuration: Configuration | undefined;
  readonly problems: readonly Problem[];
}

/** Reads and checks a file (`-` is stdin). An unreadable file is a `Failure` (3), and a problem in JSON. */
export const readConfigurationFile = async (
  named: string | undefined,
  terminal: Terminal,
): Promise<ReadFile> => {
  const { file, text } = readText(named, terminal);
  const { readConfiguration } = await import('../config/read.js');
  const shown = file === '-' ? 'stdin' : file;
  return { file: shown, text, ...readConfiguration(text, shown) };
};

/** Prints errors and warnings; returns the configuration, or undefined if there are errors. */
export const acceptedConfiguration = async (
  read: ReadFile,
  terminal: Terminal,
): Promise<Configuration | undefined> => {
  if (read.configuration === undefined && terminal.isJson) terminal.printJson(read.problems);
  else await tellProblems(read, terminal);
  return read.configuration;
};

/** Prints each problem on stderr, with the line it is about. */
export const tellProblems = async (
  { problems, text }: ReadFile,
  { io, errorColors, flags }: Terminal,
): Promise<void> => {
  if (problems.length === 0) return;
  const { formatProblem } = await import('../config/problem.js');
  for (const problem of problems) {
    if (problem.severity === 'warning' && flags.quiet) continue;
    io.stderr.write(`${formatProblem(problem, text, errorColors.isColorSupported)}\n`);
  }
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

const readText = (named: string | undefined, terminal: Terminal): { file: string; text: string } => {
  let file = named ?? DEFAULT_FILES[0];
  try {
    file = named ?? defaultFile();
    return { file, text: readFileSync(file === '-' ? 0 : file, 'utf8') };
  } catch (error) {
    const failure = error instanceof Failure ? error : unreadable(file, error as NodeJS.ErrnoException);
    if (terminal.isJson) terminal.printJson([problemOf(file, failure)]);
    throw failure;
  }
};

const unreadable = (file: string, { code = '', message }: NodeJS.ErrnoException): Failure =>
  new Failure(
    3,
    `cannot read ${file}: ${REASONS[code] ?? message} (${code})`,
    code === 'ENOENT' ? `tunpike init ${file}` : undefined,
  );

const problemOf = (file: string, { message, fix }: Failure): Problem => ({
  file,
  line: 1,
  column: 1,
  severity: 'error',
  code: 'E-YAML',
  path: '',
  message,
  fix: fix ?? '',
});

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
};
