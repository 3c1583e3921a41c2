import { onOutputFailure } from './output-failure.js';

/** Node refuses longer timeouts. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Ctrl-C, SIGTERM, and a reader that has gone: they end the work of a command, but not its summary. */
export class Interruption {
  readonly #ending = new AbortController();
  /** Aborted as soon as it happens. */
  readonly signal: AbortSignal = this.#ending.signal;
  readonly happens: Promise<undefined>;
  readonly #onSignal = (): void => this.happen();
  readonly #ignoreOutput: () => void;

  constructor() {
    this.happens = new Promise((resolve) => {
      this.signal.addEventListener('abort', () => resolve(undefined));
    });
    process.on('SIGINT', this.#onSignal);
    process.on('SIGTERM', this.#onSignal);
    this.#ignoreOutput = onOutputFailure(this.#onSignal);
  }

  /** Acts as if a signal had come. */
  happen(): void {
    this.#ending.abort();
  }

  ignore(): void {
    process.off('SIGINT', this.#onSignal);
    process.off('SIGTERM', this.#onSignal);
    this.#ignoreOutput();
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
