import { InvalidArgumentError } from 'commander';
import type { Traced, TracedDatagram } from '../control/trace.js';
import { type AddCommand, examples } from './command.js';
import { formatExplanation } from './explain-format.js';
import { formatDatagram } from './monitor-format.js';
import type { Terminal } from './terminal.js';

interface TraceFlags {
  readonly match?: readonly string[];
  readonly count?: number;
  readonly duration?: string;
}

export const addTrace: AddCommand = (program, invoke) => {
  program
    .command('trace')
    .description('follow real datagrams, step by step, as `explain` does')
    .option('--match <expr...>', 'only datagrams that match, as for `monitor`')
    .option('--count <n>', 'stop after so many datagrams', countFrom)
    .option('--duration <duration>', 'stop after this time, for example 10s')
    .addHelpText(
      'after',
      examples(
        ['tunpike trace --match protocol=icmp --count 2', 'an echo request and its reply'],
        ['tunpike trace -j --match "reason=no-route" --duration 10s', 'one JSON object a line'],
      ),
    )
    .addHelpText(
      'after',
      'Each datagram is explained from its own octets as it is sent. Loss is told as a chance: whether it was\nlost is in `tunpike monitor --type drop`.',
    )
    .action((flags: TraceFlags) => invoke((terminal) => trace(terminal, flags)));
};

const countFrom = (text: string): number => {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a number from 1');
};

/** Returns 0: when it has seen enough, on Ctrl-C, or when the lab stops. */
const trace = async (terminal: Terminal, { match, count, duration }: TraceFlags): Promise<number> => {
  const [
    { followInstance },
    { readTraceParams },
    { instanceFor },
    { Interruption },
    { parseDuration },
    { accepted },
  ] = await Promise.all([
    import('../control/follow.js'),
    import('../control/trace.js'),
    import('./instance.js'),
    import('./interruption.js'),
    import('../text/quantities.js'),
    import('../text/fault.js'),
  ]);
  const params = readTraceParams(match === undefined ? {} : { match: match.join(' ') });
  const length = duration === undefined ? undefined : accepted(parseDuration(duration));
  const instance = await instanceFor(terminal);
  const interruption = new Interruption();
  const enough = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let seen = 0;
  try {
    await followInstance(
      instance,
      params,
      {
        began: ({ name }) => {
          terminal.hint(`tracing ${name}`);
          if (length !== undefined) timer = setTimeout(() => enough.abort(), length);
        },
        event: (record) => {
          const traced = record as unknown as Traced;
          if ('missed' in traced) return terminal.hint(`${traced.missed} more came too fast to be told`);
          if (seen === count) return;
          seen += 1;
          if (terminal.isJson) terminal.printJsonLine(traced);
          else print(terminal, traced, seen === 1);
          if (seen === count) enough.abort();
        },
      },
      AbortSignal.any([interruption.signal, enough.signal]),
      'trace',
    );
    return 0;
  } finally {
    clearTimeout(timer);
    interruption.ignore();
  }
};

/** When it began its way, what it is, and then its steps; a blank line between two. */
const print = (terminal: Terminal, { time, datagram, ...traced }: TracedDatagram, isFirst: boolean): void => {
  const { colors, io } = terminal;
  terminal.print(
    `${isFirst ? '' : '\n'}${colors.dim(time)} ${formatDatagram(datagram)}\n${formatExplanation(traced, colors, io.stdout.columns)}`,
  );
};
