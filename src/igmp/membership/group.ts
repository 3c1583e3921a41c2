import { type Address, UNSPECIFIED } from '../../address.js';
import { after, type Duration, earliest, type Instant, NEVER, PAST } from '../../time.js';
import { Timers } from '../../timers.js';
import type { FilterMode, Version } from '../message.js';
import type { PendingQueries } from './pending-queries.js';
import type { Reporters } from './reporters.js';
import { SourceSet } from './source-set.js';

/**
 * What the hosts on one link want of one group, as far as they have said.
 *
 * In include mode `requested` is the RFC's A and `excluded` is empty. In exclude mode they are X and Y:
 * everything is forwarded but `excluded`, and `requested` is what stays when the group timer ends.
 *
 * Source: RFC 9776 §6.2.
 */
export interface Group {
  readonly address: Address;
  readonly since: Instant;
  filterMode: FilterMode;
  /** When the group timer ends; NEVER in include mode, which has none. */
  deadline: Instant;
  /** Sources whose timer runs. */
  readonly requested: Timers<Address>;
  /** Sources whose timer is zero. */
  readonly excluded: SourceSet;
  /** Until when a host of that version is taken to be there. Source: RFC 9776 §7.3.2. */
  v1HostUntil: Instant;
  v2HostUntil: Instant;
  lastReporter: Address;
  /** Undefined until the group is first asked about. */
  pending: PendingQueries | undefined;
  /** Who reported what; undefined where nobody keeps track. */
  readonly reporters: Reporters | undefined;
}

/** A group of which nothing has been said: INCLUDE of no source. */
export const newGroup = (address: Address, now: Instant, reporters?: Reporters): Group => ({
  address,
  since: now,
  filterMode: 'include',
  deadline: NEVER,
  requested: new Timers(),
  excluded: new SourceSet(),
  v1HostUntil: PAST,
  v2HostUntil: PAST,
  lastReporter: UNSPECIFIED,
  pending: undefined,
  reporters,
});

/** Nobody wants anything of it any more. */
export const isEmpty = (group: Group): boolean =>
  group.filterMode === 'include' && group.requested.size === 0;

/** Source: RFC 9776 §6.3, Table 7. */
export const forwards = (group: Group, source: Address): boolean =>
  group.filterMode === 'include'
    ? group.requested.deadline(source) !== undefined
    : !group.excluded.has(source);

/** The oldest version that a host of the group is taken to speak. Source: RFC 9776 §7.3.2. */
export const compatibility = (group: Group, now: Instant): Version => {
  if (group.v1HostUntil > now) return 1;
  return group.v2HostUntil > now ? 2 : 3;
};

/** Notes that a host of an older version is there. */
export const noteOlderHost = (group: Group, version: 1 | 2, now: Instant, present: Duration): void => {
  if (version === 1) group.v1HostUntil = after(now, present);
  else group.v2HostUntil = after(now, present);
};

/** When something is next to be done about it; older hosts go unnoticed, their time is looked at when it matters. */
export const nextDeadline = (group: Group): Instant =>
  earliest(earliest(group.deadline, group.requested.next()), group.pending?.nextAt ?? NEVER);

/**
 * Ends a source's timer: in include mode it is gone, in exclude mode it is blocked from now on.
 *
 * Source: RFC 9776 §6.3.
 */
export const expireSource = (group: Group, source: Address): void => {
  group.requested.cancel(source);
  group.pending?.sources.delete(source);
  if (group.filterMode === 'exclude') group.excluded.add(source);
};

/** Ends the group timer: what is requested stays, in include mode. Source: RFC 9776 §6.5. */
export const expireGroup = (group: Group): void => {
  group.filterMode = 'include';
  group.deadline = NEVER;
  group.excluded.clear();
  if (group.pending !== undefined) group.pending.groupLeft = 0;
};
