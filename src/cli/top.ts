import type { Traffic } from '../control/traffic.js';
import { type AddCommand, examples } from './command.js';
import type { FullScreen } from './full-screen.js';
import { Interruption } from './interruption.js';
import type { Terminal } from './terminal.js';
import type { Rates } from './top-rates.js';

interface TopFlags {
  readonly interval?: string;
  readonly watch?: true;
}

/** Between two looks, in milliseconds. */
const INTERVAL = 1000;
/** Looks more often than this would measure themselves. */
const SHORTEST = 100;

export const addTop: AddCommand = (program, invoke) => {
  program
    .command('top')
    .description('live rates of interfaces and links, drops by reason, lag and memory')
    .option('--interval <duration>', 'between two looks (default: 1s)')
    .option('--watch', 'go on where the output is no terminal, or with -j: one object a line')
    .addHelpText(
      'after',
      examples(
        ['tunpike top', 'a full screen; q or Ctrl-C ends it'],
        ['tunpike top --interval 5s', 'averages over 5 s'],
        ['tunpike top -j', 'one object, measured over 1 s'],
        ['tunpike top -j --watch', 'an object a line, each second'],
      ),
    )
    .action((flags: TopFlags) => invoke((terminal) => top(terminal, flags)));
};

/** Returns 0: after one look, or when it was ended; 5 if the lab goes away meanwhile, 8 if it does not answer. */
const top = async (terminal: Terminal, { interval, watch }: TopFlags): Promise<number> => {
  const [{ callInstance }, { instanceFor }, { ratesOf }, { formatRates }] = await Promise.all([
    import('../control/client.js'),
    import('./instance.js'),
    import('./top-rates.js'),
    import('./top-format.js'),
  ]);
  const pause = interval === undefined ? INTERVAL : await intervalFrom(interval);
  const { io, isJson, colors } = terminal;
  const isScreen = !isJson && io.stdout.isTTY === true;
  const instance = await instanceFor(terminal);
  const look = (): Promise<Traffic> => callInstance(instance, 'traffic', {});
  const styleNow = () => ({ width: terminal.width, colors });
  const interruption = new Interruption();
  let shown: Rates | undefined;
  let screen: FullScreen | undefined;
  const redraw = (): void => {
    if (screen === undefined) return;
    const height = process.stdout.rows;
    screen.draw(
      shown === undefined
        ? `${instance.name}: the first look takes ${pause / 1000} s …`
        : formatRates(shown, { ...styleNow(), height }),
    );
  };
  try {
    let before = await Promise.race([look(), interruption.happens]);
    if (before === undefined) return 0;
    if (isScreen) screen = await openScreen(interruption, redraw);
    redraw();
    for (let count = 0; ; count += 1) {
      if (await interruption.within(pause)) return 0;
      const now = await Promise.race([look(), interruption.happens]);
      if (now === undefined) return 0;
      shown = ratesOf(instance.name, before, now);
      before = now;
      if (screen !== undefined) redraw();
      else if (isJson && watch === true) terminal.printJsonLine(shown);
      else if (isJson) terminal.printJson(shown);
      else terminal.print(`${count === 0 ? '' : '\n'}${formatRates(shown, styleNow())}`);
      if (screen === undefined && watch !== true) return 0;
    }
  } finally {
    screen?.close();
    interruption.ignore();
    if (screen !== undefined) interruption.passOn();
  }
};

const openScreen = async (interruption: Interruption, resized: () => void) => {
  const { FullScreen } = await import('./full-screen.js');
  const { stdout: output, stdin: input } = process;
  return new FullScreen({ output, input, quit: () => interruption.happen(), resized });
};

const intervalFrom = async (text: string): Promise<number> => {
  const [{ parseDuration }, { accepted }, { Failure }] = await Promise.all([
    import('../text/quantities.js'),
    import('../text/fault.js'),
    import('../failure.js'),
  ]);
  const interval = accepted(parseDuration(text));
  if (interval < SHORTEST) throw new Failure(2, `--interval ${text} is too short`, `${SHORTEST}ms or longer`);
  return interval;
};
