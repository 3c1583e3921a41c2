import { type Address, isLinkLocalMulticast } from '../../address.js';
import { after, type Instant, NEVER } from '../../time.js';
import { Timers } from '../../timers.js';
import type { Refusal } from '../refusal.js';
import type { IgmpSettings } from '../settings.js';
import { groupMembershipInterval, olderHostPresentInterval } from '../variables.js';
import { Admission, type AdmissionSurroundings, type ReceivedRecord } from './admission.js';
import { type FixedGroup, fixedGroups, forwardsFixed } from './fixed.js';
import {
  compatibility,
  expireGroup,
  expireSource,
  forwards,
  type Group,
  isEmpty,
  newGroup,
  nextDeadline,
  noteOlderHost,
} from './group.js';
import { applyChange, type Change, type GroupRecord, groupChange } from './group-change.js';
import { dueQueries, lowerGroup, lowerSources } from './last-member.js';
import { Leaving, type LeavingSurroundings } from './leaving.js';
import { Reporters } from './reporters.js';

export type MembershipEvent = 'join' | 'leave' | 'expire';

/** What the memberships of an interface need to know, and whom they tell. */
export interface MembershipSurroundings extends LeavingSurroundings, AdmissionSurroundings {
  /** What is forwarded to this link of the group is different now. */
  changed(group: Address, now: Instant): void;
}

/**
 * All groups that the hosts on one link want, and what happens to them as time goes by.
 *
 * What a report costs depends on what it holds and on the groups that it names, not on how many there are.
 * One structure of deadlines has an entry a group; a group's sources have their own.
 */
export class Memberships {
  readonly #around: MembershipSurroundings;
  readonly #leaving: Leaving;
  readonly #admission: Admission;
  readonly #groups = new Map<Address, Group>();
  readonly #timers = new Timers<Group>();
  #settings: IgmpSettings;
  #fixed: ReadonlyMap<Address, FixedGroup>;
  #knownFrom: Instant = NEVER;

  constructor(settings: IgmpSettings, around: MembershipSurroundings) {
    this.#settings = settings;
    this.#around = around;
    this.#leaving = new Leaving(around);
    this.#admission = new Admission(settings, around);
    this.#fixed = fixedGroups(settings);
  }

  /** Groups with a member that reported. */
  get groups(): ReadonlyMap<Address, Group> {
    return this.#groups;
  }

  get fixed(): ReadonlyMap<Address, FixedGroup> {
    return this.#fixed;
  }

  /** Whether somebody on the link wants datagrams from a source to a group. */
  forwards(group: Address, source: Address): boolean {
    const reported = this.#groups.get(group);
    if (reported !== undefined && forwards(reported, source)) return true;
    return this.#fixed.size > 0 && forwardsFixed(this.#fixed.get(group), source);
  }

