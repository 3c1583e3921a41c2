import { CommanderError } from 'commander';
import { type ExitCode, Failure } from '../failure.js';
import { printableLines } from '../text/printable.js';
import type { Terminal } from './terminal.js';

/** Says on stderr what went wrong and what mends it, and gives the exit code that goes with it. */
export const reportError = (error: unknown, { io, flags, errorColors }: Terminal): ExitCode => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const say = (line: string): void => void io.stderr.write(`${line}\n`);
  const label = errorColors.red('error:');
  if (error instanceof Failure) {
    say(`${label} ${printableLines(error.message)}`);
    if (error.fix !== undefined) say(`${errorColors.green('fix:')} ${printableLines(error.fix)}`);
    if (flags.debug && error.stack !== undefined) say(errorColors.dim(error.stack));
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  say(
    `${label} unexpected: ${printableLines(message.split('\n')[0] ?? '')}${flags.debug ? '' : ' (run again with --debug)'}`,
  );
  if (flags.debug && error instanceof Error) say(errorColors.dim(error.stack ?? ''));
  return 70;
};

/** Turns commander's way of complaining into ours: `error: what`, then `fix: did you mean …?`. */
export const usageError = (text: string, command: string): string => {
  const [what = '', ...rest] = printableLines(text).trimEnd().split('\n');
  const suggestion = /^\(Did you mean (.*)\?\)$/.exec(rest.join(' '))?.[1];
  const fix = suggestion === undefined ? `see \`${command} --help\`` : `did you mean ${suggestion}?`;
  return `${what}\nfix: ${fix}\n`;
};
