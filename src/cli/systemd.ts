import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Configuration } from '../config/configuration.js';
import { Failure } from '../failure.js';
import type { FilesAtWork } from '../host/privileges.js';
import { printable } from '../text/printable.js';
import { shellFile } from '../text/shell-word.js';
import { type AddCommand, examples } from './command.js';
import { fileFlag } from './flag-values.js';
import type { Terminal } from './terminal.js';

export const addSystemd: AddCommand = (program, invoke) => {
  program
    .command('systemd')
    .description('print a systemd unit that runs a lab')
    .argument('[file]', 'configuration file', fileFlag, '/etc/tunpike/lab.yaml')
    .addHelpText(
      'after',
      examples([
        'tunpike systemd lab.yaml > /etc/systemd/system/tunpike.service',
        'then systemctl enable --now tunpike',
      ]),
    )
    .action((file: string) =>
      invoke(async (terminal) => {
        if (file === '-')
          throw new Failure(2, 'a service needs a file, and - is none', 'tunpike systemd lab.yaml');
        const paths = {
          file: resolve(file),
          node: process.execPath,
          program: resolve(process.argv[1] ?? 'tunpike'),
        };
        for (const path of Object.values(paths)) refuseOdd(path);
        const { loadNotify } = await import('../tun/notify.js');
        const needs = await neededBy(file, terminal);
        const unit = unitFor({ ...paths, canNotify: (await loadNotify()) !== undefined, ...needs });
        if (terminal.isJson) terminal.printJson({ unit });
        else terminal.print(unit);
        return 0;
      }),
    );
};

/** A line of a unit ends where a newline is, whatever is around it, and what comes next would be a setting. */
const refuseOdd = (path: string): void => {
  if (printable(path) !== path)
    throw new Failure(
      2,
      `a unit cannot name \`${printable(path)}\`: there are control characters in it`,
      'rename it, or a folder of its path',
    );
};

/** The groups of a unit stand on one line, with blanks between them. */
const refuseOddGroup = (group: string): void => {
  if (printable(group) !== group || /[\s\\]/.test(group))
    throw new Failure(
      3,
      `control.group: a unit cannot name the group \`${printable(group)}\``,
      'write its number in its place',
    );
};

/** What the file asks for beyond what every lab needs; nothing where it is not there yet. */
const neededBy = async (file: string, terminal: Terminal): Promise<FileNeeds> => {
  const [{ capabilitiesAtWork, CAPABILITY_NAMES, rootWith }, { filesAtWork }] = await Promise.all([
    import('../host/privileges.js'),
    import('../runtime/files-at-work.js'),
  ]);
  const configuration = existsSync(file) ? await configurationIn(file, terminal) : undefined;
  if (configuration?.control.group !== undefined) refuseOddGroup(configuration.control.group);
  let files: FilesAtWork = { read: [file], written: [] };
  try {
    if (configuration !== undefined) files = filesAtWork(configuration, { configFile: resolve(file) });
  } catch (error) {
    // The unit may be for another machine, which has that group.
    if (!(error instanceof Failure)) throw error;
    terminal.hint(error.message);
  }
  // It is given its group by the unit.
  const service = rootWith(files.givenTo === undefined ? [] : [files.givenTo]);
  return {
    name: configuration?.name,
    group: configuration?.control.group,
    listens: configuration?.http !== undefined,
    capabilities: capabilitiesAtWork(files, service).flatMap((each) => CAPABILITY_NAMES[each] ?? []),
  };
};

const configurationIn = async (file: string, terminal: Terminal): Promise<Configuration | undefined> => {
  const { readConfigurationFile } = await import('./configuration-file.js');
  const { configuration } = await readConfigurationFile(file, terminal);
  if (configuration === undefined)
    terminal.hint(
      `${printable(file)} has errors, so the unit would not start: tunpike check ${shellFile(file)}`,
    );
  return configuration;
};

interface FileNeeds {
  /** Of the lab; undefined where the file is not there yet. */
  readonly name: string | undefined;
  /** Of the control socket. */
  readonly group: string | undefined;
  /** Whether it listens on an address of this machine. */
  readonly listens: boolean;
  readonly capabilities: readonly string[];
}

interface UnitOptions extends FileNeeds {
  readonly file: string;
  readonly node: string;
  readonly program: string;
  /** Whether it can say that it is ready, and alive. */
  readonly canNotify: boolean;
}

const unitFor = (options: UnitOptions): string => {
  const { file, node, program, group, listens } = options;
  const tunpike = `${quoted(node)} ${quoted(program)}`;
  const capabilities = options.capabilities.join(' ');
  return `[Unit]
Description=Tunpike IPv4 router, ${escaped(file).replaceAll('\\', '\\\\')}
After=network.target

[Service]
${options.canNotify ? NOTIFIES : 'Type=exec'}
ExecStartPre=${tunpike} check ${quoted(file)}
ExecStart=${tunpike} up ${quoted(file)}
${reloadBy(tunpike, options.name)}
KillSignal=SIGTERM
TimeoutStopSec=30
Restart=on-failure
RestartPreventExitStatus=2 3 4 6
RuntimeDirectory=tunpike
RuntimeDirectoryPreserve=yes
${group === undefined ? '# For `control: { group: GROUP }` in the file: SupplementaryGroups=GROUP' : `SupplementaryGroups=${escaped(group)}`}

# What it needs: devices, addresses and namespaces are made at the start, and removed at the end.
CapabilityBoundingSet=${capabilities}
AmbientCapabilities=${capabilities}
NoNewPrivileges=yes

# What it has no use for. No setting that gives it mounts of its own (ProtectSystem= and the like): nobody else
# would see the namespaces of its hosts. No MemoryDenyWriteExecute=: Node compiles while it runs.
DevicePolicy=closed
DeviceAllow=/dev/net/tun rw
RestrictAddressFamilies=AF_NETLINK AF_UNIX${listens ? ' AF_INET AF_INET6' : ''}
RestrictNamespaces=net
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service @mount @pkey
SystemCallFilter=~@keyring @memlock @setuid
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target`;
};

/**
 * Started when every host and router answers; started again when the loop that forwards hangs.
 *
 * The watchdog sends SIGABRT: a loop that was only held up stops and undoes everything, one that hangs is killed after
 * `TimeoutAbortSec`. Source: systemd.service(5).
 */
const NOTIFIES = `Type=notify
NotifyAccess=main
WatchdogSec=10
TimeoutAbortSec=5`;

/** By a command, which waits for the reload and fails where the file is refused; by a signal where it has no name yet. */
const reloadBy = (tunpike: string, name: string | undefined): string =>
  name === undefined
    ? 'ExecReload=/bin/kill -HUP $MAINPID'
    : `ExecReload=${tunpike} reload -n ${quoted(name)}`;

/** In units `%` begins a specifier. Source: systemd.unit(5), Specifiers. */
const escaped = (text: string): string => text.replaceAll('%', '%%');
const quoted = (text: string): string =>
  `"${escaped(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$')}"`;
