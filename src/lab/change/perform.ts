import type { Change, ChangeKind } from '../../change/change.js';
import type { Instant } from '../../time.js';
import type { Lab } from '../lab.js';
import { addFilter, removeFilter } from './filter.js';
import { setIcmp } from './icmp.js';
import { forgetGroup, sendQuery } from './igmp.js';
import { cutLink, mendLink, resetLink, setLink } from './link.js';
import type { Outcome } from './outcome.js';
import { addRoute, deleteRoute, replaceRoute } from './route.js';
import { getRoute } from './route-get.js';

type Perform = {
  readonly [Kind in ChangeKind]: (
    lab: Lab,
    change: Extract<Change, { readonly kind: Kind }>,
    now: Instant,
  ) => Outcome;
};

const PERFORM: Perform = {
  'link set': setLink,
  'link reset': resetLink,
  'link down': cutLink,
  'link up': mendLink,
  'filter add': addFilter,
  'filter del': removeFilter,
  'route add': addRoute,
  'route replace': replaceRoute,
  'route del': deleteRoute,
  'route get': getRoute,
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
