import { formatAddress } from '../address.js';
import type { Configuration } from '../config/configuration.js';
import { Failure } from '../failure.js';
import { type AddCommand, examples } from './command.js';
import type { Detached } from './detached.js';
import { fileFlag } from './flag-values.js';
import { atLab } from './lab-io.js';
import { progressOn } from './progress.js';
import { logLevel, type Terminal } from './terminal.js';

interface UpOptions {
  readonly tun?: readonly string[];
  readonly rootless?: true;
  readonly watch?: true;
  readonly detach?: true;
  readonly readyFile?: string;
}

export const addUp: AddCommand = (program, invoke) => {
  program
    .command('up')
    .description('run a lab until Ctrl-C or `tunpike down`')
    .argument('[file]', 'configuration file, or - for stdin (default: tunpike.yaml, then lab.yaml)', fileFlag)
    .option(
      '--tun <device=router,host=cidr>',
      'one router without a file: a TUN device, the address of the router and that of the host (repeatable)',
      (flag: string, before: readonly string[] | undefined) => [...(before ?? []), flag],
    )
    .option('--rootless', 'run in a user namespace: needs no root, changes nothing on this machine')
    .option('-d, --detach', 'return when every host and router answers, and leave the lab running')
    .option('--watch', 'reload whenever the file, or a table of routes that it names, has changed')
    .option(
      '--ready-file <file>',
      'write this file when every host and router answers; removed at the end',
      fileFlag,
    )
    .addHelpText(
      'after',
      examples(
        ['tunpike up lab.yaml', 'print the changes made, then `ready …`'],
        ['tunpike up --tun tp0=192.0.2.1/24,host=192.0.2.2/24', 'one device, here; then: ping 192.0.2.1'],
        [
          'tunpike up --tun a=192.0.2.1/25,host=192.0.2.2/25 --tun b=192.0.2.129/25,host=192.0.2.130/25',
          'a namespace each; then: tunpike exec a -- ping 192.0.2.130',
        ],
        ['tunpike up -d lab.yaml', 'in the background; then: tunpike logs -f, tunpike down'],
        ['tunpike up --watch lab.yaml', 'every change of the file is applied while traffic flows on'],
        ['tunpike up --rootless lab.yaml', 'then: tunpike exec alice -- ping 192.0.2.1'],
      ),
    )
    .action((file: string | undefined, options: UpOptions) =>
      invoke(async (terminal) => {
        if (options.tun !== undefined && file !== undefined) {
          throw new Failure(2, '--tun and a file exclude each other', 'leave out one of them');
        }
        if (options.watch && (options.tun !== undefined || file === '-'))
          throw new Failure(2, '--watch needs a file to watch', 'name one, or leave out --watch');
        const detached = await detachedStart(options);
        if (options.detach && detached === undefined) {
          const { upDetached } = await import('./up-detached.js');
          return upDetached(terminal, { isRootless: options.rootless === true, readsStdin: file === '-' });
        }
        if (options.rootless) {
          const { isInsideRootless, reexecRootless } = await import('../host/rootless.js');
          if (!isInsideRootless()) return reexecRootless(process.argv.slice(2));
        }
        return atLab(terminal, (own) => up(own, file, options, detached), detached);
      }),
    );
};

/** So many host interfaces are worth telling a service manager of, when a large lab starts. */
const TOLD_EACH = 100;

const detachedStart = async ({ detach }: UpOptions): Promise<Detached | undefined> =>
  detach ? (await import('./detached.js')).detachedAs() : undefined;

