import { InvalidArgumentError, Option } from 'commander';
import { LONGEST_ECHO_WAIT, MOST_ECHO_DATA } from '../control/echo.js';
import { type AddCommand, examples } from './command.js';
import type { Terminal } from './terminal.js';

interface PingFlags {
  readonly from?: string;
  readonly count?: number;
  readonly interval: number;
  readonly wait: number;
  /** In seconds. */
  readonly deadline?: number;
  readonly ttl: number;
  readonly size: number;
  readonly tos: number;
  readonly pmtudisc: 'do' | 'want' | 'dont';
  readonly record?: true;
}

export const addPing: AddCommand = (program, invoke) => {
  program
    .command('ping')
    .description('send echo requests from a router, as ping(8) does')
    .argument('<dst>', 'IPv4 address, or the name of a host, a router or an interface')
    .option('--from <router>', 'router to send from (default: the only one)')
    .option('-c <count>', 'stop after this many requests', number(1, 1e9))
    .option('-i <seconds>', 'seconds between requests', number(0.002, 3600), 1)
    .option('-W <seconds>', 'seconds to wait for a reply', number(0.001, LONGEST_ECHO_WAIT / 1000), 10)
    .option('-w <seconds>', 'stop after this time; -c then counts replies', number(0.001, 1e6))
    .option('-n, --numeric', 'print addresses, not names (always so)')
    .option('-t <ttl>', 'TTL', number(1, 255), 64)
    .option('-s <octets>', 'octets of data', number(0, MOST_ECHO_DATA), 56)
    .option('-Q <tos>', 'type of service', number(0, 255), 0)
    .addOption(
      new Option('-M <how>', 'path MTU discovery; do sets DF')
        .choices(['do', 'want', 'dont'])
        .default('dont'),
    )
    .option('-R', 'record the route')
    .addHelpText(
      'after',
      examples(
        ['tunpike ping -c 3 203.0.113.10', 'three echo requests from the only router'],
        ['tunpike ping -q -w 5 bob', 'five seconds of requests to a host, and only the summary'],
        ['tunpike ping --from r2 -M do -s 1472 198.51.100.10', 'test whether 1500 octets get through'],
      ),
    )
    .action((destination: string, words: Readonly<Record<string, unknown>>) =>
      invoke((terminal) => ping(terminal, destination, flagsOf(words))),
    );
};

const flagsOf = (words: Readonly<Record<string, unknown>>): PingFlags =>
  ({
    from: words.from,
    count: words.c,
    interval: words.i,
    wait: words.W,
    deadline: words.w,
    ttl: words.t,
    size: words.s,
    tos: words.Q,
    pmtudisc: words.M,
    record: words.R,
  }) as PingFlags;

export const number =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most))
      throw new InvalidArgumentError(`write a number from ${least} to ${most}`);
    return value;
  };

/**
 * Returns 0 if any reply came, 1 if none did, 2 if no route leads there.
 *
 * With a deadline and a count, 1 also if fewer replies came. Source: ping(8).
 */
const ping = async (terminal: Terminal, named: string, flags: PingFlags): Promise<number> => {
  const [{ callInstance }, { instanceFor }, { Interruption }, { addressOf }, format] = await Promise.all([
    import('../control/client.js'),
    import('./instance.js'),
    import('./interruption.js'),
    import('./destination.js'),
    import('./ping-format.js'),
  ]);
  const instance = await instanceFor(terminal, named, flags.from);
  const destination = await addressOf(named, instance);
  const say = (text: string): void => {
    if (!terminal.isJson) terminal.print(text);
  };
  const identifier = process.pid & 0xffff;
  const interruption = new Interruption();
  const startedAt = performance.now();
  const { count = Number.POSITIVE_INFINITY, deadline } = flags;
  const endsAt = startedAt + (deadline ?? Number.POSITIVE_INFINITY) * 1000;
  const times: number[] = [];
  let [sent, errors] = [0, 0];
  try {
    const whole = flags.size + (flags.record ? 68 : 28);
    for (let sequence = 1; deadline !== undefined || sequence <= count; sequence += 1) {
      const began = performance.now();
      const params = {
        ...(flags.from === undefined ? {} : { router: flags.from }),
        destination,
        identifier,
        sequence: sequence & 0xffff,
        length: Math.floor(flags.size),
        ttl: Math.floor(flags.ttl),
        tos: Math.floor(flags.tos),
        isDontFragment: flags.pmtudisc === 'do',
        hasRecordRoute: flags.record === true,
        timeoutMs: Math.max(1, Math.ceil(Math.min(flags.wait * 1000, endsAt - began))),
      };
      const asked = callInstance(instance, 'echo', params, params.timeoutMs + 5000);
      const result = await Promise.race([asked, interruption.happens]);
      if (result?.kind === 'unsent' && result.why === 'no-route') {
        terminal.io.stderr.write('ping: connect: Network is unreachable\n');
        return 2;
      }
      if (sequence === 1) say(`PING ${named} (${destination}) ${flags.size}(${whole}) bytes of data.`);
      sent += 1;
      if (result === undefined) break;
      if (terminal.isJson) terminal.printJsonLine({ sequence, ...result });
      const line = format.formatEcho(result, sequence);
      if (line !== undefined && terminal.flags.quiet !== true) say(line);
      if (result.kind === 'reply') times.push(result.milliseconds);
      else if (result.kind !== 'no-answer') errors += 1;
      if ((deadline === undefined ? sequence : times.length) >= count) break;
      const next = began + flags.interval * 1000;
      if (await interruption.within(Math.min(next, endsAt) - performance.now())) break;
      if (performance.now() >= endsAt) break;
    }
  } finally {
    interruption.ignore();
  }
  const totalMs = performance.now() - startedAt;
  say(format.formatStatistics(named, { sent, errors, times, totalMs }));
  const isShort = deadline !== undefined && count !== Number.POSITIVE_INFINITY && times.length < count;
  return times.length > 0 && !isShort ? 0 : 1;
};
