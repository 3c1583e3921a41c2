import type { EchoResult } from '../control/echo.js';
import { type AddCommand, examples } from './command.js';
import { number } from './ping.js';
import type { Terminal } from './terminal.js';

interface MtuFlags {
  readonly from?: string;
  /** In seconds. */
  readonly wait: number;
  readonly length: number;
}

export const addMtu: AddCommand = (program, invoke) => {
  program
    .command('mtu')
    .description('find the path MTU from a router, as tracepath(8) does, and black holes on the way')
    .argument('<dst>', 'IPv4 address, or the name of a host, a router or an interface')
    .option('--from <router>', 'router to send from (default: the only one)')
    .option('-l <octets>', 'length of the datagram to begin with', number(68, 65_535), 65_535)
    .option('-W <seconds>', 'seconds to wait for an answer', number(0.001, 60), 1)
    .option('-n, --numeric', 'print addresses, not names (always so)')
    .addHelpText(
      'after',
      examples(
        ['tunpike mtu 203.0.113.10', 'the longest datagram that gets there whole'],
        ['tunpike mtu --from r1 bob -j', 'the same as JSON, with each length that was tried'],
      ),
    )
    .action((destination: string, words: Readonly<Record<string, unknown>>) =>
      invoke((terminal) =>
        mtu(terminal, destination, { from: words.from, wait: words.W, length: words.l } as MtuFlags),
      ),
    );
};

/** A length that was tried, and what became of the datagram. */
interface Attempt {
  readonly length: number;
  readonly fate: 'passes' | 'too-long' | 'no-answer' | 'error';
  /** Who said so; null if nobody did. */
  readonly from: string | null;
  /** What is said to fit; null if nothing is. */
  readonly mtu: number | null;
}

/** What every link carries. Source: RFC 791 §3.1. */
const SMALLEST = 68;
/** So many datagrams of a length are sent at once, so that a lost one is not taken for a black hole. */
const TRIES = 3;

/** Returns 0 if the path MTU was found, 1 if the destination does not answer, 2 if no route leads there. */
const mtu = async (terminal: Terminal, named: string, flags: MtuFlags): Promise<number> => {
  const [{ instanceFor }, { addressOf }, { Prober }] = await Promise.all([
    import('./instance.js'),
    import('./destination.js'),
    import('./probe.js'),
  ]);
  const instance = await instanceFor(terminal, flags.from, named);
  const destination = await addressOf(named, instance);
  const prober = new Prober(instance, flags.from, destination);
  const attempts: Attempt[] = [];
  const attempt = async (length: number): Promise<Attempt | undefined> => {
    const timeoutMs = Math.ceil(flags.wait * 1000);
    const results = await Promise.all(
      Array.from({ length: TRIES }, () => prober.send({ size: length, isDontFragment: true, timeoutMs })),
    );
    const result = results.find(({ kind }) => kind !== 'no-answer') ?? results[0]!;
    if (result.kind === 'unsent' && result.why === 'no-route') return undefined;
    const made = attemptOf(length, result);
    // Nothing is printed before the lab has taken the question.
    if (attempts.length === 0 && !terminal.isJson) terminal.print(`path MTU to ${named} (${destination})`);
    attempts.push(made);
    if (!terminal.isJson) terminal.print(formatAttempt(made));
    return made;
  };

  const found = await search(flags.length, attempt);
  if (found === 'no-route') {
    terminal.io.stderr.write('mtu: connect: Network is unreachable\n');
    return 2;
  }
  if (terminal.isJson) terminal.printJson({ destination, ...found, attempts });
  else if (found.mtu === null) terminal.print(`     no answer from ${destination}`);
  else
    terminal.print(
      `     Resume: pmtu ${found.mtu}${found.isBlackHole ? ', with a black hole: longer datagrams vanish, and nobody says so' : ''}`,
    );
  return found.mtu === null ? 1 : 0;
};

interface Found {
  /** Null if nothing gets through. */
  readonly mtu: number | null;
  /** Whether datagrams vanished that are longer than that. */
  readonly isBlackHole: boolean;
}

/** Follows what routers say, and searches where they say nothing. Source: RFC 1191 §5, RFC 4821 §7. */
const search = async (
  longest: number,
  attempt: (length: number) => Promise<Attempt | undefined>,
): Promise<Found | 'no-route'> => {
  let length = longest;
  for (;;) {
    const made = await attempt(length);
    if (made === undefined) return 'no-route';
    if (made.fate === 'passes') return { mtu: length, isBlackHole: false };
    if (made.fate === 'error') return { mtu: null, isBlackHole: false };
    const next = made.mtu ?? 0;
    if (made.fate === 'no-answer' || next >= length || next < SMALLEST) break;
    length = next;
  }
  let [low, high] = [SMALLEST, length];
  if ((await attempt(low))?.fate !== 'passes') return { mtu: null, isBlackHole: false };
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    const made = await attempt(middle);
    if (made?.fate === 'passes') low = middle;
    else high = middle;
  }
  return { mtu: low, isBlackHole: true };
};

const attemptOf = (length: number, result: EchoResult): Attempt => {
  switch (result.kind) {
    case 'reply':
      return { length, fate: 'passes', from: result.from, mtu: null };
    case 'no-answer':
      return { length, fate: 'no-answer', from: null, mtu: null };
    case 'error': {
      const isTooLong = result.type === 3 && result.code === 4;
      return {
        length,
        fate: isTooLong ? 'too-long' : 'error',
        from: result.from,
        mtu: isTooLong ? result.parameter & 0xffff : null,
      };
    }
    case 'unsent':
      return {
        length,
        fate: result.why === 'too-long' ? 'too-long' : 'error',
        from: null,
        mtu: result.why === 'too-long' ? (result.mtu ?? null) : null,
      };
  }
};

const formatAttempt = ({ length, fate, from, mtu }: Attempt): string => {
  const head = `${String(length).padStart(5)}: `;
  switch (fate) {
    case 'passes':
      return `${head}passes`;
    case 'too-long':
      return `${head}too long, ${from === null ? 'the router itself' : from} says pmtu ${mtu}`;
    case 'no-answer':
      return `${head}no answer`;
    case 'error':
      return `${head}${from === null ? '' : `${from}: `}destination unreachable`;
  }
};
