import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type AddCommand, examples } from './command.js';
import type { Terminal } from './terminal.js';

export const addSystemd: AddCommand = (program, invoke) => {
  program
    .command('systemd')
    .description('print a systemd unit that runs a lab')
    .argument('[file]', 'configuration file', '/etc/tunpike/lab.yaml')
    .addHelpText(
      'after',
      examples([
        'tunpike systemd lab.yaml > /etc/systemd/system/tunpike.service',
        'then systemctl enable --now tunpike',
      ]),
    )
    .action((file: string) =>
      invoke(async (terminal) => {
        const unit = unitFor({
          file: resolve(file),
          node: process.execPath,
          program: resolve(process.argv[1] ?? 'tunpike'),
          ...(await neededBy(file, terminal)),
        });
        if (terminal.isJson) terminal.printJson({ unit });
        else terminal.print(unit);
        return 0;
      }),
    );
};

/** What the file asks for beyond what every lab needs; nothing where it is not there yet. */
const neededBy = async (
  file: string,
  terminal: Terminal,
): Promise<Pick<UnitOptions, 'group' | 'listens'>> => {
  if (!existsSync(file)) return { group: undefined, listens: false };
  const { readConfigurationFile } = await import('./configuration-file.js');
  const { configuration } = await readConfigurationFile(file, terminal);
  if (configuration === undefined)
    terminal.hint(`${file} has errors, so the unit would not start: tunpike check ${file}`);
  return { group: configuration?.control.group, listens: configuration?.http !== undefined };
};

interface UnitOptions {
  readonly file: string;
  readonly node: string;
  readonly program: string;
  /** Of the control socket. */
  readonly group: string | undefined;
  /** Whether it listens on an address of this machine. */
  readonly listens: boolean;
}

const unitFor = ({ file, node, program, group, listens }: UnitOptions): string =>
  `[Unit]
Description=Tunpike IPv4 router, ${escaped(file)}
After=network.target

[Service]
ExecStartPre=${quoted(node)} ${quoted(program)} check ${quoted(file)}
ExecStart=${quoted(node)} ${quoted(program)} up ${quoted(file)}
ExecReload=/bin/kill -HUP $MAINPID
KillSignal=SIGTERM
TimeoutStopSec=30
Restart=on-failure
RestartPreventExitStatus=2 3 4 6
RuntimeDirectory=tunpike
RuntimeDirectoryPreserve=yes
${group === undefined ? '# For `control: { group: GROUP }` in the file: SupplementaryGroups=GROUP' : `SupplementaryGroups=${escaped(group)}`}

# What it has no use for. No setting that gives it mounts of its own (ProtectSystem= and the like): nobody else
# would see the namespaces of its hosts. No MemoryDenyWriteExecute=: Node compiles while it runs.
CapabilityBoundingSet=CAP_NET_ADMIN CAP_SYS_ADMIN
NoNewPrivileges=yes
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

/** In units `%` begins a specifier. Source: systemd.unit(5), Specifiers. */
const escaped = (text: string): string => text.replaceAll('%', '%%');
const quoted = (text: string): string =>
  `"${escaped(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$')}"`;
