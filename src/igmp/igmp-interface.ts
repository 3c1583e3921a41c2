import { type Address, isMulticast, UNSPECIFIED } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import * as ipv4 from '../ip/header.js';
import { type Duration, duration, earliest, type Instant, NEVER } from '../time.js';
import type { Action } from './action.js';
import { Admission, messageIn } from './admission.js';
import type { IgmpEnvironment } from './environment.js';
import { membershipOf } from './group-view.js';
import type { HostMembership } from './host-membership.js';
import { Member } from './member.js';
import { Memberships } from './membership/memberships.js';
import { newReading, type ReportReading } from './membership/reading.js';
import * as igmp from './message.js';
import { MulticastRouterDiscovery } from './multicast-router-discovery.js';
import { type Asking, Querier } from './querier.js';
import { dropReasonOf, type IgmpCounters, igmpCounters } from './refusal.js';
import { Sending } from './sending.js';
import type { IgmpSettings } from './settings.js';
import { Telling } from './telling.js';
import { isSpoken, type Query } from './write.js';

/**
 * IGMP on one interface of a router: its querier, the memberships of hosts, and its own memberships.
 *
 * Driven like the router by `receive`, `poll` and `nextDeadline`; idle until `up`. Its machines return actions, and
 * only `perform` carries them out.
 *
 * Source: RFC 9776 §6.
 */
export class IgmpInterface {
  readonly counters: IgmpCounters = igmpCounters();
  readonly querier: Querier;
  readonly memberships: Memberships;
  readonly member: Member;
  readonly role: 'router' | 'host';
  readonly #environment: IgmpEnvironment;
  readonly #telling: Telling;
  readonly #sending: Sending;
  readonly #admission: Admission;
  readonly #discovery: MulticastRouterDiscovery;
  #settings: IgmpSettings;

