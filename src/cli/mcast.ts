import { type Command, Option } from 'commander';
import { type AddCommand, examples } from './command.js';
import { durationFlag, groupAndPort, hostAddressFlag, wholeNumber } from './flag-values.js';
import type { Terminal } from './terminal.js';

type Target = ReturnType<typeof groupAndPort>;

interface McastFlags {
  readonly host?: string;
  /** Set by `onHost`: the command already runs on the host. */
  readonly placed?: true;
  readonly interface?: string;
  readonly source?: string;
  readonly count?: number;
}

interface SendFlags extends McastFlags {
  readonly ttl: number;
  readonly interval: number;
}

interface ReceiveFlags extends McastFlags {
  readonly duration?: number;
}

export const addMcast: AddCommand = (program, invoke) => {
  const mcast = program
    .command('mcast')
    .description('send to or receive from a multicast group, with ordinary sockets')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples(
        ['tunpike mcast recv 239.1.2.3:5000 --host bob', 'join the group on bob and print what arrives'],
        ['tunpike mcast send 239.1.2.3:5000 --host alice --count 3', 'send three datagrams from alice'],
      ),
    );
  const target = 'for example 239.1.2.3:5000';
  common(mcast.command('send').description('send to a group').argument('<group:port>', target, groupAndPort))
    .option('--ttl <n>', 'TTL: how many links a datagram may cross', wholeNumber(0, 255), 16)
    .addOption(
      new Option('--interval <d>', 'interval between datagrams, for example 200ms')
        .argParser(durationFlag)
        .default(1000, '1s'),
    )
    .option('--source <a>', 'source address, one of the host’s own', hostAddressFlag)
    .addHelpText(
      'after',
      examples(
        ['tunpike mcast send 239.1.2.3:5000 --host alice --interval 200ms', 'until Ctrl-C'],
        [
          'tunpike mcast send 239.1.2.3:5000 --host alice --ttl 1',
          'the default of most programs: no router forwards it',
        ],
      ),
    )
    .action((where: Target, flags: SendFlags) =>
      invoke((terminal) =>
        onHost(terminal, 'send', where, flags, async () => {
          const { sendToGroup } = await import('./mcast-send.js');
          return sendToGroup(terminal, endpointOf(where, flags), flags);
        }),
      ),
    );
  common(
    mcast
      .command('recv')
      .description('join a group and print what arrives, one line per datagram')
      .argument('<group:port>', target, groupAndPort),
  )
    .option('--source <a>', 'receive from this source only (source-specific multicast)', hostAddressFlag)
    .option(
      '--duration <d>',
      'stop after this time, for example 5s; exit 1 if fewer than --count arrived, or none',
      durationFlag,
    )
    .addHelpText(
      'after',
      examples(
        ['tunpike mcast recv 239.1.2.3:5000 --host bob --count 3', 'leave after three datagrams'],
        [
          'tunpike mcast recv 232.1.1.1:5000 --host bob --source 198.51.100.10',
          'receive from one source only',
        ],
      ),
    )
    .action((where: Target, flags: ReceiveFlags) =>
      invoke((terminal) =>
        onHost(terminal, 'recv', where, flags, async () => {
          const { receiveFromGroup } = await import('./mcast-recv.js');
          return receiveFromGroup(terminal, endpointOf(where, flags), flags);
        }),
      ),
    );
};

const common = (command: Command): Command =>
  command
    .option('--host <h>', 'host of the lab to run on (default: this machine)')
    .option('--interface <dev>', 'device to use (default: the only one, or the one its routes choose)')
    .option('--count <n>', 'stop after this many datagrams (default: run until Ctrl-C)', wholeNumber(1, 1e9))
    .addOption(new Option('--placed').hideHelp());

const endpointOf = (where: Target, flags: McastFlags) => ({
  ...where,
  interface: flags.interface,
  source: flags.source,
});

/** Runs the same command again in the namespace of a host, or `body` if no host is named. */
const onHost = async (
  terminal: Terminal,
  kind: 'send' | 'recv',
  { group, port }: Target,
  flags: SendFlags | ReceiveFlags,
  body: () => Promise<number>,
): Promise<number> => {
  const { host, ...rest } = flags;
  if (host === undefined) {
    if (flags.placed === undefined)
      terminal.hint(
        'without --host this uses the network of this machine; --host H runs it on a host of the lab',
      );
    return body();
  }
  const [{ instanceFor }, { devicesOf, placeOf }, { execIn }] = await Promise.all([
    import('./instance.js'),
    import('./host-place.js'),
    import('../host/netns-exec.js'),
  ]);
  const state = await instanceFor(terminal, host);
  const devices = devicesOf(host, state);
  const device = devices.length === 1 ? { interface: devices[0].name } : {};
  const words = Object.entries({ ...device, ...rest }).flatMap(([name, value]) => [
    `--${name}`,
    IN_MILLISECONDS.has(name) ? `${value}ms` : String(value),
  ]);
  const { json, quiet, debug } = terminal.flags;
  const globals = [...(json ? ['-j'] : []), ...(quiet ? ['-q'] : []), ...(debug ? ['--debug'] : [])];
  const self = [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
  return execIn(await placeOf(host, state), [
    ...self,
    ...globals,
    'mcast',
    kind,
    `${group}:${port}`,
    '--placed',
    ...words,
  ]);
};

const IN_MILLISECONDS: ReadonlySet<string> = new Set(['interval', 'duration']);
