import { type Address, isLinkLocalMulticast } from '../../address.js';
import { after, type Instant, NEVER } from '../../time.js';
import { Timers } from '../../timers.js';
import { type Action, NO_ACTIONS } from '../action.js';
import type { Admission, AdmittedSources } from '../admission.js';
import * as igmp from '../message.js';
import type { Office } from '../querier.js';
import type { Refusal } from '../refusal.js';
import type { IgmpSettings } from '../settings.js';
import { expireDue, expireSource } from './expiry.js';
import { FixedGroups } from './fixed.js';
import {
  applyChange,
  asksNothing,
  compatibility,
  forwards,
  type Group,
  type GroupRecord,
  groupChange,
  isEmpty,
  newGroup,
  nextDeadline,
  noteOlderHost,
  sourceCount,
} from './group.js';
import { type Hearing, type ReportOutcome, refusing } from './hearing.js';
import { dueQueries, lowerGroup, lowerSources } from './last-member.js';
import { Leaving } from './leaving.js';
import type { ReportReading } from './reading.js';
import { Reporters } from './reporters.js';

/**
 * All groups that the hosts on one link want, and their timers.
 *
 * The cost of a report depends on its contents and the groups that it names, not on how many groups there are.
 * One timer structure has an entry for each group; the sources of a group have their own.
 */
export class Memberships {
  readonly admission: Admission;
  readonly #querier: Office;
  readonly #leaving: Leaving;
  readonly #groups = new Map<Address, Group>();
  /** Groups with reports. */
  readonly groups: ReadonlyMap<Address, Group> = this.#groups;
  readonly #timers = new Timers<Group>();
  #settings: IgmpSettings;
  #fixed: FixedGroups;
  /** When all members have had time to report. */
  #knownFrom: Instant = NEVER;

  /** `querier` and `admission` belong to the interface, and are only read. */
  constructor(settings: IgmpSettings, querier: Office, admission: Admission) {
    this.#settings = settings;
    this.#querier = querier;
    this.admission = admission;
    this.#leaving = new Leaving(querier);
    this.#fixed = new FixedGroups(settings);
  }

  get fixed(): FixedGroups {
    return this.#fixed;
  }

  get isFull(): boolean {
    return this.#groups.size >= this.#settings.maxGroups;
  }

  /** Whether somebody on the link wants datagrams from a source to a group. */
  forwards(group: Address, source: Address): boolean {
    const reported = this.#groups.get(group);
    if (reported !== undefined && forwards(reported, source)) return true;
    return this.#fixed.forwards(group, source);
  }

  /** The first queries are sent: present members will have answered after a while. */
  up(now: Instant): void {
    this.#knownFrom = after(now, this.#querier.variables.queryResponseInterval);
  }

