import { after, type Instant, seconds } from '../time.js';
import type { Refusal } from './refusal.js';

/** Something that an operator should know about. Source: RFC 9776 §7.3.1. */
export type IgmpWarning = Refusal | QuerierWarning;

/** Another router queries in another version, or would win the election if we did not insist. */
export type QuerierWarning = 'version-differs' | 'stronger-querier';

const INTERVAL = seconds(60);

/** Limits each warning to one a minute. */
export class WarningPace {
  readonly #givenAt = new Map<IgmpWarning, Instant>();

  /** Whether a warning may be given now; if so, it counts as given. */
  allows(warning: IgmpWarning, now: Instant): boolean {
    const before = this.#givenAt.get(warning);
    if (before !== undefined && after(before, INTERVAL) > now) return false;
    this.#givenAt.set(warning, now);
    return true;
  }
}
