import type { Configuration } from '../config/configuration.js';
import { Failure } from '../failure.js';
import { type AddCommand, examples } from './command.js';
import { progressOn } from './progress.js';
import { logLevel, type Terminal } from './terminal.js';
import { refuse } from './unavailable.js';

interface UpOptions {
  readonly tun?: readonly string[];
  readonly rootless?: true;
  readonly watch?: true;
  readonly readyFile?: string;
}

export const addUp: AddCommand = (program, invoke) => {
  program
    .command('up')
    .description('runs a lab in the foreground, until Ctrl-C or `tunpike down`')
    .argument('[file]', 'the configuration; - is stdin (default: tunpike.yaml, then lab.yaml)')
    .option(
      '--tun <device=router,host=cidr>',
      'one router with no file: a TUN device, the router’s address on it and the host’s; repeatable',
      (flag: string, before: readonly string[] | undefined) => [...(before ?? []), flag],
    )
    .option('--rootless', 'in a user namespace of its own: no root needed, nothing here changes')
    .option('--ready-file <file>', 'written when every host and router answers, removed at the end')
    .addHelpText(
      'after',
      examples(
        ['tunpike up lab.yaml', 'prints what it changes, then `ready …`'],
        ['tunpike up --tun tp0=192.0.2.1/24,host=192.0.2.2/24', 'then: ping 192.0.2.1'],
        ['tunpike up --rootless lab.yaml', 'then: tunpike exec alice -- ping 192.0.2.1'],
      ),
    )
    .action((file: string | undefined, options: UpOptions) =>
      invoke(async (terminal) => {
        if (options.watch) refuse('`tunpike up --watch`');
        if (options.tun !== undefined && file !== undefined) {
          throw new Failure(2, '--tun is for a router with no file', 'leave out either --tun or the file');
        }
        if (options.rootless) {
          const { isInsideRootless, reexecRootless } = await import('../host/rootless.js');
          if (!isInsideRootless()) return reexecRootless(process.argv.slice(2));
        }
        return up(terminal, file, options);
      }),
    )
    .addOption(program.createOption('--watch').hideHelp());
};

const up = async (terminal: Terminal, file: string | undefined, options: UpOptions): Promise<number> => {
  const found = await configurationOf(terminal, file, options);
  if (found === undefined) return 3;
  const [{ createLog }, { startLab }, { giveUpPrivileges }] = await Promise.all([
    import('../observe/log.js'),
    import('../runtime/running-lab.js'),
    import('../host/privileges.js'),
  ]);
  const { configuration, configFile } = found;
  const level = logLevel(terminal.flags, configuration.log.level);
  const log = createLog({
    level,
    format: configuration.log.format,
    color: terminal.errorColors.isColorSupported,
    instance: configuration.name,
  });
  const warning = giveUpPrivileges({
    read: [configFile],
    written: [options.readyFile, configuration.control.socket],
  });
  if (warning !== undefined) log.warn(warning);
  const lab = await startLab(configuration, {
    configFile,
    log,
    rootless: options.rootless === true,
    progress: progressOn(terminal, 'host interfaces'),
    ...(options.readyFile === undefined ? {} : { readyFile: options.readyFile }),
  });
  tellReady(terminal, configuration, lab.changes);
  await lab.stopped;
  if (keepsSomething(configuration))
    terminal.hint(`what is persistent stays, until: tunpike down ${configuration.name} --purge`);
  return 0;
};

const keepsSomething = ({ hosts }: Configuration): boolean =>
  [...hosts.values()].some(({ interfaces }) => interfaces.some(({ persistent }) => persistent));

const tellReady = (terminal: Terminal, configuration: Configuration, changes: readonly string[]): void => {
  const { name } = configuration;
  if (terminal.isJson) {
    for (const change of changes) terminal.printJsonLine({ type: 'change', change });
    terminal.printJsonLine({ type: 'ready', name, pid: process.pid });
    return;
  }
  for (const change of changes) terminal.print(change);
  terminal.print(`ready: ${name} (process ${process.pid})`);
};

interface Found {
  readonly configuration: Configuration;
  readonly configFile: string | undefined;
}

/** From the file or the `--tun` flags; undefined after the errors were told. `-n` names the instance. */
const configurationOf = async (
  terminal: Terminal,
  file: string | undefined,
  { tun }: UpOptions,
): Promise<Found | undefined> => {
  const renamed = (configuration: Configuration): Configuration =>
    terminal.flags.name === undefined ? configuration : { ...configuration, name: terminal.flags.name };
  if (tun !== undefined) {
    const { configurationFromTunFlags } = await import('../config/tun-flags.js');
    return { configuration: renamed(configurationFromTunFlags(tun)), configFile: undefined };
  }
  const { acceptedConfiguration, readConfigurationFile } = await import('./configuration-file.js');
  const read = await readConfigurationFile(file, terminal);
  const configuration = await acceptedConfiguration(read, terminal);
  return configuration === undefined
    ? undefined
    : { configuration: renamed(configuration), configFile: read.file };
};