  /** Forgets all reports, however many, at once; fixed groups stay. */
  down(): readonly Action[] {
    if (this.#groups.size === 0) return NO_ACTIONS;
    this.#groups.clear();
    this.#timers.clear();
    return [{ type: 'membership-changed', group: undefined }];
  }

  /** How many sources are gone through for a record about a group, beside those that it names. */
  sourcesBehind(address: Address): number {
    const group = this.#groups.get(address);
    return group === undefined ? 0 : sourceCount(group) * (1 + (group.reporters?.count ?? 0) / REPORTERS);
  }

  /** Adopts new settings. Existing memberships stay until they expire, even if they would be refused now. */
  apply(settings: IgmpSettings, now: Instant): readonly Action[] {
    const before = this.#fixed;
    const wasTracked = this.#isTracked;
    this.#settings = settings;
    this.#fixed = new FixedGroups(settings);
    const isTracked = this.#isTracked;
    // Earlier reporters were not tracked.
    const knownFrom = after(now, this.#querier.variables.groupMembershipInterval);
    if (isTracked !== wasTracked)
      for (const group of this.#groups.values())
        group.reporters = isTracked ? new Reporters(knownFrom) : undefined;
    const changed = this.#fixed.changedFrom(before) ?? [undefined];
    return changed.map((group) => ({ type: 'membership-changed', group }));
  }

  /** Forgets a group, or one source of it, at once, if it is there. */
  forget(address: Address, source: Address | undefined): readonly Action[] {
    const group = this.#groups.get(address);
    if (group === undefined || (source !== undefined && group.requested.deadline(source) === undefined))
      return NO_ACTIONS;
    const actions: Action[] = [];
    if (source !== undefined) {
      expireSource(group, source);
      this.#settle(group, true, actions);
    } else actions.push(this.#remove(group));
    actions.push({ type: 'notify', event: 'leave', group: address, source: source ?? null, reporter: null });
    return actions;
  }

  /** Takes an admitted report or leave of version 1 or 2. Source: RFC 9776 §7.3.2. */
  receiveOlder(message: Uint8Array, reporter: Address, now: Instant): ReportOutcome {
    const hearing: Hearing = { reporter, now, actions: [] };
    const address = igmp.group(message);
    const isLeave = igmp.type(message) === igmp.LEAVE_GROUP;
    const refusal = isLeave
      ? this.#receiveLeave(address, hearing)
      : this.#receiveOlderReport(igmp.type(message) === igmp.V1_REPORT ? 1 : 2, address, hearing);
    if (refusal !== undefined) hearing.actions.push(refusing(refusal, hearing, address));
    return { refusal, actions: hearing.actions };
  }

  /** Takes the next record of an admitted report, by itself; there must be one left. Source: RFC 9776 §6.4. */
  receiveNext(
    report: Uint8Array,
    reading: ReportReading,
    reporter: Address,
    now: Instant,
  ): readonly Action[] {
    const hearing: Hearing = { reporter, now, actions: [] };
    const refusal = this.#receiveRecord(report, reading.at, hearing);
    if (refusal !== undefined) {
      reading.refused += 1;
      reading.refusal = refusal;
      hearing.actions.push(refusing(refusal, hearing, igmp.recordGroup(report, reading.at)));
    }
    reading.at += igmp.recordLength(report, reading.at);
    reading.left -= 1;
    return hearing.actions;
  }

  /** Another querier queries a group, or some sources of it, without the S flag: lowers their timers. Source: RFC 9776 §6.6.1. */
  asked(address: Address, sources: readonly Address[], now: Instant): void {
    const group = this.#groups.get(address);
    if (group === undefined) return;
    const { variables } = this.#querier;
    if (sources.length === 0) lowerGroup(group, now, variables);
    else lowerSources(group, sources, now, variables);
    this.#arm(group);
  }

  /** Does what is due of the group that has been due longest. */
  pollNext(now: Instant): readonly Action[] {
    const actions: Action[] = [];
    const due = this.#timers.takeDue(now);
    if (due !== undefined) this.#process(due, now, actions);
    return actions;
  }

  nextDeadline(): Instant {
    return this.#timers.next();
  }

  #receiveRecord(report: Uint8Array, at: number, hearing: Hearing): Refusal | undefined {
    const type = igmp.recordType(report, at);
    if (type === undefined) return 'unknown-record';
    const address = igmp.recordGroup(report, at);
    const known = this.#groups.get(address);
    const refusal = this.admission.groupFault(address, type === 'is-ex' || type === 'to-ex');
    // Hosts may still leave what they may no longer ask for.
    const mayLeave = known !== undefined && (type === 'to-in' || type === 'block');
    if (refusal !== undefined && !(refusal === 'denied' && mayLeave)) return refusal;
    if (isLinkLocalMulticast(address)) return undefined;
    const mode = known === undefined ? 3 : compatibility(known, hearing.now);
    if (mode < 3 && type === 'block') return undefined;
    if (mode === 1 && type === 'to-in') return undefined;
    const count = igmp.recordSourceCount(report, at);
    if (known === undefined) {
      if (asksNothing(type, count)) return undefined;
      if (this.isFull) return 'group-limit';
    }
    const isListIgnored = mode < 3 && (type === 'is-ex' || type === 'to-ex');
    const { sources, unreal, denied } =
      isListIgnored || count === 0
        ? NONE_NAMED
        : this.admission.sourcesOf(report, at, type, known, this.#settings.maxSources);
    if (unreal > 0) hearing.actions.push(refusing('bad-record-source', hearing, address, unreal));
    if (denied > 0) hearing.actions.push(refusing('denied', hearing, address, denied));
    if (sources === undefined) return 'denied';
    this.#apply(known ?? this.#newGroup(address, hearing.now), { type, sources }, hearing);
    return undefined;
  }

  #receiveOlderReport(version: 1 | 2, address: Address, hearing: Hearing): Refusal | undefined {
    const refusal = this.admission.groupFault(address, true);
    if (refusal !== undefined) return refusal;
    if (isLinkLocalMulticast(address)) return undefined;
    const known = this.#groups.get(address);
    if (known === undefined && this.isFull) return 'group-limit';
    const group = known ?? this.#newGroup(address, hearing.now);
    noteOlderHost(group, version, hearing.now, this.#querier.variables.olderHostPresentInterval);
    this.#apply(group, { type: 'is-ex', sources: NO_SOURCES }, hearing);
    return undefined;
  }

  #receiveLeave(address: Address, hearing: Hearing): Refusal | undefined {
    if (this.#querier.version(hearing.now) === 1) return 'wrong-version';
    if (this.#querier.state !== 'querier') return 'not-querier';
    const known = this.#groups.get(address);
    const refusal = this.admission.groupFault(address, true);
    if (refusal !== undefined && !(refusal === 'denied' && known !== undefined)) return refusal;
    if (known === undefined || compatibility(known, hearing.now) === 1) return undefined;
    this.#apply(known, { type: 'to-in', sources: NO_SOURCES }, hearing);
    return undefined;
  }

  #apply(group: Group, record: GroupRecord, hearing: Hearing): void {
    const { reporter, now, actions } = hearing;
    const { maxSources, fastLeave } = this.#settings;
    const { variables } = this.#querier;
    const limit = { maxSources, isSourceSpecific: this.admission.isSourceSpecific(group.address) };
    const change = groupChange(group, record, now, variables, limit);
    if (change.isOverflowing) actions.push(refusing('source-limit', hearing, group.address));
    const until = after(now, variables.groupMembershipInterval);
    group.reporters?.heard(reporter, record.type, record.sources, now, until, maxSources);
    if (!asksNothing(record.type, record.sources.size)) group.lastReporter = reporter;
    const { isGroupJoined, joined, isDifferent } = applyChange(group, change);
    for (const source of isGroupJoined ? [null] : joined)
      actions.push({ type: 'notify', event: 'join', group: group.address, source, reporter });
    const { question } = change;
    const isLeft = question.group || question.sources.length > 0;
    const left = isLeft
      ? this.#leaving.ask({ group, question, reporter }, this.#fixed.of(group.address), fastLeave, now)
      : undefined;
    if (left !== undefined) actions.push(...left.actions);
    this.#settle(group, isDifferent || left?.isOver === true, actions);
  }

  #process(group: Group, now: Instant, actions: Action[]): void {
    const expired = expireDue(group, now);
    for (const source of expired)
      actions.push({ type: 'notify', event: 'expire', group: group.address, source, reporter: null });
    const queries = isEmpty(group) ? [] : dueQueries(group, now, this.#querier.variables);
    for (const query of queries) actions.push({ type: 'send-query', query });
    this.#settle(group, expired.length > 0, actions);
  }

  /** Files a group by its state: removes it if empty, else arms its timer. */
  #settle(group: Group, isDifferent: boolean, actions: Action[]): void {
    if (isEmpty(group)) {
      if (this.#groups.get(group.address) === group) actions.push(this.#remove(group));
      return;
    }
    this.#groups.set(group.address, group);
    this.#arm(group);
    if (isDifferent) actions.push({ type: 'membership-changed', group: group.address });
  }

  #arm(group: Group): void {
    const deadline = nextDeadline(group);
    if (this.#timers.deadline(group) !== deadline) this.#timers.arm(group, deadline);
  }

  #remove(group: Group): Action {
    this.#groups.delete(group.address);
    this.#timers.cancel(group);
    return { type: 'membership-changed', group: group.address };
  }

  /** Whether it is known who reported what. */
  get #isTracked(): boolean {
    return this.#settings.fastLeave === 'tracked';
  }

  /** It joins `groups` only when something is wanted from it. */
  #newGroup(address: Address, now: Instant): Group {
    return newGroup(address, now, this.#isTracked ? new Reporters(this.#knownFrom) : undefined);
  }
}

/** For so many hosts that are tracked a source takes as long again. */
const REPORTERS = 16;

const NO_SOURCES: ReadonlySet<Address> = new Set();
const NONE_NAMED: AdmittedSources = { sources: NO_SOURCES, unreal: 0, denied: 0 };
