import { type AddCommand, examples } from './command.js';

export const addPlan: AddCommand = (program, invoke) => {
  program
    .command('plan')
    .description('print the host changes that `up` would make')
    .argument('[file]', 'configuration file, or - for stdin (default: tunpike.yaml, then lab.yaml)')
    .option('--commands', 'print them as `ip …` commands')
    .addHelpText(
      'after',
      examples(
        ['tunpike plan lab.yaml', 'what would change on this machine'],
        ['tunpike plan lab.yaml --commands', 'the same as commands, to run by hand'],
      ),
    )
    .action((file: string | undefined, { commands }: { readonly commands?: true }) =>
      invoke(async (terminal) => {
        const { acceptedConfiguration, readConfigurationFile } = await import('./configuration-file.js');
        const configuration = await acceptedConfiguration(
          await readConfigurationFile(file, terminal),
          terminal,
        );
        if (configuration === undefined) return 3;
        const { planHost, formatChange, commandOf } = await import('../host/plan.js');
        const { surveyHost, remainingChanges } = await import('../host/conflicts.js');
        const { readState } = await import('../host/state-file.js');
        const wanted = planHost(configuration);
        const previous = readState(configuration.name);
        const changes = remainingChanges(wanted, await surveyHost(wanted, previous), previous);
        if (terminal.isJson) {
          terminal.printJson(
            changes.map((change) => ({
              kind: change.kind,
              namespace: change.namespace ?? null,
              change: formatChange(change),
              command: commandOf(change),
            })),
          );
          return 0;
        }
        for (const change of changes) terminal.print(commands ? commandOf(change) : formatChange(change));
        if (changes.length === 0) terminal.hint('nothing to change');
        return 0;
      }),
    );
};
