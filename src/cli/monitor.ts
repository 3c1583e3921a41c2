import { once } from 'node:events';
import { MONITORED } from '../control/monitor.js';
import { MATCH_KEYS } from '../text/match.js';
import { type AddCommand, examples } from './command.js';
import type { Terminal } from './terminal.js';

interface MonitorFlags {
  readonly type?: string;
  readonly match?: readonly string[];
}

export const addMonitor: AddCommand = (program, invoke) => {
  program
    .command('monitor')
    .description('print events as they happen')
    .option('--type <types>', `${Object.keys(MONITORED).join(',')} (default: all but forward)`)
    .option('--match <expr...>', 'print only the events that match')
    .addHelpText('after', `\nTYPES, separated by commas:\n${list(MONITORED)}`)
    .addHelpText(
      'after',
      `\nEXPR is one or more KEY=VALUE, all of which must hold; numbers also take KEY<VALUE and KEY>VALUE:\n${list(
        Object.fromEntries(Object.entries(MATCH_KEYS).map(([key, { means }]) => [key, means])),
      )}`,
    )
    .addHelpText(
      'after',
      examples(
        ['tunpike monitor --type igmp', 'hosts that join and leave'],
        [
          'tunpike monitor --type drop --match "reason=no-route destination=203.0.113.0/24"',
          'datagrams to a network, lost on the way',
        ],
        [
          'tunpike monitor --type forward,drop --match protocol=icmp',
          'pings on their way, and where they end',
        ],
        ['tunpike monitor -j --type drop,icmp', 'one JSON object a line'],
      ),
    )
    .action((flags: MonitorFlags) => invoke((terminal) => monitor(terminal, flags)));
};

const list = (words: Readonly<Record<string, string>>): string =>
  Object.entries(words)
    .map(([word, means]) => `  ${word.padEnd(18)}${means}`)
    .join('\n');

/** Returns 0: on Ctrl-C, when nobody reads the output any more, or when the lab stops. */
const monitor = async (terminal: Terminal, { type, match }: MonitorFlags): Promise<number> => {
  const [
    { followInstance },
    { parseEventTypes, readMonitorParams },
    { instanceFor },
    { Interruption },
    { formatEvent },
  ] = await Promise.all([
    import('../control/follow.js'),
    import('../control/monitor.js'),
    import('./instance.js'),
    import('./interruption.js'),
    import('./monitor-format.js'),
  ]);
  const params = readMonitorParams({
    ...(type === undefined ? {} : { types: parseEventTypes(type.split(',')) }),
    ...(match === undefined ? {} : { match: match.join(' ') }),
  });
  const instance = await instanceFor(terminal);
  const interruption = new Interruption();
  try {
    const how = await followInstance(
      instance,
      params,
      {
        began: ({ name, types }) => terminal.hint(`following ${types.join(', ')} of ${name}`),
        event: async (record) => {
          if (terminal.isJson) terminal.printJsonLine(record);
          else terminal.print(formatEvent(record, terminal.colors));
          // A slow reader of the output slows this down, and the lab counts what is missed.
          if (process.stdout.writableNeedDrain)
            await once(process.stdout, 'drain', { signal: interruption.signal });
        },
      },
      interruption.signal,
    );
    if (how === 'stopped') terminal.hint(`${instance.name} has stopped`);
    return 0;
  } finally {
    interruption.ignore();
  }
};
