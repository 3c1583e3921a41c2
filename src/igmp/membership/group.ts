import type { Address } from '../../address.js';
import { after, type Duration, earliest, type Instant, NEVER, PAST } from '../../time.js';
import { Timers } from '../../timers.js';
import type { FilterMode, RecordType, Version } from '../message.js';
import type { Intervals } from '../variables.js';
import type { PendingQueries } from './pending-queries.js';
import type { Reporters } from './reporters.js';

/**
 * What the hosts on one link want from one group, as far as they have reported.
 *
 * In include mode `requested` is the RFC's A and `excluded` is empty. In exclude mode they are X and Y:
 * everything except `excluded` is forwarded, and `requested` remains when the group timer ends.
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
  /** Sources whose timer is zero. Only `exclude` adds to it. */
  excluded: Set<Address>;
  /** Until when a host of that version is assumed to be present. Source: RFC 9776 §7.3.2. */
  v1HostUntil: Instant;
  v2HostUntil: Instant;
  /** Undefined until the first report. */
  lastReporter: Address | undefined;
  /** Undefined until the first query about the group. */
  pending: PendingQueries | undefined;
  /** Who reported what; undefined if not tracked. */
  reporters: Reporters | undefined;
}

/** Shared by the many groups that exclude nothing; a set for each would take memory (measured). */
const NOTHING_EXCLUDED: Set<Address> = new Set();

/** Blocks a source, in a group in exclude mode: it has no running timer. */
export const exclude = (group: Group, source: Address): void => {
  group.requested.cancel(source);
  if (group.excluded === NOTHING_EXCLUDED) group.excluded = new Set();
  group.excluded.add(source);
};

/** A group without reports: INCLUDE of no source. */
export const newGroup = (address: Address, now: Instant, reporters?: Reporters): Group => ({
  address,
  since: now,
  filterMode: 'include',
  deadline: NEVER,
  requested: new Timers(),
  excluded: NOTHING_EXCLUDED,
  v1HostUntil: PAST,
  v2HostUntil: PAST,
  lastReporter: undefined,
  pending: undefined,
  reporters,
});

/** Whether nobody wants anything from it any more. */
export const isEmpty = (group: Group): boolean =>
  group.filterMode === 'include' && group.requested.size === 0;

/** How many sources its lists have. */
export const sourceCount = ({ requested, excluded }: Group): number => requested.size + excluded.size;

/** Source: RFC 9776 §6.3, Table 7. */
export const forwards = (group: Group, source: Address): boolean =>
  group.filterMode === 'include'
    ? group.requested.deadline(source) !== undefined
    : !group.excluded.has(source);

/** The oldest version that a member is assumed to use. Source: RFC 9776 §7.3.2. */
export const compatibility = (group: Group, now: Instant): Version => {
  if (group.v1HostUntil > now) return 1;
  return group.v2HostUntil > now ? 2 : 3;
};

/** Records the presence of a host of an older version. */
export const noteOlderHost = (group: Group, version: 1 | 2, now: Instant, present: Duration): void => {
  if (version === 1) group.v1HostUntil = after(now, present);
  else group.v2HostUntil = after(now, present);
};

/** When it next needs attention; not for older hosts, whose time is checked when it matters. */
export const nextDeadline = (group: Group): Instant =>
  earliest(earliest(group.deadline, group.requested.next()), group.pending?.nextAt ?? NEVER);

/** The state of a group as the rules read it. */
type GroupState = Pick<Group, 'filterMode' | 'deadline' | 'requested' | 'excluded'>;

/** A record about a group, its sources checked and without duplicates. */
export interface GroupRecord {
  readonly type: RecordType;
  readonly sources: ReadonlySet<Address>;
}

/** Whether a record about an unknown group has no effect. */
export const asksNothing = (type: RecordType, sourceCount: number): boolean =>
  type === 'block' || (type !== 'is-ex' && type !== 'to-ex' && sourceCount === 0);

/** What to query: the group, some of its sources, both or nothing. */
export interface Question {
  readonly group: boolean;
  readonly sources: readonly Address[];
}

/** The effect of a record on a group. A source in one of these lists leaves any other list of the group. */
export interface Change {
  readonly filterMode: FilterMode;
  readonly deadline: Instant;
  /** Their timers are set to `until`. */
  readonly request: readonly Address[];
  readonly until: Instant;
  /** Their timers are set to zero. */
  readonly exclude: readonly Address[];
  readonly forget: readonly Address[];
  readonly question: Question;
  /** More sources were named than a group may have. */
  readonly isOverflowing: boolean;
}

/** How many sources a group may have, and what to do with one more: see `fitted`. */
export interface SourceLimit {
  readonly maxSources: number;
  /** Whether any-source membership of the group is impossible. */
  readonly isSourceSpecific: boolean;
}

/**
 * The change that a record makes to a group; only reads.
 *
 * Source: RFC 9776 §6.4, Tables 8 and 9.
 */
export const groupChange = (
  group: GroupState,
  { type, sources }: GroupRecord,
  now: Instant,
  variables: Intervals,
  limit: SourceLimit,
): Change => {
  const refreshed = after(now, variables.groupMembershipInterval);
  const {
    filterMode = group.filterMode,
    deadline = group.deadline,
    request = NONE,
    until = refreshed,
    exclude = NONE,
    forget = NONE,
    question = NOTHING,
  } = RULES[group.filterMode][type](group, sources, refreshed);
  const change = { filterMode, deadline, request, until, exclude, forget, question, isOverflowing: false };
  return fitted(group, change, type, refreshed, limit);
};

