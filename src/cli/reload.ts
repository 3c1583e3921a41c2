import type { ReloadResult } from '../control/reload.js';
import { Failure } from '../failure.js';
import { printable } from '../text/printable.js';
import { type AddCommand, examples } from './command.js';
import type { Terminal } from './terminal.js';

/** How long a reload may take, in milliseconds; a thousand hosts take seconds. */
const PATIENCE = 300_000;

export const addReload: AddCommand = (program, invoke) => {
  program
    .command('reload')
    .description('apply the changed file to a running lab: all of it or nothing, while traffic flows on')
    .addHelpText(
      'after',
      examples(
        ['tunpike reload', 'read its file again, and print what has changed'],
        ['tunpike plan lab.yaml', 'see before what would change on this machine'],
      ),
    )
    .action(() =>
      invoke(async (terminal) => {
        const [{ callInstance }, { instanceFor }] = await Promise.all([
          import('../control/client.js'),
          import('./instance.js'),
        ]);
        const instance = await instanceFor(terminal);
        const params = {
          isColored: terminal.errorColors.isColorSupported,
          isQuiet: terminal.flags.quiet === true,
        };
        try {
          const { silenceOf } = await import('./progress.js');
          const asked = callInstance(instance, 'reload', params, PATIENCE);
          return tell(terminal, await silenceOf(terminal, instance.name).during(asked));
        } catch (error) {
          // As `check -j` does of a file that it cannot read.
          if (terminal.isJson && error instanceof Failure && error.exitCode === 3) {
            const { problemOf } = await import('./configuration-file.js');
            terminal.printJson([problemOf('file' in instance ? String(instance.file) : '', error)]);
          }
          throw error;
        }
      }),
    );
};

const tell = (terminal: Terminal, result: ReloadResult): number => {
  const { name, file, isApplied, changes, problems, omitted, report } = result;
  if (!isApplied && terminal.isJson) {
    terminal.printJson(problems);
    if (omitted > 0) terminal.hint(`${omitted} more problems are not listed`);
    return 3;
  }
  for (const each of report) terminal.io.stderr.write(`${each}\n`);
  if (!isApplied) return 3;
  if (terminal.isJson) {
    terminal.printJson({ name, config: file, changes });
    return 0;
  }
  for (const change of changes) terminal.print(printable(change));
  terminal.print(changes.length === 0 ? `reloaded: ${name} (nothing to change)` : `reloaded: ${name}`);
  return 0;
};
