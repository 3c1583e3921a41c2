import { CommanderError } from 'commander';
import { type ExitCode, Failure } from '../failure.js';
import { moreOpenFiles } from '../host/open-files.js';
import { runtimeDirectory } from '../host/runtime-directory.js';
import { printable, printableLines } from '../text/printable.js';
import type { Terminal } from './terminal.js';

/**
 * Prints what went wrong, and the fix, on stderr; returns the exit code. `argv` are the words that were typed: a newline
 * in one of them, such as the name of a file, or in that of a folder that we are in or use, begins no line.
 */
export const reportError = (
  thrown: unknown,
  { io, flags, errorColors }: Terminal,
  argv: readonly string[] = [],
): ExitCode => {
  const odd = [...argv, ...ownFolders()].filter((word) => word.includes('\n'));
  const clean = (text: string): string =>
    printableLines(odd.reduce((all, word) => all.replaceAll(word, printable(word)), text));
  const error = isShortOfFiles(thrown) ? TOO_FEW_FILES : isOfLostFolder(thrown) ? LOST_FOLDER : thrown;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const say = (line: string): void => void io.stderr.write(`${line}\n`);
  const label = errorColors.red('error:');
  if (error instanceof Failure) {
    say(`${label} ${clean(error.message)}`);
    if (error.fix !== undefined) say(`${errorColors.green('fix:')} ${clean(error.fix)}`);
    if (flags.debug && error.stack !== undefined) say(errorColors.dim(clean(error.stack)));
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  say(
    `${label} unexpected: ${clean(message).split('\n')[0] ?? ''}${flags.debug ? '' : ' (run again with --debug)'}`,
  );
  if (flags.debug && error instanceof Error) say(errorColors.dim(clean(error.stack ?? '')));
  return 70;
};

/** What names of files are relative to; nothing where it is gone. */
const ownFolders = (): readonly string[] => {
  try {
    return [runtimeDirectory(), process.cwd()];
  } catch {
    return [];
  }
};

/** Even the program's own files could not be opened. */
const TOO_FEW_FILES = new Failure(
  4,
  'this process may not have enough open files to run the program',
  moreOpenFiles(1024),
);

/** Something was named relative to it. */
const LOST_FOLDER = new Failure(
  4,
  'the folder that this was started in is gone',
  'cd to another one, or name files by their whole path',
);

const isOfLostFolder = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd';

const isShortOfFiles = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');