const NONE: readonly Address[] = [];
const NOTHING: Question = { group: false, sources: NONE };

/** A cell of the tables: `named` are the record's sources; whatever it omits does not change. */
type Rule = (group: GroupState, named: ReadonlySet<Address>, refreshed: Instant) => Partial<Change>;

/** Whether a source is in one of the lists of a group. */
export const isKnown = (group: GroupState, source: Address): boolean =>
  group.requested.deadline(source) !== undefined || group.excluded.has(source);

const isRequested = (group: GroupState, source: Address): boolean =>
  group.requested.deadline(source) !== undefined;

/** The sources that pass a test (measured: mostly none, and empty lists would cost half of a report). */
const those = (
  sources: Iterable<Address> & { readonly size: number },
  test: (source: Address) => boolean,
): readonly Address[] => (sources.size === 0 ? NONE : [...sources].filter(test));

const requestedBut = (group: GroupState, named: ReadonlySet<Address>): readonly Address[] =>
  group.requested.size === 0 ? NONE : [...group.requested.keys()].filter((each) => !named.has(each));

const request: Rule = (_group, named) => ({ request: [...named] });

/** INCLUDE (A) becomes EXCLUDE (A*B, B-A). */
const excludeFromInclude: Rule = (group, named, refreshed) => ({
  filterMode: 'exclude',
  deadline: refreshed,
  exclude: those(named, (each) => !isRequested(group, each)),
  forget: requestedBut(group, named),
});

/** EXCLUDE (X,Y) becomes EXCLUDE (A-Y, Y*A). */
const excludeAnew: Rule = (group, named, refreshed) => ({
  deadline: refreshed,
  request: those(named, (each) => !isKnown(group, each)),
  forget: [...requestedBut(group, named), ...those(group.excluded, (each) => !named.has(each))],
});

const ask = (sources: readonly Address[], group = false): Pick<Change, 'question'> => ({
  question: { group, sources },
});

const RULES: Readonly<Record<FilterMode, Readonly<Record<RecordType, Rule>>>> = {
  include: {
    'is-in': request,
    'is-ex': excludeFromInclude,
    'to-in': (group, named) => ({ request: [...named], ...ask(requestedBut(group, named)) }),
    'to-ex': (group, named, refreshed) => ({
      ...excludeFromInclude(group, named, refreshed),
      ...ask(those(named, (each) => isRequested(group, each))),
    }),
    allow: request,
    block: (group, named) => ask(those(named, (each) => isRequested(group, each))),
  },
  exclude: {
    'is-in': request,
    'is-ex': excludeAnew,
    'to-in': (group, named) => ({ request: [...named], ...ask(requestedBut(group, named), true) }),
    'to-ex': (group, named, refreshed) => ({
      ...excludeAnew(group, named, refreshed),
      until: group.deadline,
      ...ask(those(named, (each) => !group.excluded.has(each))),
    }),
    allow: request,
    block: (group, named) => ({
      request: those(named, (each) => !isKnown(group, each)),
      until: group.deadline,
      ...ask(those(named, (each) => !group.excluded.has(each))),
    }),
  },
};

/** Records that ask for their sources; the others only say what is not wanted. */
const ASKING: ReadonlySet<RecordType> = new Set(['is-in', 'to-in', 'allow']);

/**
 * A change cut to the limits of a group, so that nobody loses what they asked for.
 *
 * Sources to be excluded, now or later, are left out and remain forwarded. Requested sources are replaced by the
 * whole group, as if none had been named, or refused if the group is source-specific.
 */
const fitted = (
  group: GroupState,
  change: Change,
  type: RecordType,
  refreshed: Instant,
  { maxSources, isSourceSpecific }: SourceLimit,
): Change => {
  // It may already have more, from before the limit was set.
  let room = Math.max(0, maxSources + change.forget.length - group.requested.size - group.excluded.size);
  if (change.request.length + change.exclude.length <= room) return change;
  const fits = (source: Address): boolean => {
    if (isKnown(group, source)) return true;
    room -= 1;
    return room >= 0;
  };
  const kept = { ...change, request: change.request.filter(fits), exclude: change.exclude.filter(fits) };
  if (room >= 0) return change;
  if (!ASKING.has(type) || isSourceSpecific) return { ...kept, isOverflowing: true };
  return { ...kept, filterMode: 'exclude', deadline: refreshed, question: NOTHING, isOverflowing: true };
};

/** The visible effects of a change. */
export interface Effect {
  /** The whole group is forwarded, and was not before. */
  readonly isGroupJoined: boolean;
  /** Sources that are forwarded, and were not before. */
  readonly joined: readonly Address[];
  /** What is forwarded has changed. */
  readonly isDifferent: boolean;
}

/** Applies a change to a group. */
export const applyChange = (group: Group, change: Change): Effect => {
  const isGroupJoined = group.filterMode === 'include' && change.filterMode === 'exclude';
  const joined = isGroupJoined ? [] : change.request.filter((each) => !forwards(group, each));
  // Sources are excluded only where the whole group is joined.
  const isDifferent = isGroupJoined || joined.length > 0 || change.forget.length > 0;
  group.filterMode = change.filterMode;
  group.deadline = change.deadline;
  for (const source of change.forget) {
    group.requested.cancel(source);
    group.excluded.delete(source);
    group.pending?.sources.delete(source);
  }
  for (const source of change.exclude) exclude(group, source);
  for (const source of change.request) {
    group.excluded.delete(source);
    group.requested.arm(source, change.until);
  }
  return { isGroupJoined, joined, isDifferent };
};
