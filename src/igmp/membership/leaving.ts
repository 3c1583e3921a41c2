import type { Address } from '../../address.js';
import { after, type Instant } from '../../time.js';
import type { Version } from '../message.js';
import type { Refusal } from '../refusal.js';
import type { IgmpSettings } from '../settings.js';
import { lastMemberQueryTime, type Variables } from '../variables.js';
import { expireGroup, expireSource, type Group } from './group.js';
import type { Question } from './group-change.js';
import {
  askAboutGroup,
  askAboutSources,
  isBeingAsked,
  QueryBudget,
  type SpecificQuery,
} from './last-member.js';

/** What leaving needs to know, and whom it tells. */
export interface LeavingSurroundings {
  variables(): Variables;
  isQuerier(): boolean;
  /** What the querier of this interface speaks now. */
  version(now: Instant): Version;
  /** Sends a query about a group, in as many messages as its sources take. */
  ask(group: Address, query: SpecificQuery, now: Instant): void;
  notify(
    event: 'join' | 'leave' | 'expire',
    group: Address,
    source: Address | null,
    reporter: Address | null,
    now: Instant,
  ): void;
  refused(refusal: Refusal, reporter: Address, now: Instant, group: Address): void;
}

/**
 * What happens when a host no longer wants a group or a source: the others are asked, or it counts at once.
 *
 * Only the querier does anything, and version 1 knows neither leaves nor questions about one group. Too
 * many leaves at once are not asked about: their groups end when nobody reports them any more.
 *
 * Source: RFC 9776 §6.4.2, §6.6.3, RFC 2236 §3.
 */
export class Leaving {
  readonly #around: LeavingSurroundings;
  readonly #budget = new QueryBudget();

  constructor(around: LeavingSurroundings) {
    this.#around = around;
  }

  /** Returns whether something is forwarded no longer, right away. */
  ask(
    group: Group,
    question: Question,
    fastLeave: IgmpSettings['fastLeave'],
    reporter: Address,
    now: Instant,
  ): boolean {
    if (this.#around.version(now) === 1) return false;
    const asksAnew = question.group && !isBeingAsked(group, now);
    const lowered = after(now, lastMemberQueryTime(this.#around.variables()));
    const leaving = question.sources.filter((each) => (group.requested.deadline(each) ?? now) > lowered);
    if (asksAnew) this.#around.notify('leave', group.address, null, reporter, now);
    if (!question.group)
      for (const source of leaving) this.#around.notify('leave', group.address, source, reporter, now);
    if (!this.#around.isQuerier()) return false;

    const isOver = decision(fastLeave, group, now);
    // What found no room is forwarded without a timer, and has nothing to end.
    const isTimed = (source: Address): boolean => group.requested.deadline(source) !== undefined;
    const over = new Set(question.sources.filter((each) => isTimed(each) && isOver(each)));
    for (const source of over) expireSource(group, source);
    const isGroupOver = question.group && isOver(undefined);
    if (isGroupOver) expireGroup(group);
    this.#askTheRest(
      group,
      leaving.filter((each) => !over.has(each)),
      asksAnew && !isGroupOver,
      reporter,
      now,
    );
    return isGroupOver || over.size > 0;
  }

  #askTheRest(
    group: Group,
    sources: readonly Address[],
    asksGroup: boolean,
    reporter: Address,
    now: Instant,
  ): void {
    const variables = this.#around.variables();
    // A version 2 query has no room for sources.
    const asksSources = sources.length > 0 && this.#around.version(now) === 3;
    if (!asksGroup && !asksSources) return;
    if (!this.#budget.allows(now)) return this.#around.refused('query-limit', reporter, now, group.address);
    if (asksGroup) this.#around.ask(group.address, askAboutGroup(group, now, variables), now);
    const query = asksSources ? askAboutSources(group, sources, now, variables) : undefined;
    if (query !== undefined) this.#around.ask(group.address, query, now);
  }
}

/** Whether nobody is left who wants a source, or for undefined the whole group, without asking. */
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
