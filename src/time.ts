/**
 * A point on a monotonic clock, in milliseconds since an arbitrary start.
 *
 * The core never reads a clock: every `now` is an argument, so virtual time is just another argument.
 */
export type Instant = number & { readonly unit: 'instant' };

/** A length of time in milliseconds; fractions are allowed. */
export type Duration = number & { readonly unit: 'duration' };

export const instant = (milliseconds: number): Instant => milliseconds as Instant;
export const duration = (milliseconds: number): Duration => milliseconds as Duration;
export const milliseconds = (count: number): Duration => duration(count);
export const seconds = (count: number): Duration => duration(count * 1000);

/** A clock that counts milliseconds, as one that returns instants. */
export const clockOf = (read: () => number): (() => Instant) => read as () => Instant;

export const START: Instant = instant(0);
/** A deadline that never comes. */
export const NEVER: Instant = instant(Number.POSITIVE_INFINITY);

/** Before every other instant: the end of something that never began. */
export const PAST: Instant = instant(Number.NEGATIVE_INFINITY);

export const after = (now: Instant, wait: Duration): Instant => instant(now + wait);
export const since = (earlier: Instant, now: Instant): Duration => duration(now - earlier);
/** How long until a deadline; undefined if it never comes. */
export const left = (deadline: Instant, now: Instant): Duration | undefined =>
  deadline === NEVER ? undefined : since(now, deadline);
export const latest = (a: Instant, b: Instant): Instant => (a >= b ? a : b);
export const earliest = (a: Instant, b: Instant): Instant => (a <= b ? a : b);
