import type { Address } from '../../address.js';
import { after, earliest, type Instant, NEVER, START } from '../../time.js';
import type { Intervals } from '../variables.js';
import type { Query } from '../write.js';
import type { Group } from './group.js';
import { type PendingQueries, pendingQueries } from './pending-queries.js';

/**
 * Whether another query about a group would add nothing: one was sent, and nobody has answered yet.
 *
 * The second copy of a leave arrives at such a time, and so do forged ones.
 */
export const isBeingAsked = ({ deadline, pending }: Group, now: Instant): boolean =>
  pending !== undefined && deadline <= pending.groupUntil && pending.groupUntil > now;

/** Queries for remaining members of a group: lowers its timer, never raises it. Source: RFC 9776 §6.6.3.1. */
export const askAboutGroup = (group: Group, now: Instant, v: Intervals): Query => {
  const pending = pendingOf(group);
  lowerGroup(group, now, v);
  pending.groupUntil = group.deadline;
  pending.groupLeft = v.lastMemberQueryCount - 1;
  schedule(pending, now, v);
  return specific(group, [], false, v);
};

/**
 * Queries for remaining members of those sources that have time left; undefined if there are none.
 *
 * Source: RFC 9776 §6.6.3.2.
 */
export const askAboutSources = (
  group: Group,
  sources: readonly Address[],
  now: Instant,
  v: Intervals,
): Query | undefined => {
  const asked = lowerSources(group, sources, now, v);
  if (asked.length === 0) return undefined;
  const pending = pendingOf(group);
  if (v.lastMemberQueryCount > 1)
    for (const source of asked) pending.sources.set(source, v.lastMemberQueryCount - 1);
  schedule(pending, now, v);
  return specific(group, asked, false, v);
};

/** Lowers the group timer to the last member query time. Source: RFC 9776 §6.6.1. */
export const lowerGroup = (group: Group, now: Instant, v: Intervals): void => {
  if (group.filterMode === 'exclude')
    group.deadline = earliest(group.deadline, after(now, v.lastMemberQueryTime));
};

/** Lowers the timers of some sources and returns those that changed. Source: RFC 9776 §6.6.1. */
export const lowerSources = (
  group: Group,
  sources: readonly Address[],
  now: Instant,
  v: Intervals,
): Address[] => {
  const lowered = after(now, v.lastMemberQueryTime);
  return sources.filter((source) => {
    const deadline = group.requested.deadline(source);
    if (deadline === undefined || deadline <= lowered) return false;
    group.requested.arm(source, lowered);
    return true;
  });
};

/**
 * Takes the repetitions that are due, and advances the schedule.
 *
 * A query about something reported in the meantime is still sent, with the S flag, because other routers need it,
 * too. Source: RFC 9776 §6.6.3.
 */
export const dueQueries = (group: Group, now: Instant, v: Intervals): Query[] => {
  const { pending } = group;
  if (pending === undefined || pending.nextAt > now) return [];
  const queries: Query[] = [];
  const lowered = after(now, v.lastMemberQueryTime);
  if (pending.groupLeft > 0) {
    queries.push(specific(group, [], group.deadline > lowered, v));
    pending.groupLeft -= 1;
  }
  const isAnswered = (source: Address): boolean => (group.requested.deadline(source) ?? now) > lowered;
  const sources = [...pending.sources.keys()];
  for (const isSuppressed of [true, false]) {
    const some = sources.filter((each) => isAnswered(each) === isSuppressed);
    if (some.length > 0) queries.push(specific(group, some, isSuppressed, v));
  }
  for (const [source, left] of pending.sources)
    if (left > 1) pending.sources.set(source, left - 1);
    else pending.sources.delete(source);
  pending.nextAt = NEVER;
  schedule(pending, now, v);
  return queries;
};

/** Without sources: about the whole group. There may be more sources than fit into one message. */
const specific = (
  { address }: Group,
  sources: readonly Address[],
  isSuppressed: boolean,
  { lastMemberQueryInterval }: Intervals,
): Query => ({ group: address, sources, maxResponse: lastMemberQueryInterval, isSuppressed });

const pendingOf = (group: Group): PendingQueries => {
  group.pending ??= pendingQueries();
  return group.pending;
};

/** Pending queries join a running schedule. */
const schedule = (pending: PendingQueries, now: Instant, v: Intervals): void => {
  const isPending = pending.groupLeft > 0 || pending.sources.size > 0;
  if (isPending && pending.nextAt === NEVER) pending.nextAt = after(now, v.lastMemberQueryInterval);
};

const BURST = 5000;
const PER_SECOND = 1000;

/** Limits the query series that an interface may begin, so that forged leaves cause no storm. */
export class QueryBudget {
  #left = BURST;
  #filledAt: Instant = START;

  allows(now: Instant): boolean {
    this.#left = Math.min(BURST, this.#left + (Math.max(0, now - this.#filledAt) * PER_SECOND) / 1000);
    this.#filledAt = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
