import type { EchoResult } from '../control/echo.js';
import { type AddCommand, examples } from './command.js';
import { number } from './ping.js';
import type { Terminal } from './terminal.js';

interface TracerouteFlags {
  readonly from?: string;
  readonly isNumeric: boolean;
  readonly first: number;
  readonly most: number;
  readonly queries: number;
  /** In seconds. */
  readonly wait: number;
  readonly size: number;
  readonly tos: number;
}

export const addTraceroute: AddCommand = (program, invoke) => {
  program
    .command('traceroute')
    .description('print the routers on the way from a router, as traceroute(8) does with -I')
    .argument('<dst>', 'IPv4 address, or the name of a host, a router or an interface')
    .argument('[octets]', 'length of each datagram', number(28, 65_535), 60)
    .option('--from <router>', 'router to send from (default: the only one)')
    .option('-n, --numeric', 'print addresses only')
    .option('-f <ttl>', 'TTL to begin with', number(1, 255), 1)
    .option('-m <ttl>', 'TTL to end with', number(1, 255), 30)
    .option('--queries <count>', 'echo requests for each TTL', number(1, 10), 3)
    .option('-w <seconds>', 'seconds to wait for an answer', number(0.001, 60), 5)
    .option('-t <tos>', 'type of service', number(0, 255), 0)
    .option('-I, --icmp', 'use echo requests (always so)')
    .addHelpText(
      'after',
      examples(
        ['tunpike traceroute 203.0.113.10', 'the way from the only router'],
        ['tunpike traceroute --from r1 -n -q 1 -w 1 bob', 'to a host, one request for each TTL, no names'],
      ),
    )
    .action((destination: string, octets: number, words: Readonly<Record<string, unknown>>) =>
      invoke((terminal) => traceroute(terminal, destination, flagsOf(octets, words))),
    );
};

const flagsOf = (size: number, words: Readonly<Record<string, unknown>>): TracerouteFlags =>
  ({
    from: words.from,
    isNumeric: words.numeric === true,
    first: words.f,
    most: words.m,
    queries: words.queries,
    wait: words.w,
    tos: words.t,
    size,
  }) as TracerouteFlags;

/** Hops that are asked about at the same time, so that a silent one does not hold up the others. */
const AHEAD = 5;

/** Returns 0 if the destination answered, 1 if it did not, 2 if no route leads there. */
const traceroute = async (terminal: Terminal, named: string, flags: TracerouteFlags): Promise<number> => {
  const [{ instanceFor }, { Interruption }, { addressOf, namesIn }, { Prober }, format] = await Promise.all([
    import('./instance.js'),
    import('./interruption.js'),
    import('./destination.js'),
    import('./probe.js'),
    import('./traceroute-format.js'),
  ]);
  const instance = await instanceFor(terminal, flags.from, named);
  const destination = await addressOf(named, instance);
  const names = flags.isNumeric ? new Map() : format.namesByAddress(await namesIn(instance));
  const prober = new Prober(instance, flags.from, destination);
  const interruption = new Interruption();
  const asked: Promise<readonly EchoResult[]>[] = [];
  const ask = (ttl: number): Promise<readonly EchoResult[]> =>
    Promise.all(
      Array.from({ length: flags.queries }, () =>
        prober.send({ ttl, size: flags.size, tos: flags.tos, timeoutMs: Math.ceil(flags.wait * 1000) }),
      ),
    );
  try {
    if (!terminal.isJson)
      terminal.print(
        `traceroute to ${named} (${destination}), ${flags.most} hops max, ${flags.size} byte packets`,
      );
    for (let ttl = flags.first; ttl <= flags.most; ttl += 1) {
      for (let next = ttl + asked.length; next <= flags.most && asked.length < AHEAD; next += 1) {
        const answers = ask(next);
        answers.catch(() => {});
        asked.push(answers);
      }
      const answers = await Promise.race([asked.shift()!, interruption.happens]);
      if (answers === undefined) return 1;
      if (answers.some((each) => each.kind === 'unsent' && each.why === 'no-route')) {
        terminal.io.stderr.write('traceroute: connect: Network is unreachable\n');
        return 2;
      }
      if (terminal.isJson) terminal.printJsonLine({ hop: ttl, probes: answers });
      else terminal.print(format.formatHop(ttl, answers, names));
      if (answers.some((each) => each.kind === 'reply')) return 0;
      if (answers.some(format.isFinal)) return 1;
    }
    return 1;
  } finally {
    interruption.ignore();
  }
};
