import { Interruption } from './interruption.js';
import type { Terminal } from './terminal.js';

/** In milliseconds. */
const INTERVAL = 1000;

/** Home, and what is below goes: a screen that is written over does not flicker. Source: ECMA-48 §8.3.21, §8.3.39. */
const OVER = '\x1b[H\x1b[J';

/** Prints a picture of something again and again, over itself on a terminal, until it is interrupted. */
export const watch = async (
  terminal: Terminal,
  picture: () => Promise<string | undefined>,
): Promise<number> => {
  const interruption = new Interruption();
  try {
    for (let count = 0; ; count += 1) {
      const text = await Promise.race([picture(), interruption.happens]);
      if (interruption.signal.aborted) return 0;
      if (text !== undefined) {
        if (terminal.io.stdout.isTTY === true) terminal.io.stdout.write(OVER);
        else if (count > 0) terminal.print('');
        terminal.print(text);
      }
      if (await interruption.within(INTERVAL)) return 0;
    }
  } finally {
    interruption.ignore();
  }
};
