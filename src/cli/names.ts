import { Argument } from 'commander';
import type { AddCommand } from './command.js';

/** For the completion of shells: names of what runs, one a line. Listed in no help. */
export const addNames: AddCommand = (program, invoke) => {
  program
    .command('names', { hidden: true })
    .addArgument(new Argument('<of>').choices(['labs', 'hosts']))
    .action((of: 'labs' | 'hosts') =>
      invoke(async (terminal) => {
        const { isAlive, readStates } = await import('../host/state-file.js');
        const running = readStates().filter(isAlive);
        const names =
          of === 'labs'
            ? running.map(({ name }) => name)
            : running.flatMap(({ objects }) =>
                objects.flatMap((object) => (object.kind === 'device' ? [object.host] : [])),
              );
        for (const name of new Set(names)) terminal.print(name);
        return 0;
      }),
    );
};
