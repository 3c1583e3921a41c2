import { type Address, ALL_SYSTEMS } from '../address.js';
import type { Random } from '../random.js';
import { after, type Duration, earliest, type Instant, milliseconds, NEVER, PAST, seconds } from '../time.js';
import { Timers } from '../timers.js';
import { type Action, NO_ACTIONS } from './action.js';
import {
  differences,
  type HostMembership,
  isNothing,
  isWanted,
  membershipsBy,
  merge,
  NO_MEMBERSHIP,
} from './host-membership.js';
import * as igmp from './message.js';
import { changeRecords, currentState, type PendingChange } from './own-records.js';
import type { IgmpSettings } from './settings.js';
import { answered, type Walk, Walks } from './walk.js';

const UNSOLICITED_REPORT_INTERVAL = seconds(1);
const V2_UNSOLICITED_REPORT_INTERVAL = seconds(10);
/** How many queried sources are remembered for a group; beyond that, the answer covers the whole group. */
const MOST_ASKED = 512;
const DEFAULT_ROBUSTNESS = 2;
const DEFAULT_QUERY_INTERVAL = seconds(125);

/**
 * The host side of one interface: reports what this router wants there, as any host would.
 *
 * Used for groups that the router joins itself, and towards the upstream of a proxy.
 *
 * Source: RFC 9776 §5, §7.2.
 */
export class Member {
  readonly #random: Random;
  readonly #wanted = new Map<Address, HostMembership>();
  /** What this router wants from each group: its settings and its wishes combined. */
  readonly memberships: ReadonlyMap<Address, HostMembership> = this.#wanted;
  /** What it wants in addition to the settings. */
  readonly #wishes = new Map<Address, HostMembership>();
  /** In version 3 only: what the older ones repeat are whole reports. */
  readonly #changes = new Map<Address, PendingChange>();
  /** When each change is reported next. */
  readonly #tellings = new Timers<Address>();
  /** The queried sources of each group; empty for the whole group. */
  readonly #asked = new Map<Address, ReadonlySet<Address>>();
  /** When the answer about each group is due. */
  readonly #answers = new Timers<Address>();
  /** What the settings say. */
  #joined: ReadonlyMap<Address, HostMembership>;
  /** Groups of the settings before and now of which it is yet to be seen whether something else is wanted. */
  readonly #unsettled = new Set<Address>();
  /** The highest version in which we report. */
  #highestVersion: igmp.Version;
  #generalAnswerAt: Instant = NEVER;
  readonly #walks = new Walks();
  #robustness = DEFAULT_ROBUSTNESS;
  #queryInterval: Duration = DEFAULT_QUERY_INTERVAL;
  #querier: Address | undefined;
  #v1Until: Instant = PAST;
  #v2Until: Instant = PAST;

