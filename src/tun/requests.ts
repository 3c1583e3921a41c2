/** So many requests are made in a turn of the event loop: each takes 20 to 70 µs (measured). */
const IN_A_TURN = 16;

/**
 * Requests to the kernels of many devices, in their order: as many in a turn as take a millisecond, and the rest in the
 * turns that follow, so that a link with a thousand hosts does not hold the datagrams.
 */
export class Requests {
  readonly #waiting: (() => void)[] = [];
  /** How many were made in this turn. */
  #made = 0;
  #isArmed = false;
  /** Those who wait until all are made. */
  readonly #told: (() => void)[] = [];

  make(request: () => void): void {
    this.#waiting.push(request);
    this.#makeSome();
  }

  /** Resolves when all are made. */
  done(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#told.push(resolve));
  }

  #makeSome(): void {
    while (this.#made < IN_A_TURN && this.#waiting.length > 0) {
      this.#made += 1;
      this.#waiting.shift()!();
    }
    if (this.#waiting.length === 0) for (const tell of this.#told.splice(0)) tell();
    if (this.#isArmed || this.#made === 0) return;
    this.#isArmed = true;
    setImmediate(() => {
      this.#isArmed = false;
      this.#made = 0;
      this.#makeSome();
    });
  }
}

/** Those of all devices of this process. */
export const deviceRequests = new Requests();
