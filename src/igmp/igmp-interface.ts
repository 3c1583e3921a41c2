import { type Address, isMulticast, UNSPECIFIED } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { Event } from '../event.js';
import * as ipv4 from '../ip/header.js';
import { type Duration, duration, earliest, type Instant, NEVER } from '../time.js';
import { inputFault, messageIn } from './input.js';
import { isNothing, Member, type Membership, membershipFor, NO_MEMBERSHIP } from './member.js';
import type { SpecificQuery } from './membership/last-member.js';
import { Memberships } from './membership/memberships.js';
import * as igmp from './message.js';
import { Output } from './output.js';
import { merge } from './proxy.js';
import { Querier } from './querier.js';
import { dropReasonOf, type IgmpCounters, igmpCounters, type Refusal } from './refusal.js';
import { ReportInput } from './report-input.js';
import { ADVERTISEMENT_INTERVAL, RouterDiscovery } from './router-discovery.js';
import type { IgmpSettings } from './settings.js';
import type { IgmpSurroundings } from './surroundings.js';
import { type GroupView, groupViews, membershipOf } from './view.js';
import { atMostOnceAMinute, type Warn } from './warnings.js';
import { isSpoken, type Query } from './write.js';

/** What one extra query asks. */
export interface Asking {
  readonly group?: Address;
  readonly sources?: readonly Address[];
  readonly maxResponse?: Duration;
}

/**
 * IGMP on one interface of a router: querier, memberships of the hosts, and its own membership.
 *
 * Driven like the router by `receive`, `poll` and `nextDeadline`; it does nothing before `up`.
 *
 * Source: RFC 9776 §6.
 */
export class IgmpInterface {
  readonly counters: IgmpCounters = igmpCounters();
  readonly querier: Querier;
  readonly memberships: Memberships;
  readonly member: Member;
  readonly role: 'router' | 'host';
  readonly #around: IgmpSurroundings;
  readonly #output: Output;
  readonly #reports: ReportInput;
  readonly #discovery: RouterDiscovery;
  readonly #warn: Warn;
  /** What the router wants of groups besides what the settings say. */
  readonly #wishes = new Map<Address, Membership>();
  #settings: IgmpSettings;
  #isUp = false;

