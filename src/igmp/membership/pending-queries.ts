import type { Address } from '../../address.js';
import { type Instant, NEVER, PAST } from '../../time.js';

/**
 * The queries about one group that still have to be repeated, on one schedule.
 *
 * Source: RFC 9776 §6.6.3.
 */
export interface PendingQueries {
  /** How many more queries there are about the group. */
  groupLeft: number;
  /** When the group timer ends if nobody answers the latest series. */
  groupUntil: Instant;
  /** How many more queries there are about each source. */
  readonly sources: Map<Address, number>;
  /** When the next repetition is due; NEVER if there is none. */
  nextAt: Instant;
}

export const pendingQueries = (): PendingQueries => ({
  groupLeft: 0,
  groupUntil: PAST,
  sources: new Map(),
  nextAt: NEVER,
});