  /** Why somebody on the link who would like to have datagrams from a source to a group does not get them. */
  hindrance(group: Address, source: Address): string {
    if (this.#groups.has(group)) return 'its hosts want the group, but not from this source';
    const nobody = 'nobody there asks for the group';
    switch (this.#admission.groupFault(group, false)) {
      case 'denied':
        return `${nobody}, and nobody may (accept-groups, deny-groups)`;
      case undefined:
        break;
      default:
        return nobody;
    }
    if (this.#isFull())
      return `${nobody}, and no more groups are taken (max-groups ${this.#settings.maxGroups})`;
    if (!this.#admission.acceptingSource(group)(source))
      return `${nobody}, and nobody may from this source (accept-groups, deny-groups)`;
    return this.#admission.isSourceSpecific(group)
      ? `${nobody} from this source; it is source-specific, so hosts must name their sources, by IGMP version 3`
      : nobody;
  }

  /** The first queries go out: members who are there will have answered in a while. */
  up(now: Instant): void {
    this.#knownFrom = after(now, this.#around.variables().queryResponseInterval);
  }

  /** Forgets what was reported; what is fixed stays. */
  down(now: Instant): void {
    for (const group of this.#groups.values()) this.#remove(group, now);
  }

  configure(settings: IgmpSettings, now: Instant): void {
    const affected = new Set([...this.#fixed.keys()]);
    this.#settings = settings;
    this.#admission.configure(settings);
    this.#fixed = fixedGroups(settings);
    for (const group of this.#fixed.keys()) affected.add(group);
    for (const group of affected) this.#around.changed(group, now);
  }

  /** Forgets a group, or one source of it, at once; says whether there was anything to forget. */
  forget(address: Address, source: Address | undefined, now: Instant): boolean {
    const group = this.#groups.get(address);
    if (group === undefined) return false;
    if (source === undefined) this.#remove(group, now);
    else if (group.requested.deadline(source) === undefined) return false;
    else {
      expireSource(group, source);
      this.#settle(group, true, now);
    }
    this.#around.notify('leave', address, source ?? null, null, now);
    return true;
  }

  /** A record of a version 3 report; returns why nothing of it was heeded. Source: RFC 9776 §6.4, §7.3.2. */
  report(record: ReceivedRecord, reporter: Address, now: Instant): Refusal | undefined {
    const { type } = record;
    const known = this.#groups.get(record.group);
    const refusal = this.#admission.groupFault(record.group, type === 'is-ex' || type === 'to-ex');
    const isLeave = known !== undefined && (type === 'to-in' || type === 'block');
    if (refusal !== undefined && !(refusal === 'denied' && isLeave)) return refusal;
    // Groups that no router forwards have no state. Source: RFC 4541 §2.1.2.
    if (isLinkLocalMulticast(record.group)) return undefined;
    const mode = known === undefined ? 3 : compatibility(known, now);
    if (mode < 3 && type === 'block') return undefined;
    if (mode === 1 && type === 'to-in') return undefined;
    if (known === undefined) {
      if (asksNothing(record)) return undefined;
      if (this.#isFull()) return 'group-limit';
    }
    const isListIgnored = mode < 3 && (type === 'is-ex' || type === 'to-ex');
    const isListEmpty = isListIgnored || record.sourceCount === 0;
    const sources = isListEmpty
      ? NO_SOURCES
      : this.#admission.sourcesOf(record, known !== undefined, reporter, now);
    if (sources === undefined) return 'denied';
    this.#apply(known ?? this.#newGroup(record.group, now), { type, sources }, reporter, now);
    return undefined;
  }

  /** A version 1 or 2 report. Source: RFC 9776 §7.3.2. */
  olderReport(version: 1 | 2, address: Address, reporter: Address, now: Instant): Refusal | undefined {
    const refusal = this.#admission.groupFault(address, true);
    if (refusal !== undefined) return refusal;
    if (isLinkLocalMulticast(address)) return undefined;
    const known = this.#groups.get(address);
    if (known === undefined && this.#isFull()) return 'group-limit';
    const group = known ?? this.#newGroup(address, now);
    noteOlderHost(group, version, now, olderHostPresentInterval(this.#around.variables()));
    this.#apply(group, { type: 'is-ex', sources: NO_SOURCES }, reporter, now);
    return undefined;
  }

  /** A version 2 leave. Source: RFC 9776 §7.3.2. */
  leave(address: Address, reporter: Address, now: Instant): Refusal | undefined {
    const group = this.#groups.get(address);
    const refusal = this.#admission.groupFault(address, true);
    // What hosts may no longer ask for they may still leave.
    if (refusal !== undefined && !(refusal === 'denied' && group !== undefined)) return refusal;
    if (group === undefined || compatibility(group, now) === 1) return undefined;
    this.#apply(group, { type: 'to-in', sources: NO_SOURCES }, reporter, now);
    return undefined;
  }

  /** Another querier asks about a group, or some sources of it, and routers are to lower their timers. Source: RFC 9776 §6.6.1. */
  asked(address: Address, sources: readonly Address[], now: Instant): void {
    const group = this.#groups.get(address);
    if (group === undefined) return;
    const variables = this.#around.variables();
    if (sources.length === 0) lowerGroup(group, now, variables);
    else lowerSources(group, sources, now, variables);
    this.#settle(group, false, now);
  }

  poll(now: Instant): void {
    for (let due = this.#timers.takeDue(now); due !== undefined; due = this.#timers.takeDue(now))
      this.#process(due, now);
  }

  nextDeadline(): Instant {
    return this.#timers.next();
  }

  #apply(group: Group, record: GroupRecord, reporter: Address, now: Instant): void {
    const { maxSources, fastLeave } = this.#settings;
    const variables = this.#around.variables();
    const limit = { maxSources, isSourceSpecific: this.#admission.isSourceSpecific(group.address) };
    const change = groupChange(group, record, now, variables, limit);
    if (change.isOverflowing) this.#around.refused('source-limit', reporter, now, group.address);
    const until = after(now, groupMembershipInterval(variables));
    group.reporters?.heard(reporter, record.type, record.sources, now, until, maxSources);
    if (!asksNothing({ ...record, sourceCount: record.sources.size })) group.lastReporter = reporter;
    const effect = applyChange(group, change);
    if (effect.isGroupJoined) this.#around.notify('join', group.address, null, reporter, now);
    for (const source of effect.joined) this.#around.notify('join', group.address, source, reporter, now);
    const hasLeft = this.#ask(group, change, fastLeave, reporter, now);
    this.#settle(group, effect.isDifferent || hasLeft, now);
  }

  /** What is always forwarded need not be asked about. */
  #ask(
    group: Group,
    { question }: Change,
    fastLeave: IgmpSettings['fastLeave'],
    reporter: Address,
    now: Instant,
  ): boolean {
    const fixed = this.#fixed.get(group.address);
    if (fixed?.isWhole) return false;
    const sources = question.sources.filter((each) => !fixed?.sources.has(each));
    if (!question.group && sources.length === 0) return false;
    return this.#leaving.ask(group, { group: question.group, sources }, fastLeave, reporter, now);
  }

  #process(group: Group, now: Instant): void {
    let isDifferent = false;
    const expired = (source: Address | null): void => {
      isDifferent = true;
      this.#around.notify('expire', group.address, source, null, now);
    };
    for (let source = group.requested.takeDue(now); source !== undefined; ) {
      expireSource(group, source);
      expired(source);
      source = group.requested.takeDue(now);
    }
    if (group.deadline <= now) {
      expireGroup(group);
      expired(null);
    }
    const queries = isEmpty(group) ? [] : dueQueries(group, now, this.#around.variables());
    for (const query of queries) this.#around.ask(group.address, query, now);
    this.#settle(group, isDifferent, now);
  }

  /** Puts a group where its state says: forgotten, or due when it says. */
  #settle(group: Group, isDifferent: boolean, now: Instant): void {
    if (isEmpty(group)) {
      if (this.#groups.get(group.address) === group) this.#remove(group, now);
      return;
    }
    this.#groups.set(group.address, group);
    const deadline = nextDeadline(group);
    if (this.#timers.deadline(group) !== deadline) this.#timers.arm(group, deadline);
    if (isDifferent) this.#around.changed(group.address, now);
  }

  #remove(group: Group, now: Instant): void {
    this.#groups.delete(group.address);
    this.#timers.cancel(group);
    this.#around.changed(group.address, now);
  }

  /** Not among the groups until something is wanted of it. */
  #newGroup(address: Address, now: Instant): Group {
    const isTracked = this.#settings.fastLeave === 'tracked';
    return newGroup(address, now, isTracked ? new Reporters(this.#knownFrom) : undefined);
  }

  #isFull(): boolean {
    return this.#groups.size >= this.#settings.maxGroups;
  }
}

const NO_SOURCES: ReadonlySet<Address> = new Set();

/** Whether a record makes no group by itself. */
const asksNothing = ({ type, sourceCount }: Pick<ReceivedRecord, 'type' | 'sourceCount'>): boolean =>
  type === 'block' || (type !== 'is-ex' && type !== 'to-ex' && sourceCount === 0);
