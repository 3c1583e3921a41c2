import { resolve } from 'node:path';
import { Argument } from 'commander';
import { type AddCommand, examples } from '../command.js';
import { SHELLS, type Shell, scriptFor } from './scripts.js';

export const addCompletion: AddCommand = (program, invoke) => {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      examples(
        ['source <(tunpike completion bash)', 'in ~/.bashrc'],
        ['source <(tunpike completion zsh)', 'in ~/.zshrc, after compinit'],
        ['tunpike completion fish | source', 'in ~/.config/fish/config.fish'],
      ),
    )
    .action((shell: Shell) =>
      invoke((terminal) => {
        terminal.print(scriptFor(shell, [process.execPath, resolve(process.argv[1] ?? 'tunpike')]));
        return 0;
      }),
    );
};
