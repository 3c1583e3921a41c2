import { after, type Instant, seconds } from '../time.js';
import type { Refusal } from './refusal.js';

/** Something that an operator should know. Source: RFC 9776 §7.3.1. */
export type IgmpWarning = Refusal | QuerierWarning;

/** Another router queries in another version, or would be the querier if we were not told to go on. */
export type QuerierWarning = 'version-differs' | 'stronger-querier';

const INTERVAL = seconds(60);

/** Lets each warning through at most once a minute. */
export class WarningPace {
  readonly #givenAt = new Map<IgmpWarning, Instant>();

  /** Whether a warning may be given; it counts as given then. */
  allows(warning: IgmpWarning, now: Instant): boolean {
    const before = this.#givenAt.get(warning);
    if (before !== undefined && after(before, INTERVAL) > now) return false;
    this.#givenAt.set(warning, now);
    return true;
  }
}
