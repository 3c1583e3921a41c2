import type { Command } from 'commander';
import type { Terminal } from './terminal.js';

/** Runs the body of a command with the flags given, and records the exit code: ours, or a program's. */
export type Invoke = (body: (terminal: Terminal) => number | Promise<number>) => Promise<void>;

/** Adds one command to the program. */
export type AddCommand = (program: Command, invoke: Invoke) => void;

/** The examples at the end of a command's help: lines to type as they are, each with what it does. */
export const examples = (...lines: readonly (readonly [command: string, does: string])[]): string => {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, does]) => `  $ ${command.padEnd(width)}  # ${does}`).join('\n')}\n`;
};
