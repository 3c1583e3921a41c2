import type { Explanation } from '../explanation.js';
import { type AddCommand, examples } from './command.js';
import type { Terminal } from './terminal.js';

interface ExplainFlags {
  readonly in?: string;
  readonly protocol?: string;
  readonly sourcePort?: string;
  readonly destinationPort?: string;
  readonly ttl?: string;
  readonly size?: string;
  readonly df?: true;
}

export const addExplain: AddCommand = (program, invoke) => {
  program
    .command('explain')
    .description('what would happen to a datagram, step by step; sends nothing')
    .argument('<src>', 'IPv4 address, or the name of a host, a router or an interface')
    .argument('<dst>', 'the same, or a group')
    .option('--in <interface>', 'where it comes in, for example r1.red (default: sent by who has SRC)')
    .option('--protocol <protocol>', 'icmp, igmp, tcp, udp or a number (default: an echo request)')
    .option('--source-port <port>', 'of udp or tcp (default: 49152)')
    .option('--destination-port <port>', 'of udp or tcp (default: 9)')
    .option('--ttl <ttl>', 'TTL (default: 64)')
    .option('--size <octets>', 'total length (default: 84 of icmp, 60)')
    .option('--df', 'forbid fragments')
    .addHelpText(
      'after',
      examples(
        ['tunpike explain alice bob', 'the way of an echo request'],
        ['tunpike explain alice bob --size 1500 --df', 'where a large datagram ends, and who says so'],
        ['tunpike explain 192.0.2.1 bob --in r1.red', 'a source that nobody has'],
        ['tunpike explain alice 239.1.2.3 --protocol udp', 'which links a group reaches, and why'],
      ),
    )
    .addHelpText(
      'after',
      'Exit codes: 0 a host or a router gets it, 1 it is dropped.\nChance is told as a chance: `loss 1%`.',
    )
    .action((source: string, destination: string, flags: ExplainFlags) =>
      invoke((terminal) => explain(terminal, source, destination, flags)),
    );
};

/** Returns 0 if somebody gets it, 1 if it is dropped. */
const explain = async (
  terminal: Terminal,
  source: string,
  destination: string,
  flags: ExplainFlags,
): Promise<number> => {
  const [{ callInstance }, { instanceFor }, { formatExplanation }] = await Promise.all([
    import('../control/client.js'),
    import('./instance.js'),
    import('./explain-format.js'),
  ]);
  const instance = await instanceFor(terminal, source, destination, flags.in);
  const explanation: Explanation = await callInstance(instance, 'explain', { source, destination, ...flags });
  if (terminal.isJson) terminal.printJson(explanation);
  else terminal.print(formatExplanation(explanation, terminal.colors, terminal.io.stdout.columns));
  return explanation.verdict === 'dropped' ? 1 : 0;
};
