import type { Instant } from '../time.js';
import { type Addon, type Handle, loadAddon } from './addon.js';
import { monotonicNanoseconds } from './monotonic-clock.js';
import type { OpenTimer, Timer } from './timer.js';

const NEVER = 0;

/** Timers of the kernel by our own addon; throws a `Failure` where that was not built. */
export function nativeTimers(): OpenTimer {
  const addon = loadAddon();
  return (ring) => new NativeTimer(addon, addon.openTimer(ring));
}

class NativeTimer implements Timer {
  readonly #addon: Addon;
  #handle: Handle | undefined;

  constructor(addon: Addon, handle: Handle) {
    this.#addon = addon;
    this.#handle = handle;
  }

  arm(deadline: Instant): void {
    this.#set(monotonicNanoseconds(deadline));
  }

  disarm(): void {
    this.#set(NEVER);
  }

  wait(until: Instant): void {
    this.#addon.waitUntil(monotonicNanoseconds(until));
  }

  close(): void {
    if (this.#handle !== undefined) this.#addon.close(this.#handle);
    this.#handle = undefined;
  }

  #set(nanoseconds: number): void {
    if (this.#handle !== undefined) this.#addon.setTimer(this.#handle, nanoseconds);
  }
}
