import type { Address } from '../address.js';
import { ALL_SYSTEMS } from '../address.js';
import type { Random } from '../random.js';
import { after, type Duration, earliest, type Instant, milliseconds, NEVER, PAST, seconds } from '../time.js';
import { Timers } from '../timers.js';
import type { FilterMode } from './message.js';
import * as igmp from './message.js';
import type { ReportRecord } from './write.js';

/** What a host wants of a group; INCLUDE of no source is no membership. */
export interface Membership {
  readonly filterMode: FilterMode;
  readonly sources: ReadonlySet<Address>;
}

export const NO_MEMBERSHIP: Membership = { filterMode: 'include', sources: new Set() };

/** Of one source, or for undefined of the whole group. */
export const membershipFor = (source: Address | undefined): Membership =>
  source === undefined
    ? { filterMode: 'exclude', sources: new Set() }
    : { filterMode: 'include', sources: new Set([source]) };

/** How the host side of an interface speaks. */
export interface MemberSurroundings {
  readonly random: Random;
  sendReport(records: readonly ReportRecord[], now: Instant): void;
  sendOlderReport(version: 1 | 2, group: Address, now: Instant): void;
  sendLeave(group: Address, now: Instant): void;
}

/** A change that is still to be repeated. */
interface PendingChange {
  /** How often the filter mode is still to be told; the sources need not be told by themselves then. */
  modeLeft: number;
  readonly sources: Map<Address, number>;
}

const UNSOLICITED_REPORT_INTERVAL = seconds(1);
const V2_UNSOLICITED_REPORT_INTERVAL = seconds(10);
/** How many sources of a group are remembered that were asked about; with more, the answer is about the whole group. */
const MOST_ASKED = 512;
const DEFAULT_ROBUSTNESS = 2;
const DEFAULT_QUERY_INTERVAL = seconds(125);

/**
 * The host side of one interface: tells queriers what this router wants there, as any host would.
 *
 * Used for groups that the router joins itself, and towards the upstream of a proxy.
 *
 * Source: RFC 9776 §5, §7.2.
 */
export class Member {
  readonly #around: MemberSurroundings;
  readonly #wanted = new Map<Address, Membership>();
  readonly #changes = new Map<Address, PendingChange>();
  /** When each of them is to be told next. */
  readonly #tellings = new Timers<Address>();
  /** Sources asked about, per group; empty for the whole group. */
  readonly #asked = new Map<Address, ReadonlySet<Address>>();
  /** When each group's answer is due. */
  readonly #answers = new Timers<Address>();
  #generalAnswerAt: Instant = NEVER;
  #robustness = DEFAULT_ROBUSTNESS;
  #queryInterval: Duration = DEFAULT_QUERY_INTERVAL;
  #querier: Address | undefined;
  #v1Until: Instant = PAST;
  #v2Until: Instant = PAST;

  constructor(around: MemberSurroundings) {
    this.#around = around;
  }

  /** Who sent the last general query. */
  get querier(): Address | undefined {
    return this.#querier;
  }

  get memberships(): ReadonlyMap<Address, Membership> {
    return this.#wanted;
  }

  /** Whether this router itself wants datagrams from a source to a group. */
  wants(group: Address, source: Address): boolean {
    const membership = this.#wanted.get(group);
    if (membership === undefined) return false;
    return membership.sources.has(source) === (membership.filterMode === 'include');
  }

