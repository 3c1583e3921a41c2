import { Option } from 'commander';
import { Failure } from '../../failure.js';
import { type AddCommand, examples } from '../command.js';
import { completes } from '../completion/sources.js';
import { fileFlag } from '../flag-values.js';
import { atLab } from '../lab-io.js';
import type { Terminal } from '../terminal.js';

export interface TestFlags {
  readonly host?: string;
  readonly evidence?: string;
  readonly timeout?: string;
  readonly rootless?: true;
}

export const addTest: AddCommand = (program, invoke) => {
  program
    .command('test')
    .usage('[options] FILE --host H -- CMD…')
    .description('bring a lab up, run a program on a host, take it down; exits with the code of the program')
    .argument('<file>', 'configuration file, or - for stdin', fileFlag)
    .argument('<cmd...>', 'the program and its arguments')
    .addOption(
      completes(
        new Option('--host <host>', 'where the program runs (default: the only host)'),
        'hosts-of-file',
      ),
    )
    .option(
      '--evidence <dir>',
      'where it fails: write capture.pcapng, drops.json and events.jsonl there',
      fileFlag,
    )
    .option('--timeout <duration>', 'end the program after this time; the exit code is 8 then')
    .option('--rootless', 'run in a user namespace: needs no root (default where you are not root)')
    .addHelpText(
      'after',
      examples(
        ['tunpike test lab.yaml --host alice -- ping -c 3 203.0.113.10', 'the code of ping'],
        [
          'tunpike test lab.yaml --host alice --evidence out --timeout 1m -- pytest',
          'what happened, in out/, if it fails',
        ],
      ),
    )
    .addHelpText(
      'after',
      `The lab has a name and namespaces of its own, so several of these run at once; in the program, \`tunpike\` means
that lab: tunpike link down core, tunpike exec bob -- CMD. What the program leaves running is ended.`,
    )
    .action((file: string, command: readonly string[], flags: TestFlags) =>
      invoke((terminal) => test(terminal, file, command, flags)),
    );
};

const test = async (
  terminal: Terminal,
  file: string,
  command: readonly string[],
  flags: TestFlags,
): Promise<number> => {
  const [{ parseDuration }, { accepted }] = await Promise.all([
    import('../../text/quantities.js'),
    import('../../text/fault.js'),
  ]);
  const timeout = flags.timeout === undefined ? undefined : accepted(parseDuration(flags.timeout));
  if (timeout === 0) throw new Failure(2, '--timeout 0 leaves no time', 'such as --timeout 30s');
  if (flags.evidence === '') throw new Failure(2, '--evidence names no folder', 'such as --evidence out');
  if (flags.rootless || process.getuid?.() !== 0) {
    const { isInsideRootless, reexecRootless } = await import('../../host/rootless.js');
    if (!isInsideRootless()) return reexecRootless(process.argv.slice(2));
  }
  const [{ acceptedConfiguration, readConfigurationFile }, { oneRun }] = await Promise.all([
    import('../configuration-file.js'),
    import('./one-run.js'),
  ]);
  return atLab(terminal, async (own) => {
    const read = await readConfigurationFile(file, own);
    const configuration = await acceptedConfiguration(read, own);
    if (configuration === undefined) return 3;
    return oneRun(own, { configuration, file: read.file, command, ...flags, timeout });
  });
};
