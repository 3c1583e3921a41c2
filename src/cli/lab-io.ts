import { fstatSync } from 'node:fs';
import { BoundedOutput } from '../observe/bounded-output.js';
import type { Detached } from './detached.js';
import type { Io, Output } from './io.js';

/**
 * What a process that runs a lab reads and writes: no terminal that nobody reads, and no full disk, holds it up.
 *
 * Node itself waits only for terminals. Stdout and stderr that are the same one share what waits, which keeps the
 * order.
 */
export const labIo = (io: Io, detached: Detached | undefined): Io => {
  if (detached !== undefined) return { ...io, stderr: { write: (text) => detached.say(text) } };
  const stdout = unwaiting(io.stdout, process.stdout, () => new BoundedOutput(1));
  const shared = stdout.bounded !== undefined && isSameFile(1, 2) ? stdout.bounded : undefined;
  const stderr = unwaiting(io.stderr, process.stderr, () => shared ?? new BoundedOutput(2));
  return { ...io, stdout, stderr };
};

const unwaiting = (output: Output, own: NodeJS.WriteStream, open: () => BoundedOutput): Output => {
  if (output !== own || !own.isTTY) return output;
  const bounded = open();
  return {
    bounded,
    isTTY: true,
    get columns() {
      return own.columns;
    },
    write: (text) => bounded.keep(text),
  };
};

const isSameFile = (one: number, other: number): boolean => {
  const [a, b] = [fstatSync(one), fstatSync(other)];
  return a.dev === b.dev && a.ino === b.ino;
};