  /** What the queriers on the link make us speak. Source: RFC 9776 §7.2.1. */
  version(now: Instant): igmp.Version {
    if (this.#v1Until > now) return 1;
    return this.#v2Until > now ? 2 : 3;
  }

  /** From now on this router wants that of a group, and says so. Source: RFC 9776 §5.1. */
  set(group: Address, membership: Membership, now: Instant): void {
    if (group === ALL_SYSTEMS) return;
    const before = this.#wanted.get(group) ?? NO_MEMBERSHIP;
    if (isNothing(membership)) this.#wanted.delete(group);
    else this.#wanted.set(group, membership);
    if (this.version(now) < 3) return this.#setOlder(group, before, membership, now);
    const change = this.#changes.get(group) ?? { modeLeft: 0, sources: new Map() };
    if (before.filterMode !== membership.filterMode) {
      change.modeLeft = this.#robustness;
      change.sources.clear();
    } else
      for (const source of differences(before.sources, membership.sources))
        change.sources.set(source, this.#robustness);
    if (change.modeLeft === 0 && change.sources.size === 0) return;
    this.#changes.set(group, change);
    this.#tellings.arm(group, now);
    this.poll(now);
  }

  /** The link is there again: whoever listens has forgotten us. */
  up(now: Instant): void {
    this.down();
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    for (const [group, membership] of wanted) this.set(group, membership, now);
  }

  /** Nothing is to be said on a link that is down; what is wanted stays. */
  down(): void {
    this.#forgetChanges();
    this.#asked.clear();
    for (const group of [...this.#answers.keys()]) this.#answers.cancel(group);
    this.#generalAnswerAt = NEVER;
    this.#querier = undefined;
    this.#v1Until = this.#v2Until = PAST;
  }

  /** A valid query came in; the answer follows within the time that it gives. Source: RFC 9776 §5.2. */
  heard(query: Uint8Array, source: Address, now: Instant): void {
    this.#noteQuerier(query, source, now);
    const soon = (): Instant => after(now, milliseconds(this.#around.random() * igmp.maxResponse(query)));
    const deadline = soon();
    if (this.#generalAnswerAt <= deadline) return;
    if (igmp.isGeneralQuery(query)) {
      if (this.version(now) === 3) this.#generalAnswerAt = deadline;
      // Each group is a report of its own, at a time of its own. Source: RFC 2236 §3.
      else for (const group of this.#wanted.keys()) this.#answerBy(group, soon());
      return;
    }
    const group = igmp.group(query);
    if (!this.#wanted.has(group)) return;
    const sources = igmp.queryVersion(query) === 3 ? igmp.sources(query) : [];
    const asked = this.#asked.get(group);
    const isWhole = sources.length === 0 || asked?.size === 0;
    const together = isWhole ? NO_SOURCES : new Set([...(asked ?? []), ...sources]);
    this.#asked.set(group, together.size > MOST_ASKED ? NO_SOURCES : together);
    this.#answerBy(group, deadline);
  }

  poll(now: Instant): void {
    if (this.#generalAnswerAt <= now) {
      this.#generalAnswerAt = NEVER;
      if (this.#wanted.size > 0) this.#around.sendReport([...this.#wanted].map(currentState), now);
    }
    for (let due = this.#answers.takeDue(now); due !== undefined; due = this.#answers.takeDue(now))
      this.#answer(due, now);
    for (let due = this.#tellings.takeDue(now); due !== undefined; due = this.#tellings.takeDue(now))
      this.#tell(due, this.#changes.get(due)!, now);
  }

  nextDeadline(): Instant {
    return earliest(this.#generalAnswerAt, earliest(this.#answers.next(), this.#tellings.next()));
  }

  #answerBy(group: Address, deadline: Instant): void {
    this.#answers.arm(group, earliest(deadline, this.#answers.deadline(group) ?? NEVER));
  }

  #answer(group: Address, now: Instant): void {
    const asked = this.#asked.get(group) ?? NO_SOURCES;
    this.#asked.delete(group);
    const membership = this.#wanted.get(group);
    if (membership === undefined) return;
    const version = this.version(now);
    if (version < 3) return this.#around.sendOlderReport(version === 1 ? 1 : 2, group, now);
    if (asked.size === 0) return this.#around.sendReport([currentState([group, membership])], now);
    const isWanted = (source: Address): boolean =>
      membership.sources.has(source) === (membership.filterMode === 'include');
    const sources = [...asked].filter(isWanted);
    if (sources.length > 0) this.#around.sendReport([{ type: 'is-in', group, sources }], now);
  }

  #tell(group: Address, change: PendingChange, now: Instant): void {
    if (this.version(now) < 3) {
      this.#changes.delete(group);
      if (this.#wanted.has(group)) this.#around.sendOlderReport(this.version(now) === 1 ? 1 : 2, group, now);
      return;
    }
    const membership = this.#wanted.get(group) ?? NO_MEMBERSHIP;
    this.#around.sendReport(changeRecords(group, membership, change), now);
    if (change.modeLeft > 0) change.modeLeft -= 1;
    else
      for (const [source, left] of change.sources)
        if (left > 1) change.sources.set(source, left - 1);
        else change.sources.delete(source);
    if (change.modeLeft === 0 && change.sources.size === 0) this.#changes.delete(group);
    else this.#tellings.arm(group, after(now, this.#delay(UNSOLICITED_REPORT_INTERVAL)));
  }

  /** Version 1 and 2 know groups only, and version 1 no leave. Source: RFC 2236 §3. */
  #setOlder(group: Address, before: Membership, membership: Membership, now: Instant): void {
    const version = this.version(now);
    this.#changes.delete(group);
    this.#tellings.cancel(group);
    if (isNothing(membership)) {
      if (version === 2 && !isNothing(before)) this.#around.sendLeave(group, now);
    } else if (isNothing(before)) {
      this.#around.sendOlderReport(version === 1 ? 1 : 2, group, now);
      this.#answerBy(group, after(now, this.#delay(V2_UNSOLICITED_REPORT_INTERVAL)));
    }
  }

  #forgetChanges(): void {
    this.#changes.clear();
    for (const group of [...this.#tellings.keys()]) this.#tellings.cancel(group);
  }

  #delay(most: Duration): Duration {
    return milliseconds(this.#around.random() * most);
  }

  /** Only general queries make us speak an older version. Source: RFC 9776 §7.2.1, §8.12. */
  #noteQuerier(query: Uint8Array, source: Address, now: Instant): void {
    if (igmp.isGeneralQuery(query)) this.#querier = source;
    const version = igmp.queryVersion(query);
    if (version === 3) {
      this.#robustness = igmp.robustness(query) || DEFAULT_ROBUSTNESS;
      this.#queryInterval = igmp.queryInterval(query) || DEFAULT_QUERY_INTERVAL;
      return;
    }
    if (!igmp.isGeneralQuery(query)) return;
    const before = this.version(now);
    const timeout = this.#robustness * this.#queryInterval + 10 * igmp.maxResponse(query);
    if (version === 1) this.#v1Until = after(now, milliseconds(timeout));
    else this.#v2Until = after(now, milliseconds(timeout));
    if (this.version(now) === before) return;
    this.#forgetChanges();
    this.#generalAnswerAt = NEVER;
  }
}

const NO_SOURCES: ReadonlySet<Address> = new Set();

export const isNothing = ({ filterMode, sources }: Membership): boolean =>
  filterMode === 'include' && sources.size === 0;

const currentState = ([group, { filterMode, sources }]: readonly [Address, Membership]): ReportRecord => ({
  type: filterMode === 'include' ? 'is-in' : 'is-ex',
  group,
  sources: [...sources],
});

const changeRecords = (group: Address, membership: Membership, change: PendingChange): ReportRecord[] => {
  const { filterMode, sources } = membership;
  if (change.modeLeft > 0)
    return [{ type: filterMode === 'include' ? 'to-in' : 'to-ex', group, sources: [...sources] }];
  const isAllowed = (source: Address): boolean => sources.has(source) === (filterMode === 'include');
  const told = [...change.sources.keys()];
  const allowed: ReportRecord = { type: 'allow', group, sources: told.filter(isAllowed) };
  const blocked: ReportRecord = { type: 'block', group, sources: told.filter((each) => !isAllowed(each)) };
  return [allowed, blocked].filter((each) => each.sources.length > 0);
};

const differences = (a: ReadonlySet<Address>, b: ReadonlySet<Address>): Address[] => [
  ...[...a].filter((each) => !b.has(each)),
  ...[...b].filter((each) => !a.has(each)),
];
