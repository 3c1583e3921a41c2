/** The least and the most time for one turn, in milliseconds. */
const LEAST = 0.2;
const MOST = 2;
/** A turn may take this share of what everything else took since the last one. */
const SHARE = 0.25;

interface Waiting {
  readonly work: () => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gives those who ask one turn of the event loop each, in the order they came, so that the router goes on.
 *
 * How long a turn may be follows from how busy the loop is: on a busy router a quarter of what the datagrams
 * took meanwhile, on an idle one next to no time is lost. Work that can be long does as much as `isOver` lets
 * it, and asks for another turn.
 */
export class Turns {
  readonly #waiting: Waiting[] = [];
  #isArmed = false;
  #endedAt = performance.now();
  #deadline = 0;

  /** Runs the work when it is its turn. */
  take<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      this.#arm();
    });
  }

  /** Whether the turn has lasted long enough. */
  get isOver(): boolean {
    return performance.now() >= this.#deadline;
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    setImmediate(() => {
      this.#isArmed = false;
      this.#run();
    });
  }

  #run(): void {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    const now = performance.now();
    this.#deadline = now + Math.min(MOST, Math.max(LEAST, (now - this.#endedAt) * SHARE));
    try {
      next.resolve(next.work() as never);
    } catch (error) {
      next.reject(error);
    }
    this.#endedAt = performance.now();
    if (this.#waiting.length > 0) this.#arm();
  }
}
