import { type Instant, instant } from '../time.js';
import type { OpenTimer, Timer } from './timer.js';

/** The longest timeout that Node accepts, in milliseconds. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** A timer by `setTimeout`, which counts whole milliseconds: it rings up to a few of them late. */
export const openTimeoutTimer: OpenTimer = (ring) => new TimeoutTimer(ring);

class TimeoutTimer implements Timer {
  readonly #ring: () => void;
  #timeout: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  arm(deadline: Instant): void {
    this.disarm();
    if (!this.#isClosed) this.#wait(deadline, instant(performance.now()));
  }

  disarm(): void {
    clearTimeout(this.#timeout);
  }

  close(): void {
    this.#isClosed = true;
    this.disarm();
  }

  #wait(deadline: Instant, now: Instant): void {
    const milliseconds = Math.min(Math.max(0, Math.ceil(deadline - now)), LONGEST_TIMEOUT);
    this.#timeout = setTimeout(() => this.#elapsed(deadline), milliseconds);
  }

  /** A timeout may end before its time, since Node counts it from the start of a turn of its loop. */
  #elapsed(deadline: Instant): void {
    const now = instant(performance.now());
    if (now < deadline) this.#wait(deadline, now);
    else this.#ring();
  }
}