const up = async (
  terminal: Terminal,
  file: string | undefined,
  options: UpOptions,
  detached: Detached | undefined,
): Promise<number> => {
  const found = await configurationOf(terminal, file, options);
  if (found === undefined) return 3;
  const [
    { createLog },
    { startLab },
    { filesAtWork },
    { giveUpPrivileges },
    { letGo },
    { removeLog },
    { logPath },
    { ServiceManager, supervisionOf },
  ] = await Promise.all([
    import('../observe/log.js'),
    import('../runtime/running-lab.js'),
    import('../runtime/files-at-work.js'),
    import('../host/privileges.js'),
    import('./instance.js'),
    import('../observe/log-file.js'),
    import('./log-path.js'),
    import('../runtime/service-manager.js'),
  ]);
  const supervision = supervisionOf(process.env);
  const { configFile, adopt } = found;
  const configuration = adopt(found.configuration);
  const { level } = configuration.log;
  const log = createLog({
    level,
    format: configuration.log.format,
    color: terminal.errorColors.isColorSupported,
    instance: configuration.name,
    bounded: terminal.io.stderr.bounded,
    ...(detached === undefined ? {} : { output: detached.output }),
  });
  // In the background it is no service, whoever started it.
  const service = await ServiceManager.reach(detached === undefined ? supervision : undefined, log);
  const warning = giveUpPrivileges(filesAtWork(configuration, { configFile, readyFile: options.readyFile }));
  if (warning !== undefined) log.warn(warning);
  await letGo(configuration.name, terminal);
  const progress = progressOn(terminal, 'host interfaces');
  const lab = await startLab(configuration, {
    configFile,
    canReload: file !== '-',
    adopt,
    watch: options.watch === true,
    log,
    rootless: options.rootless === true,
    progress: (done, total) => {
      progress(done, total);
      if (done % TOLD_EACH === 0 && done < total)
        service?.status(`starting: ${done} of ${total} host interfaces`);
    },
    handleSignals: true,
    service,
    ...(options.readyFile === undefined ? {} : { readyFile: options.readyFile }),
  }).catch((error: unknown) => {
    service?.status(`cannot start: ${error instanceof Error ? error.message : error}`);
    throw error;
  });
  const { name } = configuration;
  if (detached === undefined) removeLog(logPath(name));
  else detached.begin(name);
  if (options.tun !== undefined) tellPlaces(terminal, configuration);
  if (lab.url !== undefined) terminal.hint(`dashboard: ${lab.url}`);
  tellReady(terminal, configuration, lab.changes, lab.url);
  detached?.tellReady();
  if (detached === undefined) tellNext(terminal, configuration);
  await lab.stopped;
  if (lab.lasts) {
    log.info(`${name} stopped; persistent devices and namespaces remain`);
    terminal.hint(`to remove what remains: tunpike down ${name} --purge`);
  } else {
    log.info(`${name} stopped, everything undone`);
  }
  detached?.remove();
  return 0;
};

/** Where the devices of `--tun` are, and how to reach the router from there. */
const tellPlaces = (terminal: Terminal, { hosts, routers }: Configuration): void => {
  const addressOn = new Map(
    [...routers.values()].flatMap(({ interfaces }) =>
      interfaces.map(({ link, addresses }) => [link, addresses[0]?.address] as const),
    ),
  );
  for (const { name, namespace, interfaces } of hosts.values())
    for (const { link, device } of interfaces) {
      const address = addressOn.get(link);
      const ping = address === undefined ? '' : `ping ${formatAddress(address)}`;
      terminal.hint(
        namespace === 'self'
          ? `${device} is in this network namespace: ${ping}`
          : `${device} is in the network namespace ${namespace}: tunpike exec ${name} -- ${ping}`,
      );
    }
};

/** What to type first, for a person at a terminal. */
const tellNext = (terminal: Terminal, { hosts }: Configuration): void => {
  const host = [...hosts.values()].find(({ namespace }) => namespace !== 'self')?.name;
  if (!terminal.io.stderr.isTTY || host === undefined) return;
  terminal.hint(
    `in another terminal: tunpike exec ${host} -- sh   (a shell on ${host}); Ctrl-C here ends the lab`,
  );
};

const tellReady = (
  terminal: Terminal,
  configuration: Configuration,
  changes: readonly string[],
  http: string | undefined,
): void => {
  const { name } = configuration;
  if (terminal.isJson) {
    for (const change of changes) terminal.printJsonLine({ type: 'change', change });
    terminal.printJsonLine({
      type: 'ready',
      name,
      pid: process.pid,
      ...(http === undefined ? {} : { http }),
    });
    return;
  }
  for (const change of changes) terminal.print(change);
  terminal.print(`ready: ${name} (process ${process.pid})`);
};

interface Found {
  readonly configuration: Configuration;
  readonly configFile: string | undefined;
  /** Gives a configuration the name and the log level of the command line, if it has them. */
  readonly adopt: (read: Configuration) => Configuration;
}

/** From the file or the `--tun` flags, named by `-n`; undefined if there are errors, which are printed. */
const configurationOf = async (
  terminal: Terminal,
  file: string | undefined,
  { tun }: UpOptions,
): Promise<Found | undefined> => {
  const { flags } = terminal;
  const adopt = (read: Configuration): Configuration => ({
    ...read,
    name: flags.name ?? read.name,
    log: { ...read.log, level: logLevel(flags, read.log.level) },
  });
  if (tun !== undefined) {
    const { configurationFromTunFlags } = await import('../config/tun-flags.js');
    return { configuration: configurationFromTunFlags(tun), configFile: undefined, adopt };
  }
  const { acceptedConfiguration, readConfigurationFile } = await import('./configuration-file.js');
  const read = await readConfigurationFile(file, terminal);
  const configuration = await acceptedConfiguration(read, terminal);
  return configuration === undefined ? undefined : { configuration, configFile: read.file, adopt };
};
