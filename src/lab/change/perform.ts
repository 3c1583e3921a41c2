import type { Change, ChangeKind } from '../../change/change.js';
import type { Instant } from '../../time.js';
import type { Lab } from '../lab.js';
import { setIcmp } from './icmp.js';
import { forgetGroup, sendQuery } from './igmp.js';
import type { Outcome } from './outcome.js';

type Perform = {
  readonly [Kind in ChangeKind]: (
    lab: Lab,
    change: Extract<Change, { readonly kind: Kind }>,
    now: Instant,
  ) => Outcome;
};

const PERFORM: Perform = {
  'icmp set': setIcmp,
  'igmp query': sendQuery,
  'igmp leave': forgetGroup,
};

/**
 * Changes a running lab, whether a person, the schedule or a test asks for it.
 *
 * Throws a `Failure`: 2 for a name that means nothing here, 7 for what the lab refuses. Then nothing has changed.
 */
export const performChange = (lab: Lab, change: Change, now: Instant): Outcome =>
  (PERFORM[change.kind] as (lab: Lab, change: Change, now: Instant) => Outcome)(lab, change, now);
