import type { AddCommand } from '../command.js';
import { placeOf } from './place.js';

/**
 * What a shell asks while a command line is written: `complete -- WORDS`, of which the last one is begun.
 *
 * Whatever is wrong, it says nothing and ends with 0. Listed in no help.
 */
export const addComplete: AddCommand = (program, invoke) => {
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action((words: readonly string[]) =>
      invoke(async (terminal) => {
        try {
          const { linesFor } = await import('./candidates.js');
          for (const line of await linesFor(placeOf(program, words))) terminal.print(line);
        } catch {
          // Whoever is writing a command line does not want to read about another one.
        }
        return 0;
      }),
    );
};