  constructor({ joinGroups, version }: IgmpSettings, random: Random) {
    this.#random = random;
    this.#highestVersion = version;
    this.#joined = membershipsBy(joinGroups);
    for (const [group, membership] of this.#joined)
      if (group !== ALL_SYSTEMS) this.#wanted.set(group, membership);
  }

  /** The sender of the last general query. */
  get querier(): Address | undefined {
    return this.#querier;
  }

  /** The version in which we report: the set one, or that of an older querier. Source: RFC 9776 §7.2.1. */
  version(now: Instant): igmp.Version {
    if (this.#v1Until > now) return 1;
    return this.#v2Until > now && this.#highestVersion > 2 ? 2 : this.#highestVersion;
  }

  /** Sets what this router wants from a group in addition to the settings, and reports it. */
  want(group: Address, membership: HostMembership, now: Instant): readonly Action[] {
    if (isNothing(membership)) this.#wishes.delete(group);
    else this.#wishes.set(group, membership);
    return this.#set(group, this.#wish(group), now);
  }

  /** Adopts new settings; in another version, it reports everything again. */
  apply({ joinGroups, version }: IgmpSettings, now: Instant): readonly Action[] {
    const before = this.version(now);
    this.#highestVersion = version;
    const repeated = this.version(now) === before ? NO_ACTIONS : this.#reportAll(now);
    const earlier = this.#joined.keys();
    this.#joined = membershipsBy(joinGroups);
    for (const group of [...earlier, ...this.#joined.keys()]) this.#unsettled.add(group);
    const settled = this.#walk('settings', now, (piece, then) =>
      piece.flatMap(([group, wish]) => this.#set(group, wish, then)),
    );
    return [...repeated, ...settled];
  }

  /** The link is up again: the routers on it have forgotten us. */
  up(now: Instant): readonly Action[] {
    this.down();
    return this.#reportAll(now);
  }

  /** The link is down: nothing is sent, but what is wanted stays. */
  down(): void {
    this.#forgetChanges();
    this.#asked.clear();
    this.#answers.clear();
    this.#querier = undefined;
    this.#v1Until = this.#v2Until = PAST;
  }

  /** Takes a valid query; the answer follows within its response time. Source: RFC 9776 §5.2. */
  heard(query: Uint8Array, source: Address, now: Instant): void {
    this.#noteQuerier(query, source, now);
    const soon = (): Instant => after(now, this.#delay(igmp.maxResponse(query)));
    const deadline = soon();
    if (this.#generalAnswerAt <= deadline) return;
    if (igmp.isGeneralQuery(query)) {
      if (this.version(now) === 3) this.#generalAnswerAt = deadline;
      else this.#walk('spread', now, (piece) => this.#spread(piece, soon));
      return;
    }
    const group = igmp.group(query);
    if (!this.#wanted.has(group)) return;
    const count = igmp.queryVersion(query) === 3 ? igmp.sourceCount(query) : 0;
    const sources = count === 0 || count > MOST_ASKED ? [] : igmp.sources(query);
    const asked = this.#asked.get(group);
    const isWhole = sources.length === 0 || asked?.size === 0;
    const together = isWhole ? NO_SOURCES : new Set([...(asked ?? []), ...sources]);
    this.#asked.set(group, together.size > MOST_ASKED ? NO_SOURCES : together);
    this.#answerBy(group, deadline);
  }

  /** Does one thing that is due, or a piece of it. */
  pollNext(now: Instant): readonly Action[] {
    if (this.#walks.since !== NEVER) return this.#walks.goOn(now);
    if (this.#generalAnswerAt <= now) {
      this.#generalAnswerAt = NEVER;
      return this.#walk('answer', now, answered);
    }
    const answer = this.#answers.takeDue(now);
    if (answer !== undefined) return this.#answer(answer, now);
    const telling = this.#tellings.takeDue(now);
    return telling === undefined ? NO_ACTIONS : this.#tell(telling, this.#changes.get(telling)!, now);
  }

  nextDeadline(): Instant {
    const next = earliest(this.#generalAnswerAt, this.#walks.since);
    return earliest(next, earliest(this.#answers.next(), this.#tellings.next()));
  }

  /** What this router wants from a group: its settings and its wishes combined. */
  #wish(group: Address): HostMembership {
    const [joined, wish] = [this.#joined.get(group), this.#wishes.get(group)];
    return merge([joined ?? NO_MEMBERSHIP, wish ?? NO_MEMBERSHIP]);
  }

  /** Those that are yet to be settled, and what is wanted from each of them. */
  *#unsettledWishes(): Generator<readonly [Address, HostMembership], void> {
    for (const group of this.#unsettled) {
      this.#unsettled.delete(group);
      yield [group, this.#wish(group)];
    }
  }

  /** Reports everything as if it were new. */
  #reportAll(now: Instant): readonly Action[] {
    this.#forgetChanges();
    return this.#walk('report', now, (piece, then) =>
      piece.flatMap(([group, membership]) => this.#report(group, NO_MEMBERSHIP, membership, then)),
    );
  }

  #walk(kind: Walk['kind'], since: Instant, take: Walk['take']): readonly Action[] {
    const memberships = kind === 'settings' ? this.#unsettledWishes() : this.#wanted.entries();
    return this.#walks.begin({ kind, memberships, since, take });
  }

  /** In older versions each group is reported by itself, at its own time. Source: RFC 2236 §3. */
  #spread(piece: readonly (readonly [Address, HostMembership])[], soon: () => Instant): readonly Action[] {
    for (const [group] of piece) this.#answerBy(group, soon());
    return NO_ACTIONS;
  }

  /** Sets what is wanted from a group, and reports it if it has changed. Source: RFC 9776 §5.1. */
  #set(group: Address, membership: HostMembership, now: Instant): readonly Action[] {
    if (group === ALL_SYSTEMS) return NO_ACTIONS;
    const before = this.#wanted.get(group) ?? NO_MEMBERSHIP;
    const isModeOther = before.filterMode !== membership.filterMode;
    const different = differences(before.sources, membership.sources);
    if (!isModeOther && different.length === 0) return NO_ACTIONS;
    if (isNothing(membership)) this.#wanted.delete(group);
    else this.#wanted.set(group, membership);
    return this.#report(group, before, membership, now);
  }

  /** Reports what was not wanted before, at once and again. Source: RFC 9776 §5.1. */
  #report(
    group: Address,
    before: HostMembership,
    membership: HostMembership,
    now: Instant,
  ): readonly Action[] {
    if (this.version(now) < 3) return this.#setOlder(group, before, membership, now);
    const isModeOther = before.filterMode !== membership.filterMode;
    const change = this.#changes.get(group) ?? { modeLeft: 0, sources: new Map() };
    if (isModeOther) {
      change.modeLeft = this.#robustness;
      change.sources.clear();
    } else
      for (const source of differences(before.sources, membership.sources))
        change.sources.set(source, this.#robustness);
    this.#changes.set(group, change);
    this.#tellings.cancel(group);
    return this.#tell(group, change, now);
  }

  #answerBy(group: Address, deadline: Instant): void {
    this.#answers.arm(group, earliest(deadline, this.#answers.deadline(group) ?? NEVER));
  }

  #answer(group: Address, now: Instant): readonly Action[] {
    const asked = this.#asked.get(group) ?? NO_SOURCES;
    this.#asked.delete(group);
    const membership = this.#wanted.get(group);
    if (membership === undefined) return NO_ACTIONS;
    if (this.version(now) < 3) return [this.#olderReport(group, now)];
    if (asked.size === 0) return [{ type: 'send-report', records: [currentState([group, membership])] }];
    const sources = [...asked].filter((each) => isWanted(membership, each));
    return sources.length === 0
      ? NO_ACTIONS
      : [{ type: 'send-report', records: [{ type: 'is-in', group, sources }] }];
  }

  #tell(group: Address, change: PendingChange, now: Instant): readonly Action[] {
    const records = changeRecords(group, this.#wanted.get(group) ?? NO_MEMBERSHIP, change);
    if (change.modeLeft > 0) change.modeLeft -= 1;
    else
      for (const [source, left] of change.sources)
        if (left > 1) change.sources.set(source, left - 1);
        else change.sources.delete(source);
    if (change.modeLeft === 0 && change.sources.size === 0) this.#changes.delete(group);
    else this.#tellings.arm(group, after(now, this.#delay(UNSOLICITED_REPORT_INTERVAL)));
    return [{ type: 'send-report', records }];
  }

  /** Versions 1 and 2 report only groups, and version 1 has no leave. Source: RFC 2236 §3. */
  #setOlder(
    group: Address,
    before: HostMembership,
    membership: HostMembership,
    now: Instant,
  ): readonly Action[] {
    if (isNothing(membership))
      return this.version(now) === 2 && !isNothing(before) ? [{ type: 'send-leave', group }] : NO_ACTIONS;
    if (!isNothing(before)) return NO_ACTIONS;
    this.#answerBy(group, after(now, this.#delay(V2_UNSOLICITED_REPORT_INTERVAL)));
    return [this.#olderReport(group, now)];
  }

  #olderReport(group: Address, now: Instant): Action {
    return { type: 'send-older-report', version: this.version(now) === 1 ? 1 : 2, group };
  }

  #forgetChanges(): void {
    this.#changes.clear();
    this.#tellings.clear();
    this.#walks.forget();
    this.#generalAnswerAt = NEVER;
  }

  #delay(most: Duration): Duration {
    return milliseconds(this.#random() * most);
  }

  /** Only general queries switch us to an older version. Source: RFC 9776 §7.2.1, §8.12. */
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
    if (this.version(now) !== before) this.#forgetChanges();
  }
}

const NO_SOURCES: ReadonlySet<Address> = new Set();
