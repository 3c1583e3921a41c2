import { Failure } from '../failure.js';
import { writeWholeFile } from '../owned-file.js';
import { printable } from '../text/printable.js';
import { shellFile } from '../text/shell-word.js';
import { type AddCommand, examples } from './command.js';
import { fileFlag } from './flag-values.js';

export const addInit: AddCommand = (program, invoke) => {
  program
    .command('init')
    .description('write a configuration to start from; never overwrites a file')
    .argument('[file]', 'the file to write; - is stdout', fileFlag, 'tunpike.yaml')
    .option('--minimal', 'one link, one host, one router')
    .option('--full', 'every key with its default')
    .addHelpText(
      'after',
      examples(
        ['tunpike init', 'writes tunpike.yaml'],
        ['tunpike init - --full', 'prints a file with every key'],
      ),
    )
    .action((file: string, { minimal, full }: { readonly minimal?: true; readonly full?: true }) =>
      invoke(async (terminal) => {
        if (minimal && full) throw new Failure(2, '--minimal and --full exclude each other');
        const { template } = await import('../config/template.js');
        const text = template(full ? 'full' : minimal ? 'minimal' : 'usual');
        if (file === '-') {
          terminal.io.stdout.write(text);
          return 0;
        }
        writeWholeFile({
          what: 'the configuration',
          path: file,
          text,
          fix: 'name another file: tunpike init FILE',
        });
        if (terminal.isJson) terminal.printJson({ file });
        else terminal.print(`wrote ${printable(file)}`);
        const word = shellFile(file);
        const up = process.getuid?.() === 0 ? 'up' : 'up --rootless';
        terminal.hint(`next: tunpike check ${word}, then tunpike ${up} ${word}`);
        return 0;
      }),
    );
};
