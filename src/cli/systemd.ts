import { resolve } from 'node:path';
import { type AddCommand, examples } from './command.js';

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
      invoke((terminal) => {
        const unit = unitFor(resolve(file), process.execPath, resolve(process.argv[1] ?? 'tunpike'));
        if (terminal.isJson) terminal.printJson({ unit });
        else terminal.print(unit);
        return 0;
      }),
    );
};

const unitFor = (file: string, node: string, program: string): string =>
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

# What it has no use for. No setting that gives it mounts of its own (ProtectSystem= and the like): nobody else
# would see the namespaces of its hosts. No MemoryDenyWriteExecute=: Node compiles while it runs.
CapabilityBoundingSet=CAP_NET_ADMIN CAP_SYS_ADMIN
NoNewPrivileges=yes
DevicePolicy=closed
DeviceAllow=/dev/net/tun rw
RestrictAddressFamilies=AF_NETLINK AF_UNIX
RestrictNamespaces=net
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service @mount @pkey
SystemCallFilter=~@chown @keyring @memlock @setuid
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target`;

/** In units `%` begins a specifier. Source: systemd.unit(5), Specifiers. */
const escaped = (text: string): string => text.replaceAll('%', '%%');
const quoted = (text: string): string =>
  `"${escaped(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$')}"`;
