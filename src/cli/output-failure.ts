import type { Output } from './io.js';

/** How a pipe or a terminal fails whose reader has gone: `tunpike … | head` is no error. */
const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO']);

/** What became of stdout. */
export interface OutputFailure {
  /** Why the answer could not be written; undefined if it was, or if nobody wanted to read it. */
  readonly reason: string | undefined;
}

/** Keeps errors of stdout and stderr from ending the process: a lab goes on without them. */
export const watchOutput = (): OutputFailure => {
  let reason: string | undefined;
  process.stderr.on('error', () => {});
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (!GONE.has(code)) reason ??= message;
  });
  return {
    get reason() {
      return reason;
    },
  };
};

/**
 * Calls back once if stdout fails: whoever prints without end has no more to do. The function returned ends that.
 *
 * `stdout` is what is written there where that is not Node's own.
 */
export const onOutputFailure = (action: () => void, { bounded }: Partial<Output> = {}): (() => void) => {
  process.stdout.once('error', action);
  if (bounded !== undefined) bounded.onGone = action;
  return () => {
    process.stdout.off('error', action);
    if (bounded !== undefined) bounded.onGone = () => {};
  };
};

/** Resolves when stdout has taken all that was written, or never will: what waits for a slow reader takes memory. */
export const outputTaken = (): Promise<void> =>
  new Promise((resolve) => void process.stdout.write('', () => resolve()));
