import type { Terminal } from './terminal.js';

/** What is done sooner than it is read needs no progress. */
const FEWEST = 100;
const ERASE_LINE = '\r\x1b[K';

/** Tells on a terminal how far something is, on one line of stderr that is gone when all is done. */
export const progressOn =
  ({ io, flags }: Terminal, what: string) =>
  (done: number, total: number): void => {
    if (io.stderr.isTTY !== true || flags.quiet || total < FEWEST) return;
    io.stderr.write(done < total ? `\r${done} of ${total} ${what}` : ERASE_LINE);
  };