  /** The settings must have passed `parseVariables`. */
  constructor(settings: IgmpSettings, environment: IgmpEnvironment) {
    this.#settings = settings;
    this.#environment = environment;
    this.role = environment.role;
    this.#telling = new Telling(environment.interface.name, environment.observer, this.counters);
    this.member = new Member(settings, environment.random);
    this.#admission = new Admission(settings, environment.interface, this.member.memberships);
    this.querier = new Querier(settings, environment.interface);
    this.#sending = new Sending(environment, this.counters, () => ({
      address: this.querier.address,
      hasRouterAlert: this.#settings.routerAlert,
    }));
    this.memberships = new Memberships(settings, this.querier, this.#admission);
    this.#discovery = new MulticastRouterDiscovery(environment.random);
  }

  get settings(): IgmpSettings {
    return this.#settings;
  }

  /**
   * The link is up: starts to query now, or `offset` from now if several interfaces come up together. Returns whether
   * it was down.
   */
  up(now: Instant, offset: Duration = duration(0)): boolean {
    if (this.#sending.isUp) return false;
    this.#sending.isUp = true;
    if (this.role === 'router') {
      this.#performAll(this.querier.up(now, offset), now);
      this.memberships.up(now);
    }
    this.#performAll(this.member.up(now), now);
    this.#advertise(now);
    return true;
  }

  /** The link is down, and what was reported on it is gone. */
  down(now: Instant): void {
    if (!this.#sending.isUp) return;
    this.#sending.isUp = false;
    this.#performAll(this.querier.down(now), now);
    this.#performAll(this.memberships.down(), now);
    this.member.down();
    this.#discovery.down();
  }

  /** The router is going away. */
  stop(now: Instant): void {
    this.#performAll(this.#discovery.stop(), now);
  }

  /** Adopts new settings, at any moment; they must have passed `parseVariables`. Applying the same again changes nothing. */
  apply(settings: IgmpSettings, now: Instant): void {
    const before = this.#settings;
    this.#settings = settings;
    this.#admission.apply(settings);
    this.#performAll(this.querier.apply(settings, now), now);
    this.#performAll(this.memberships.apply(settings, now), now);
    this.#performAll(this.member.apply(settings, now), now);
    if (this.#sending.isUp && settings.routerDiscovery !== before.routerDiscovery) this.#advertise(now);
  }

  /** Sets what the router itself wants from a group here, in addition to the settings. */
  want(group: Address, membership: HostMembership, now: Instant): void {
    this.#performAll(this.member.want(group, membership, now), now);
  }

  /** Forgets a group, or one source of it, at once; false if there was nothing to forget. */
  forget(group: Address, source: Address | undefined, now: Instant): boolean {
    const actions = this.memberships.forget(group, source);
    this.#performAll(actions, now);
    return actions.length > 0;
  }

  /** Sends one query now without touching any timer; false if there is no such query here. */
  query(asking: Asking, now: Instant): boolean {
    const actions = this.querier.query(asking, now);
    this.#performAll(actions, now);
    return actions.length > 0;
  }

  /**
   * Takes a datagram of protocol 2 that passed the gate, or a fragment; returns the reason if all of it was refused.
   *
   * Where a report is more than may be done now, returns how far it has come: from there `goOn` takes the same datagram.
   */
  receive(datagram: Uint8Array, now: Instant): DropReason | ReportReading | undefined {
    if (!this.#sending.isUp) return 'igmp-ignored';
    this.#environment.work.spend(1 + datagram.length / OCTETS_IN_UNIT, now);
    const source = ipv4.source(datagram);
    const fault = this.#admission.datagramFault(datagram);
    if (fault !== undefined) return this.#telling.refuse(fault, source, null, now);
    const message = messageIn(datagram);
    this.counters.received[igmp.nameOf(message)] += 1;
    if (igmp.isSolicitation(message)) {
      this.#discovery.solicited(now);
      return undefined;
    }
    const version = igmp.versionOf(message);
    if (version !== 3 && this.#settings.ignoreVersions.includes(version))
      return this.#telling.refuse('ignored-version', source, null, now);
    if (igmp.type(message) === igmp.MEMBERSHIP_QUERY) return this.#receiveQuery(message, source, now);
    if (this.role === 'host') return this.#telling.refuse('not-a-member', source, null, now);
    if (version === 3 && this.#settings.version < 3)
      return this.#telling.refuse('wrong-version', source, null, now);
    if (version === 3) return this.goOn(datagram, newReading(message), now);
    this.#spendOn(igmp.group(message), now);
    const outcome = this.memberships.receiveOlder(message, source, now);
    this.#performAll(outcome.actions, now);
    return outcome.refusal === undefined ? undefined : dropReasonOf(outcome.refusal);
  }

  /** Takes more records of a report, in order; it is refused only if all of them are. */
  goOn(datagram: Uint8Array, reading: ReportReading, now: Instant): DropReason | ReportReading | undefined {
    const report = messageIn(datagram);
    const source = ipv4.source(datagram);
    const { work } = this.#environment;
    while (reading.left > 0) {
      if (!this.#sending.isUp) return 'igmp-ignored';
      if (!work.isLeft(now)) return reading;
      this.#spendOn(igmp.recordGroup(report, reading.at), now);
      this.#performAll(this.memberships.receiveNext(report, reading, source, now), now);
    }
    const isRefused = reading.refusal !== undefined && reading.refused === igmp.recordCount(report);
    return isRefused ? dropReasonOf(reading.refusal!) : undefined;
  }

  /** Counts a datagram for which there is no time and no room; returns the reason. */
  refuseUnread(datagram: Uint8Array, now: Instant): DropReason {
    return this.#telling.refuse('message-limit', ipv4.source(datagram), null, now);
  }

  /** Why a datagram would be refused as it is. A report may also be refused for what it says. Changes nothing. */
  foresee(datagram: Uint8Array): DropReason | undefined {
    if (!this.#sending.isUp) return 'igmp-ignored';
    const fault = this.#admission.datagramFault(datagram);
    return fault === undefined ? undefined : dropReasonOf(fault);
  }

  poll(now: Instant): void {
    if (!this.#sending.isUp) return;
    const { work } = this.#environment;
    if (this.#nextOfMany() <= now) work.limit(now);
    while (this.memberships.nextDeadline() <= now && work.isLeft(now)) {
      work.spend(1, now);
      this.#performAll(this.memberships.pollNext(now), now);
    }
    this.#performAll(this.querier.poll(now), now);
    while (this.member.nextDeadline() <= now && work.isLeft(now)) {
      work.spend(1, now);
      this.#performAll(this.member.pollNext(now), now);
    }
    this.#advertise(now);
  }

  nextDeadline(): Instant {
    if (!this.#sending.isUp) return NEVER;
    const next = earliest(this.querier.nextDeadline(), this.#environment.work.postponed(this.#nextOfMany()));
    return earliest(next, this.#discovery.nextDeadline());
  }

  /** When something is due of which there may be thousands at once. */
  #nextOfMany(): Instant {
    return earliest(this.memberships.nextDeadline(), this.member.nextDeadline());
  }

  /** Whether somebody on the link wants datagrams from a source to a group. */
  forwards(group: Address, source: Address): boolean {
    return this.memberships.forwards(group, source);
  }

  /** What the hosts on the link want from a group, for the upstream of a proxy. */
  membership(group: Address): HostMembership {
    return membershipOf(this.memberships, group);
  }

  #receiveQuery(query: Uint8Array, source: Address, now: Instant): DropReason | undefined {
    const isGeneral = igmp.isGeneralQuery(query);
    const group = igmp.group(query);
    if (!isGeneral && !isMulticast(group)) return this.#telling.refuse('not-a-group', source, null, now);
    this.member.heard(query, source, now);
    if (this.role === 'host') return undefined;
    this.#performAll(this.querier.heard(query, source, now), now);
    const version = igmp.queryVersion(query);
    if (isGeneral || (version === 3 && igmp.isSuppressed(query))) return undefined;
    this.memberships.asked(group, version === 3 ? igmp.sources(query) : [], now);
    return undefined;
  }

  /** A record about a group is about to be taken. */
  #spendOn(group: Address, now: Instant): void {
    this.#environment.work.spend(1 + this.memberships.sourcesBehind(group) / SOURCES_IN_UNIT, now);
  }

  /** Advertises the router to switches if the settings say so; never on an interface without an address. */
  #advertise(now: Instant): void {
    const isWanted =
      this.#settings.routerDiscovery &&
      this.#environment.isForwarding() &&
      this.querier.address !== UNSPECIFIED;
    this.#performAll(this.#discovery.want(isWanted, now), now);
    this.#performAll(this.#discovery.poll(now), now);
  }

  #performAll(actions: readonly Action[], now: Instant): void {
    if (actions.length > 0) this.#environment.work.spend(actions.length / ACTIONS_IN_UNIT, now);
    for (const each of actions) this.#perform(each, now);
  }

  /** The only place where IGMP on an interface acts on the outside. */
  #perform(action: Action, now: Instant): void {
    switch (action.type) {
      case 'send-query':
        return this.#sendQuery(action.query, now);
      case 'send-report':
        return this.#sending.report(action.records, now);
      case 'send-older-report':
        return this.#sending.olderReport(action.version, action.group, now);
      case 'send-leave':
        return this.#sending.leave(action.group, now);
      case 'send-advertisement':
        // A router that does not query advertises no variables. Source: RFC 4286 §3.2.
        return this.#sending.advertisement(this.role === 'host' ? NOT_QUERYING : this.querier.variables, now);
      case 'send-termination':
        return this.#sending.termination(now);
      case 'membership-changed':
        return this.#environment.changed(action.group, now);
      case 'elected':
        this.#environment.elected();
        return this.#telling.notify('querier-elected', null, null, action.querier, now);
      case 'notify':
        return this.#telling.notify(action.event, action.group, action.source, action.reporter, now);
      case 'refuse':
        this.#telling.refuse(action.refusal, action.from, action.group, now, action.times);
        return;
      case 'warn':
        return this.#telling.warn(action.warning, action.from, null, now);
    }
  }

  /** A series may outlast the version in which it began: a query that the current version lacks is not sent. */
  #sendQuery(query: Query, now: Instant): void {
    const version = this.querier.version(now);
    if (this.#settings.querier === 'never' || !isSpoken(version, query)) return;
    const group = query.group === UNSPECIFIED ? null : query.group;
    for (const { sources } of this.#sending.query(version, query, this.querier.advertised, now))
      this.#telling.notify('query-sent', group, sources.length === 1 ? sources[0]! : null, null, now);
  }
}

/** What a unit of work is beside a record: see `Work`. */
const ACTIONS_IN_UNIT = 2;
const OCTETS_IN_UNIT = 64;
const SOURCES_IN_UNIT = 8;

const NOT_QUERYING = { robustness: 0, queryInterval: duration(0) } as const;
