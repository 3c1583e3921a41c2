import { type Command, Option } from 'commander';
import { type AddCommand, examples } from './command.js';
import { durationFlag, groupAndPort, hostAddressFlag, wholeNumber } from './flag-values.js';
import type { Terminal } from './terminal.js';

type Target = ReturnType<typeof groupAndPort>;

interface McastFlags {
  readonly host?: string;
  /** Set by ourselves where we run on a host already. */
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
    .description('a multicast sender and a receiver, with sockets like any program')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples(
        ['tunpike mcast recv 239.1.2.3:5000 --host bob', 'bob joins the group and prints what comes'],
        ['tunpike mcast send 239.1.2.3:5000 --host alice --count 3', 'alice sends three datagrams'],
      ),
    );
  const target = 'for example 239.1.2.3:5000';
  common(mcast.command('send').description('sends to a group').argument('<group:port>', target, groupAndPort))
    .option('--ttl <n>', 'how many links it may cross', wholeNumber(0, 255), 16)
    .option('--interval <d>', 'wait so long between two', durationFlag, 1000)
    .option('--source <a>', 'send from this address of the host', hostAddressFlag)
    .addHelpText(
      'after',
      examples(
        ['tunpike mcast send 239.1.2.3:5000 --host alice --interval 200ms', 'until Ctrl-C'],
        [
          'tunpike mcast send 239.1.2.3:5000 --host alice --ttl 1',
          'what programs do unless told: no router forwards it',
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
      .description('joins a group and prints what comes, one line a datagram')
      .argument('<group:port>', target, groupAndPort),
  )
    .option('--source <a>', 'join for this source only (source-specific multicast)', hostAddressFlag)
    .option(
      '--duration <d>',
      'stop after so long (and end with 1 where fewer than --count came)',
      durationFlag,
    )
    .addHelpText(
      'after',
      examples(
        ['tunpike mcast recv 239.1.2.3:5000 --host bob --count 3', 'leaves after three datagrams'],
        ['tunpike mcast recv 232.1.1.1:5000 --host bob --source 198.51.100.10', 'from one source only'],
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
    .option('--host <h>', 'run on this host of the lab (default: here)')
    .option('--interface <dev>', 'by this device (default: the host’s only one, or by its routes)')
    .option('--count <n>', 'stop after so many (default: Ctrl-C)', wholeNumber(1, 1e9))
    .addOption(new Option('--placed').hideHelp());

const endpointOf = (where: Target, flags: McastFlags) => ({
  ...where,
  interface: flags.interface,
  source: flags.source,
});

/** Runs the same command once more in the namespace of a host, or the body where no host is named. */
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
        'without --host this is by the network of this machine; --host H makes it a host of the lab',
      );
    return body();
  }
  const [{ instanceNamed }, { devicesOf, placeOf }, { execIn }] = await Promise.all([
    import('./instance.js'),
    import('./host-place.js'),
    import('../host/netns-exec.js'),
  ]);
  const state = await instanceNamed(terminal.flags.name);
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
