import type { BoundedOutput } from '../observe/bounded-output.js';

/** A stream that text goes to. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  /** What its text goes through where writing never waits for a reader; who else writes there uses it, too. */
  readonly bounded?: BoundedOutput | undefined;
}

/** What the command line reads and writes; tests pass their own. */
export interface Io {
  /** The answer. */
  readonly stdout: Output;
  /** Logs, hints, progress, errors. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const processIo = (): Io => ({ stdout: process.stdout, stderr: process.stderr, env: process.env });
