import { type AddCommand, examples } from './command.js';
import { instanceName } from './instance-name.js';
import type { Terminal } from './terminal.js';

interface LogsFlags {
  readonly follow?: true;
}

export const addLogs: AddCommand = (program, invoke) => {
  program
    .command('logs')
    .description('print the log of a lab that `up -d` started, also after a crash')
    .argument('[name]', 'the lab (default: the only one)', instanceName)
    .option('-f, --follow', 'go on as it is written, until the lab ends')
    .addHelpText(
      'after',
      examples(
        ['tunpike logs -f', 'what the lab says, as it says it'],
        ['tunpike logs -j | jq .msg', 'one JSON object a line'],
      ),
    )
    .action((name: string | undefined, flags: LogsFlags) =>
      invoke((terminal) => logs(terminal, name, flags)),
    );
};

/** Returns 0: when everything is printed, on Ctrl-C, or when nobody reads the output any more. */
const logs = async (
  terminal: Terminal,
  named: string | undefined,
  { follow }: LogsFlags,
): Promise<number> => {
  const [{ findLog }, { readLog }, { lineFormat }, { Interruption }] = await Promise.all([
    import('./find-log.js'),
    import('./read-log.js'),
    import('./log-line.js'),
    import('./interruption.js'),
  ]);
  const log = await findLog(terminal, named);
  const { io, colors } = terminal;
  const format = await lineFormat(terminal, io.stdout, colors.isColorSupported);
  const interruption = new Interruption();
  try {
    await readLog(log.path, {
      print: (line) => terminal.print(format(line)),
      goesOn: () => follow === true && log.isWritten(),
      interruption,
    });
    return 0;
  } finally {
    interruption.ignore();
  }
};
