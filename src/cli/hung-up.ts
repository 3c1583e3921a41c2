import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * Lets a process end as it should whose terminal has hung up.
 *
 * At its end Node restores the settings of every terminal it began with, and aborts if it cannot. A descriptor
 * that means another file by then is left alone.
 *
 * Source: `ResetStdio` of node.cc.
 */
export const endWithoutTerminal = (): void => {
  const terminals = [0, 1, 2].filter(isatty);
  process.once('exit', () => {
    for (const descriptor of terminals) {
      if (isatty(descriptor)) continue;
      closeSync(descriptor);
      // The lowest one that is free: the same.
      openSync('/dev/null', 'r+');
    }
  });
};
