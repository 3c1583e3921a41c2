import type { Address } from '../../address.js';
import { after, type Instant } from '../../time.js';
import type { Action } from '../action.js';
import type { Office } from '../querier.js';
import type { IgmpSettings } from '../settings.js';
import { expireGroup, expireSource } from './expiry.js';
import type { FixedGroup } from './fixed.js';
import type { Group, Question } from './group.js';
import { askAboutGroup, askAboutSources, isBeingAsked, QueryBudget } from './last-member.js';

/** A host no longer wants a group, or some sources of it. */
export interface Leave {
  readonly group: Group;
  readonly question: Question;
  readonly reporter: Address;
}

/** The result of a leave. */
export interface LeaveOutcome {
  /** Whether forwarding of something ends right away. */
  readonly isOver: boolean;
  readonly actions: readonly Action[];
}

/**
 * Handles a host that no longer wants a group or a source: queries the others, or ends it at once.
 *
 * Only the querier acts, and version 1 has neither leaves nor group-specific queries. Too many leaves at once are not
 * queried: their groups end when nobody reports them any more.
 *
 * Source: RFC 9776 §6.4.2, §6.6.3, RFC 2236 §3.
 */
export class Leaving {
  readonly #querier: Office;
  readonly #budget = new QueryBudget();

  constructor(querier: Office) {
    this.#querier = querier;
  }

  /** What is `fixed` is always forwarded, and needs no query. */
  ask(
    leave: Leave,
    fixed: FixedGroup | undefined,
    fastLeave: IgmpSettings['fastLeave'],
    now: Instant,
  ): LeaveOutcome {
    const { group } = leave;
    const question = openQuestion(leave.question, fixed);
    if (question === undefined || this.#querier.version(now) === 1) return NOTHING_HAPPENS;
    const asksAnew = question.group && !isBeingAsked(group, now);
    const lowered = after(now, this.#querier.variables.lastMemberQueryTime);
    const leaving = question.sources.filter((each) => (group.requested.deadline(each) ?? now) > lowered);
    const told = [...(asksAnew ? [null] : []), ...(question.group ? [] : leaving)];
    const actions = told.map((source) => notice(leave, source));
    if (this.#querier.state !== 'querier') return { isOver: false, actions };

    const hasEnded = decision(fastLeave, group, now);
    // A source beyond the limit is forwarded without a timer, and has nothing to end.
    const isTimed = (source: Address): boolean => group.requested.deadline(source) !== undefined;
    const over = new Set(question.sources.filter((each) => isTimed(each) && hasEnded(each)));
    for (const source of over) expireSource(group, source);
    const isGroupOver = question.group && hasEnded(undefined);
    if (isGroupOver) expireGroup(group);
    const rest = leaving.filter((each) => !over.has(each));
    actions.push(...this.#askTheRest(leave, rest, asksAnew && !isGroupOver, now));
    return { isOver: isGroupOver || over.size > 0, actions };
  }

  #askTheRest(
    { group, reporter }: Leave,
    sources: readonly Address[],
    asksGroup: boolean,
    now: Instant,
  ): Action[] {
    const { variables } = this.#querier;
    // A version 2 query has no room for sources.
    const asksSources = sources.length > 0 && this.#querier.version(now) === 3;
    if (!asksGroup && !asksSources) return [];
    if (!this.#budget.allows(now))
      return [{ type: 'refuse', refusal: 'query-limit', from: reporter, group: group.address, times: 1 }];
    const queries = [
      asksGroup ? askAboutGroup(group, now, variables) : undefined,
      asksSources ? askAboutSources(group, sources, now, variables) : undefined,
    ];
    return queries.flatMap((query) => (query === undefined ? [] : [{ type: 'send-query', query }]));
  }
}

/** The part of a question that the settings do not already answer. */
const openQuestion = (question: Question, fixed: FixedGroup | undefined): Question | undefined => {
  if (fixed === undefined) return question;
  const { group } = question;
  const sources = question.sources.filter((each) => !fixed.sources.has(each));
  return fixed.isWhole || (!group && sources.length === 0) ? undefined : { group, sources };
};

const NOTHING_HAPPENS: LeaveOutcome = { isOver: false, actions: [] };

const notice = ({ group, reporter }: Leave, source: Address | null): Action => ({
  type: 'notify',
  event: 'leave',
  group: group.address,
  source,
  reporter,
});

/** Whether it is known, without a query, that nobody wants a source any more, or the whole group if undefined. */
const decision = (
  fastLeave: IgmpSettings['fastLeave'],
  group: Group,
  now: Instant,
): ((source: Address | undefined) => boolean) => {
  const { reporters } = group;
  if (fastLeave === 'always') return () => true;
  if (fastLeave === 'never' || reporters === undefined) return () => false;
  return (source) => (source === undefined ? !reporters.mayWantAll(now) : !reporters.mayWant(source, now));
};
