import { fstatSync } from 'node:fs';
import { BoundedOutput } from '../observe/bounded-output.js';
import type { Detached } from './detached.js';
import { reportError } from './error-output.js';
import type { Io, Output } from './io.js';
import { type Terminal, terminal as terminalOn } from './terminal.js';

/** Does what a process does that runs a lab, and tells of its end, at a terminal that never holds it up. */
export const atLab = (
  { io, flags }: Terminal,
  body: (own: Terminal) => Promise<number>,
  detached?: Detached,
): Promise<number> => {
  const own = terminalOn(labIo(io, detached), flags);
  return body(own).catch((error: unknown) => reportError(error, own, process.argv.slice(2)));
};

/**
 * What a process that runs a lab reads and writes: no terminal that nobody reads, and no full disk, holds it up.
 *
 * Node itself waits only for terminals. Stdout and stderr that are the same one share what waits, which keeps the
 * order.
 */
const labIo = (io: Io, detached: Detached | undefined): Io => {
  if (detached !== undefined) return { ...io, stderr: { write: (text) => detached.say(text) } };
  const stdout = unwaiting(io.stdout, process.stdout, () => new BoundedOutput(1));
  const shared = stdout.bounded !== undefined && isSameFile(1, 2) ? stdout.bounded : undefined;
  const stderr = unwaiting(io.stderr, process.stderr, () => shared ?? new BoundedOutput(2));
  if (stderr.bounded !== undefined) takeWarnings(stderr);
  return { ...io, stdout, stderr };
};

/** What Node warns of, it would write itself. */
const takeWarnings = (stderr: Output): void => {
  if (process.listenerCount('warning') === 0) return;
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => stderr.write(`(node:${process.pid}) ${name}: ${message}\n`));
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
