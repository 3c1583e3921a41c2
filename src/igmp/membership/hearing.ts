import type { Address } from '../../address.js';
import type { Instant } from '../../time.js';
import type { Action } from '../action.js';
import type { Refusal } from '../refusal.js';

/** One report or leave while it is processed. */
export interface Hearing {
  readonly reporter: Address;
  readonly now: Instant;
  /** The actions so far. */
  readonly actions: Action[];
}

/** The result of a report or a leave of version 1 or 2. */
export interface ReportOutcome {
  /** Why it was refused; undefined if it was accepted. */
  readonly refusal: Refusal | undefined;
  readonly actions: readonly Action[];
}

export const refusing = (refusal: Refusal, { reporter }: Hearing, group: Address, times = 1): Action => ({
  type: 'refuse',
  refusal,
  from: reporter,
  group,
  times,
});
