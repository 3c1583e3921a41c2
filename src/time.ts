/**
 * A point on a monotonic clock, in milliseconds; zero is wherever that clock began.
 *
 * The core never reads a clock: every `now` is handed to it, so that virtual time is only another argument.
 */
export type Instant = number & { readonly unit: 'instant' };

/** A length of time in milliseconds; fractions are allowed. */
export type Duration = number & { readonly unit: 'duration' };

export const instant = (milliseconds: number): Instant => milliseconds as Instant;
export const duration = (milliseconds: number): Duration => milliseconds as Duration;
export const milliseconds = (count: number): Duration => duration(count);
export const seconds = (count: number): Duration => duration(count * 1000);

/** A clock in milliseconds, as one that reads instants. */
export const clockOf = (read: () => number): (() => Instant) => read as () => Instant;

export const START: Instant = instant(0);
/** The deadline of somebody who waits for nothing. */
export const NEVER: Instant = instant(Number.POSITIVE_INFINITY);

/** Before everything: the end of what has never been. */
export const PAST: Instant = instant(Number.NEGATIVE_INFINITY);

export const after = (now: Instant, wait: Duration): Instant => instant(now + wait);
export const since = (earlier: Instant, now: Instant): Duration => duration(now - earlier);
export const latest = (a: Instant, b: Instant): Instant => (a >= b ? a : b);
export const earliest = (a: Instant, b: Instant): Instant => (a <= b ? a : b);
