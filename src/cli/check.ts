import { printable } from '../text/printable.js';
import { type AddCommand, examples } from './command.js';
import { fileFlag } from './flag-values.js';

export const addCheck: AddCommand = (program, invoke) => {
  program
    .command('check')
    .description('find every mistake in a configuration')
    .argument('[file]', 'configuration file, or - for stdin (default: tunpike.yaml, then lab.yaml)', fileFlag)
    .option('--strict', 'treat warnings as errors')
    .addHelpText(
      'after',
      examples(
        ['tunpike check lab.yaml', 'every mistake, with its line and a fix'],
        ['tunpike check --strict -j', 'the problems as an array, for editors and scripts'],
      ),
    )
    .action((file: string | undefined, { strict }: { readonly strict?: true }) =>
      invoke(async (terminal) => {
        const { printProblems, readConfigurationFile, tellProblems } = await import(
          './configuration-file.js'
        );
        const read = await readConfigurationFile(file, terminal);
        if (terminal.isJson) printProblems(read, terminal);
        else await tellProblems(read, terminal);
        const isRefused = read.configuration === undefined || (strict === true && read.problems.length > 0);
        if (isRefused) return 3;
        if (!terminal.isJson && read.configuration !== undefined) {
          const { inventoryOf } = await import('../config/inventory.js');
          terminal.print(`${printable(read.file)}: fine (${inventoryOf(read.configuration)})`);
        }
        return 0;
      }),
    );
};
