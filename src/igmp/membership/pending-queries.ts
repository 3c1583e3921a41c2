import type { Address } from '../../address.js';
import { type Instant, NEVER, PAST } from '../../time.js';

/**
 * The queries about one group that are still to be repeated: one schedule for all of them.
 *
 * Source: RFC 9776 §6.6.3.
 */
export interface PendingQueries {
  /** How often the group is still to be asked about. */
  groupLeft: number;
  /** When the group timer ends if nobody answers the series that was begun last. */
  groupUntil: Instant;
  /** How often each source is still to be asked about. */
  readonly sources: Map<Address, number>;
  /** When the next repetition is due; NEVER without one. */
  nextAt: Instant;
}

export const pendingQueries = (): PendingQueries => ({
  groupLeft: 0,
  groupUntil: PAST,
  sources: new Map(),
  nextAt: NEVER,
});