  /** The settings must have passed `parseVariables`. */
  constructor(settings: IgmpSettings, around: IgmpSurroundings) {
    this.#settings = settings;
    this.#around = around;
    this.role = around.role;
    this.#warn = atMostOnceAMinute(around.warn);
    const hasRouterAlert = (): boolean => this.#settings.routerAlert;
    this.#output = new Output(around.interface, this.counters, hasRouterAlert, () => this.#isUp, around.send);
    this.querier = new Querier(settings, {
      address: () => this.#output.address,
      sendGeneralQuery: (now) => this.query({}, now),
      elected: (address, now) => {
        around.elected();
        this.#notify('querier-elected', null, null, address, now);
      },
      warn: (warning, address, now) => this.#warn(warning, address, now),
    });
    this.memberships = new Memberships(settings, {
      variables: () => this.querier.variables,
      scope: around.interface.scope,
      isQuerier: () => this.querier.state === 'querier',
      version: (now) => this.querier.version(now),
      ask: (group, query, now) => this.#ask(group, query, now),
      changed: (group, now) => around.changed(group, now),
      refused: (...refused) => this.#refuse(...refused),
      notify: (event, group, source, reporter, now) => this.#notify(event, group, source, reporter, now),
    });
    this.#reports = new ReportInput(this.querier, this.memberships, (...refused) => this.#refuse(...refused));
    this.#discovery = new RouterDiscovery({
      random: around.random,
      isWanted: () =>
        this.#settings.routerDiscovery && around.isForwarding() && this.#output.address !== UNSPECIFIED,
      sendAdvertisement: (now) => this.#advertise(now),
      sendTermination: (now) => this.#output.sendTermination(now),
    });
    this.member = new Member({
      random: around.random,
      sendReport: (records, now) => this.#output.sendReport(records, now),
      sendOlderReport: (version, group, now) => this.#output.sendOlderReport(version, group, now),
      sendLeave: (group, now) => this.#output.sendLeave(group, now),
    });
  }

  get settings(): IgmpSettings {
    return this.#settings;
  }

  /** The link can be reached: asks at once, or `offset` from now where several interfaces come up together. */
  up(now: Instant, offset: Duration = duration(0)): void {
    if (this.#isUp) return;
    this.#isUp = true;
    if (this.role === 'router') {
      this.querier.up(now, offset);
      this.memberships.up(now);
    }
    this.member.up(now);
    this.#discovery.poll(now);
    this.#join(now);
  }

  /** The link is gone, and with it what was reported on it. */
  down(now: Instant): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.querier.down(now);
    this.memberships.down(now);
    this.member.down();
    this.#discovery.down();
  }

  /** The router goes away. */
  stop(now: Instant): void {
    if (this.#isUp) this.#discovery.stop(now);
  }

  /** New settings; they must have passed `parseVariables`. */
  configure(settings: IgmpSettings, now: Instant): void {
    const before = this.#settings;
    this.#settings = settings;
    this.querier.configure(settings, now);
    this.memberships.configure(settings, now);
    for (const { group } of before.joinGroups) this.#settle(group, now);
    if (!this.#isUp) return;
    this.#join(now);
    this.#discovery.poll(now);
  }

  /** From now on the router itself wants that of a group here, besides what the settings say. */
  want(group: Address, membership: Membership, now: Instant): void {
    if (isNothing(membership)) this.#wishes.delete(group);
    else this.#wishes.set(group, membership);
    this.#settle(group, now);
  }

  /** Takes a datagram of protocol 2 that passed the gate, fragments too; a reason where nothing of it was heeded. */
  receive(datagram: Uint8Array, now: Instant): DropReason | undefined {
    if (!this.#isUp) return 'igmp-ignored';
    const source = ipv4.source(datagram);
    const refusal = inputFault(datagram, {
      addresses: this.#around.interface.addresses,
      requireRouterAlert: this.#settings.requireRouterAlert,
      takesSolicitations: this.#settings.routerDiscovery,
      isJoined: (group) => this.member.memberships.has(group),
    });
    if (refusal !== undefined) return this.#refuse(refusal, source, now);
    const message = messageIn(datagram);
    this.counters.received[igmp.nameOf(message)] += 1;
    if (igmp.isSolicitation(message)) {
      this.#discovery.solicited(now);
      return undefined;
    }
    const version = igmp.versionOf(message);
    if (version !== 3 && this.#settings.ignoreVersions.includes(version))
      return this.#refuse('ignored-version', source, now);
    if (igmp.type(message) === igmp.MEMBERSHIP_QUERY) return this.#receiveQuery(message, source, now);
    if (this.role === 'host') return this.#refuse('not-a-member', source, now);
    return this.#reports.receive(message, source, now);
  }

  poll(now: Instant): void {
    if (!this.#isUp) return;
    this.memberships.poll(now);
    this.querier.poll(now);
    this.member.poll(now);
    this.#discovery.poll(now);
  }

  nextDeadline(): Instant {
    if (!this.#isUp) return NEVER;
    const next = earliest(this.querier.nextDeadline(), this.memberships.nextDeadline());
    return earliest(earliest(next, this.member.nextDeadline()), this.#discovery.nextDeadline());
  }

  /** Whether somebody on the link wants datagrams from a source to a group. */
  forwards(group: Address, source: Address): boolean {
    return this.memberships.forwards(group, source);
  }

  /** What the hosts on the link want of a group, for the upstream of a proxy. */
  membership(group: Address): Membership {
    return membershipOf(this.memberships, group);
  }

  groupViews(now: Instant): GroupView[] {
    return groupViews(this.memberships, now);
  }

  /**
   * Sends a query now and leaves all timers alone; without a group, a general one.
   *
   * A specific query is suppressed, for no series follows it by which other routers could go. False where
   * the version that is spoken has no such query, and where the settings forbid all of them.
   */
  query({ group = UNSPECIFIED, sources = [], maxResponse }: Asking, now: Instant): boolean {
    if (this.#settings.querier === 'never') return false;
    if (!isSpoken(this.querier.version(now), { group, sources })) return false;
    const { queryResponseInterval, lastMemberQueryInterval } = this.querier.variables;
    const isGeneral = group === UNSPECIFIED;
    const preset = isGeneral ? queryResponseInterval : lastMemberQueryInterval;
    this.#sendQuery({ group, sources, maxResponse: maxResponse ?? preset, isSuppressed: !isGeneral }, now);
    return true;
  }

  #receiveQuery(query: Uint8Array, source: Address, now: Instant): DropReason | undefined {
    const isGeneral = igmp.isGeneralQuery(query);
    const group = igmp.group(query);
    if (!isGeneral && !isMulticast(group)) return this.#refuse('not-a-group', source, now);
    this.member.heard(query, source, now);
    if (this.role === 'host') return undefined;
    this.querier.heard(query, source, now);
    const version = igmp.queryVersion(query);
    if (isGeneral || (version === 3 && igmp.isSuppressed(query))) return undefined;
    this.memberships.asked(group, version === 3 ? igmp.sources(query) : [], now);
    return undefined;
  }

  #ask(group: Address, { sources, isSuppressed }: SpecificQuery, now: Instant): void {
    const maxResponse = this.querier.variables.lastMemberQueryInterval;
    this.#sendQuery({ group, sources, maxResponse, isSuppressed }, now);
  }

  #sendQuery(query: Query, now: Instant): void {
    const { querier } = this;
    if (this.#settings.querier === 'never') return;
    const group = query.group === UNSPECIFIED ? null : query.group;
    this.#output.sendQuery(querier.version(now), query, querier.advertised, now, (sources) =>
      this.#notify('query-sent', group, sources.length === 1 ? sources[0]! : null, null, now),
    );
  }

  /** Where this router queries nobody, it knows no variables to tell. Source: RFC 4286 §3.2. */
  #advertise(now: Instant): void {
    const variables = this.role === 'host' ? NOT_QUERYING : this.querier.variables;
    this.#output.sendAdvertisement(ADVERTISEMENT_INTERVAL, variables, now);
  }

  /** Has the host side be in a group as the proxy and the settings want it together. */
  #settle(group: Address, now: Instant): void {
    const joined = this.#settings.joinGroups.filter((each) => each.group === group);
    const wish = this.#wishes.get(group) ?? NO_MEMBERSHIP;
    this.member.set(group, merge([wish, ...joined.map(({ source }) => membershipFor(source))]), now);
  }

  #join(now: Instant): void {
    for (const { group } of this.#settings.joinGroups)
      if (!this.member.memberships.has(group)) this.#settle(group, now);
  }

  #refuse(refusal: Refusal, from: Address, now: Instant, group?: Address): DropReason {
    this.counters.refused[refusal] += 1;
    this.#warn(refusal, from, now, group);
    return dropReasonOf(refusal);
  }

  #notify(
    event: 'join' | 'leave' | 'expire' | 'querier-elected' | 'query-sent',
    group: Address | null,
    source: Address | null,
    reporter: Address | null,
    now: Instant,
  ): void {
    const { observer } = this.#around;
    if (!observer.wants('igmp')) return;
    const happened: Event = {
      type: 'igmp',
      time: now,
      interface: this.#around.interface.name,
      event,
      group,
      source,
      reporter,
    };
    observer.notify(happened);
  }
}

const NOT_QUERYING = { robustness: 0, queryInterval: duration(0) } as const;
