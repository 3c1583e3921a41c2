import type { Instant } from '../time.js';
import { type Calls, loadCalls } from './koffi-calls.js';
import { type KoffiPoller, koffiPoller, POLLIN } from './koffi-poller.js';
import { monotonicNanoseconds } from './monotonic-clock.js';
import type { OpenTimer, Timer } from './timer.js';

const NEVER = 0;

/** Timers of the kernel by koffi, an optional dependency; throws a `Failure` where it is not there. */
export async function koffiTimers(): Promise<OpenTimer> {
  const calls = await loadCalls();
  return (ring) => new KoffiTimer(calls, koffiPoller(calls), ring);
}

class KoffiTimer implements Timer {
  readonly #calls: Calls;
  readonly #poller: KoffiPoller;
  #fd: number | undefined;

  constructor(calls: Calls, poller: KoffiPoller, ring: () => void) {
    this.#calls = calls;
    this.#poller = poller;
    const fd = calls.timerfd();
    this.#fd = fd;
    const times = new Uint8Array(8);
    poller.watch(fd, POLLIN, () => {
      // Nothing to read: since the poller has looked, it was armed for another time.
      if (calls.read(fd, times) === times.length) ring();
    });
  }

  arm(deadline: Instant): void {
    this.#set(monotonicNanoseconds(deadline));
  }

  disarm(): void {
    this.#set(NEVER);
  }

  close(): void {
    if (this.#fd === undefined) return;
    this.#poller.unwatch(this.#fd);
    this.#calls.close(this.#fd);
    this.#fd = undefined;
  }

  #set(nanoseconds: number): void {
    if (this.#fd !== undefined) this.#calls.setTimer(this.#fd, nanoseconds);
  }
}
