import type { Address } from '../../address.js';
import { type Instant, NEVER } from '../../time.js';
import { exclude, type Group } from './group.js';

/**
 * Ends a source's timer: in include mode the source is removed, in exclude mode it is now blocked.
 *
 * Source: RFC 9776 §6.3.
 */
export const expireSource = (group: Group, source: Address): void => {
  group.pending?.sources.delete(source);
  if (group.filterMode === 'exclude') exclude(group, source);
  else group.requested.cancel(source);
};

/** Ends the group timer: requested sources stay, in include mode. Source: RFC 9776 §6.5. */
export const expireGroup = (group: Group): void => {
  group.filterMode = 'include';
  group.deadline = NEVER;
  group.excluded.clear();
  if (group.pending !== undefined) group.pending.groupLeft = 0;
};

/** Ends the timers that are due and returns their owners: sources, then null for the group. */
export const expireDue = (group: Group, now: Instant): (Address | null)[] => {
  const expired: (Address | null)[] = [];
  for (const source of group.requested.takeAllDue(now)) {
    expireSource(group, source);
    expired.push(source);
  }
  if (group.deadline <= now) {
    expireGroup(group);
    expired.push(null);
  }
  return expired;
};
