import type { Instant } from '../time.js';

/** An alarm on the clock of `performance.now()`: it rings once for each time it is armed, and never too early. */
export interface Timer {
  /** Rings at a deadline, or as soon as may be where that has passed; what it was armed for before is forgotten. */
  arm(deadline: Instant): void;
  disarm(): void;
  /** Waits actively for an instant, but no longer than 1 ms. Not every back end can without making garbage. */
  wait?(until: Instant): void;
  /** Ends it for good: it does not ring afterwards, and is not armed. One that is open may keep the process alive. */
  close(): void;
}

/** Makes a timer, not armed yet, that calls `ring`. */
export type OpenTimer = (ring: () => void) => Timer;
