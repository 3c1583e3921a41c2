import type { Instant } from '../time.js';

const NANOSECONDS = 1_000_000;
const READINGS = 64;
/** The last time that a timer of the kernel takes. In nanoseconds. */
const LAST = 2 ** 62;

let startedAt: number | undefined;

/**
 * What CLOCK_MONOTONIC says at an instant of `performance.now()`, in nanoseconds, for the kernel's timers.
 *
 * Both are one clock, libuv's `uv_hrtime`; they differ by when the process (or the worker thread) began. What is
 * given is never before the instant, and after it by the time between two readings at most (measured: 0.1 µs).
 */
export const monotonicNanoseconds = (at: Instant): number => {
  startedAt ??= findStart();
  return Math.min(Math.max(1, Math.ceil(startedAt + at * NANOSECONDS)), LAST);
};

/** Each pair of readings, in this order, bounds it from above; the least bound is the one with the least between. */
const findStart = (): number => {
  let least = Number.POSITIVE_INFINITY;
  for (let reading = 0; reading < READINGS; reading++) {
    const first = performance.now();
    least = Math.min(least, Number(process.hrtime.bigint()) - first * NANOSECONDS);
  }
  return least;
};
