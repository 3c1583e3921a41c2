import type { Address } from '../../address.js';
import { after, type Instant, NEVER } from '../../time.js';
import type { FilterMode, RecordType } from '../message.js';
import { groupMembershipInterval, type Variables } from '../variables.js';
import type { Group } from './group.js';

/** The state of a group as the rules read it. */
export type GroupState = Pick<Group, 'filterMode' | 'deadline' | 'requested' | 'excluded'>;

/** A record about a group, its sources checked and each there once. */
export interface GroupRecord {
  readonly type: RecordType;
  readonly sources: ReadonlySet<Address>;
}

/** What is to be asked: the group, and some of its sources; nothing where neither. */
export interface Question {
  readonly group: boolean;
  readonly sources: readonly Address[];
}

/** What a record makes of a group. Lists that name a source that is in another list of the group move it. */
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
  /** Any-source membership of the group cannot be. */
  readonly isSourceSpecific: boolean;
}

/**
 * What becomes of a group when a record about it comes in; reads, and changes nothing.
 *
 * Source: RFC 9776 §6.4, Tables 8 and 9.
 */
export const groupChange = (
  group: GroupState,
  { type, sources }: GroupRecord,
  now: Instant,
  variables: Variables,
  limit: SourceLimit,
): Change => {
  const refreshed = after(now, groupMembershipInterval(variables));
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

/** A cell of the tables: `named` are the record's sources; what it leaves out stays as it is. */
type Rule = (group: GroupState, named: ReadonlySet<Address>, refreshed: Instant) => Partial<Change>;

const isKnown = (group: GroupState, source: Address): boolean =>
  group.requested.deadline(source) !== undefined || group.excluded.has(source);

const isRequested = (group: GroupState, source: Address): boolean =>
  group.requested.deadline(source) !== undefined;

/** Those of some sources that pass a test (measured: mostly there are none, and lists of nothing cost half of a report). */
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

/** Records by which a host asks for their sources; the others only say what it does not want. */
const ASKING: ReadonlySet<RecordType> = new Set(['is-in', 'to-in', 'allow']);

/**
 * A change cut to what a group may hold, so that nobody loses what they asked for.
 *
 * A source that is to be excluded, or watched until it is, is left out: it goes on being forwarded. Sources
 * that are asked for are replaced by the whole group, as if no source had been named, or refused where the
 * group is source-specific.
 */
const fitted = (
  group: GroupState,
  change: Change,
  type: RecordType,
  refreshed: Instant,
  { maxSources, isSourceSpecific }: SourceLimit,
): Change => {
  let room = maxSources + change.forget.length - group.requested.size - group.excluded.size;
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

/** What a change did for somebody who watches. */
export interface Effect {
  /** The whole group is forwarded, and was not before. */
  readonly isGroupJoined: boolean;
  /** Sources that are forwarded, and were not before. */
  readonly joined: readonly Address[];
  /** What is forwarded is different. */
  readonly isDifferent: boolean;
}

/** Makes a change of a group true. */
export const applyChange = (group: Group, change: Change): Effect => {
  const isGroupJoined = group.filterMode === 'include' && change.filterMode === 'exclude';
  const joined = isGroupJoined ? [] : change.request.filter((each) => isNews(group, each));
  const isDifferent =
    isGroupJoined || joined.length > 0 || change.exclude.length > 0 || change.forget.length > 0;
  group.filterMode = change.filterMode;
  group.deadline = change.filterMode === 'include' ? NEVER : change.deadline;
  for (const source of change.forget) {
    group.requested.cancel(source);
    group.excluded.delete(source);
    group.pending?.sources.delete(source);
  }
  for (const source of change.exclude) {
    group.requested.cancel(source);
    group.excluded.add(source);
  }
  for (const source of change.request) {
    group.excluded.delete(source);
    group.requested.arm(source, change.until);
  }
  return { isGroupJoined, joined, isDifferent };
};

const isNews = (group: Group, source: Address): boolean =>
  group.filterMode === 'include'
    ? group.requested.deadline(source) === undefined
    : group.excluded.has(source);
