import { constants } from 'node:os';
import { ENDING } from '../host/stopping-signals.js';
import { onOutputFailure } from './output-failure.js';

/** Node refuses longer timeouts. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Whoever sends these wants the work of a command to end; its exit code is as if it had ended by itself. */
const ASKING: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM']);

/**
 * Ctrl-C, SIGTERM, and a reader that has gone: they end the work of a command, but not its summary. So do the other
 * signals that end a process, and then the exit code is 128 and their number.
 */
export class Interruption {
  readonly #ending = new AbortController();
  /** Aborted as soon as it happens. */
  readonly signal: AbortSignal = this.#ending.signal;
  readonly happens: Promise<undefined>;
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (!ASKING.has(signal)) this.#endedBy(signal);
    this.happen();
  };
  /** The signal that ends the process, where that is no wish to end the work. */
  #signal: NodeJS.Signals | undefined;
  readonly #ignoreOutput: () => void;

  constructor() {
    this.happens = new Promise((resolve) => {
      this.signal.addEventListener('abort', () => resolve(undefined));
    });
    for (const each of ENDING) process.on(each, this.#onSignal);
    this.#ignoreOutput = onOutputFailure(() => this.happen());
  }

  /** Acts as if a signal had come. */
  happen(): void {
    this.#ending.abort();
  }

  ignore(): void {
    for (const each of ENDING) process.off(each, this.#onSignal);
    this.#ignoreOutput();
  }

  /** Ends the process by the signal that has come, if that is one that ends it; after {@link ignore}. */
  passOn(): void {
    if (this.#signal !== undefined) process.kill(process.pid, this.#signal);
  }

  #endedBy(signal: NodeJS.Signals): void {
    if (this.#signal !== undefined) return;
    this.#signal = signal;
    process.once('exit', () => {
      process.exitCode = 128 + constants.signals[signal];
    });
  }

  /** Waits for it, `wait` milliseconds at most; says whether it has happened. */
  async within(wait: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), Math.min(LONGEST_TIMEOUT, Math.max(0, wait)));
    });
    await Promise.race([over, this.happens]);
    clearTimeout(timer);
    return this.signal.aborted;
  }
}
