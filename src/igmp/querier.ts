import { type Address, UNSPECIFIED } from '../address.js';
import type { Interface } from '../interface.js';
import { after, type Duration, duration, earliest, type Instant, latest, NEVER, PAST } from '../time.js';
import { type Action, NO_ACTIONS } from './action.js';
import * as igmp from './message.js';
import {
  QUERIER_TABLES,
  type QuerierAction,
  type QuerierEvent,
  type QuerierMode,
  type QuerierState,
} from './querier-table.js';
import type { IgmpSettings } from './settings.js';
import {
  type AdoptedVariables,
  type Intervals,
  intervalsOf,
  NOTHING_ADOPTED,
  type Variables,
  variablesOf,
} from './variables.js';
import { isSpoken } from './write.js';

/** One extra query on request. */
export interface Asking {
  readonly group?: Address;
  readonly sources?: readonly Address[];
  readonly maxResponse?: Duration;
}

/** The querier of an interface, as other parts read it. */
export type Office = Readonly<Pick<Querier, 'state' | 'variables' | 'version'>>;

/**
 * The querier on one interface, its schedule and its version: drives `QUERIER_TABLES`.
 *
 * Its variables are those of the settings, except for those that another elected querier announces.
 *
 * Source: RFC 9776 §6.6.2, §7.3.1.
 */
export class Querier {
  /** Changed by the querier alone. */
  state: QuerierState = 'down';
  /** Changed by the querier alone. */
  variables: Intervals;
  readonly #interface: Pick<Interface, 'addresses'>;
  #settings: IgmpSettings;
  #adopted: AdoptedVariables = NOTHING_ADOPTED;
  #elected: Address = UNSPECIFIED;
  #queryAt: Instant = NEVER;
  #startupLeft = 0;
  #otherQuerierUntil: Instant = NEVER;
  #v1QuerierUntil: Instant = PAST;
  #v2QuerierUntil: Instant = PAST;

  constructor(settings: IgmpSettings, on: Pick<Interface, 'addresses'>) {
    this.#settings = settings;
    this.#interface = on;
    this.variables = intervalsOf(variablesOf(settings));
  }

  /** The elected querier, possibly ourselves; UNSPECIFIED if there is none, or if we have no address. */
  get elected(): Address {
    return this.#elected;
  }

  get nextQueryAt(): Instant {
    return this.#queryAt;
  }

  get otherQuerierUntil(): Instant {
    return this.#otherQuerierUntil;
  }

  /**
   * The value of the QRV field: our own setting, even if our timers follow another router's.
   *
   * Otherwise two routers could pass an odd value back and forth for ever.
   */
  get advertised(): Pick<Variables, 'robustness' | 'queryInterval'> {
    const { robustness, queryInterval } = this.#settings;
    return { robustness, queryInterval };
  }

  /** The version in use: the set one, or the oldest in which a general query was received lately. Source: RFC 9776 §7.3.1. */
  version(now: Instant): igmp.Version {
    const { version } = this.#settings;
    if (this.#v1QuerierUntil > now) return 1;
    return this.#v2QuerierUntil > now && version > 2 ? 2 : version;
  }

  /** Begins the start-up series `offset` from now, so that the interfaces of a router do not all query at once. */
  up(now: Instant, offset: Duration): readonly Action[] {
    const actions = this.#handle('interface-up', UNSPECIFIED, now);
    if (this.#queryAt === now) this.#queryAt = after(now, offset);
    return [...actions, ...this.poll(now)];
  }

  down(now: Instant): readonly Action[] {
    const actions = this.#handle('interface-down', UNSPECIFIED, now);
    this.#adopt(NOTHING_ADOPTED);
    this.#v1QuerierUntil = this.#v2QuerierUntil = PAST;
    return actions;
  }

  /**
   * Adopts new settings for future timers; running ones are left alone, unless the mode changes.
   *
   * One exception: the next general query is brought forward if the new interval makes it due sooner, because
   * reports until then last only as long as the new interval says.
   *
   * Source: RFC 9776 §8.2, §8.4.
   */
  apply(settings: IgmpSettings, now: Instant): readonly Action[] {
    const beginsAnew = settings.querier !== this.#settings.querier && this.state !== 'down';
    const ended = beginsAnew ? this.down(now) : NO_ACTIONS;
    const before = this.#interval;
    this.#settings = settings;
    this.#adopt(this.#adopted);
    if (beginsAnew) return [...ended, ...this.up(now, duration(0))];
    if (this.state === 'querier') this.#elected = this.address;
    const replanned = after(this.#queryAt, duration(this.#interval - before));
    this.#queryAt = earliest(this.#queryAt, latest(now, replanned));
    return NO_ACTIONS;
  }

  /** Takes a valid query from another router. Source 0.0.0.0 never wins: snooping switches use it. Source: RFC 4541 §2.1.1. */
  heard(query: Uint8Array, source: Address, now: Instant): readonly Action[] {
    const isGeneral = igmp.isGeneralQuery(query);
    const version = igmp.queryVersion(query);
    if (isGeneral) this.#noteVersion(version, now);
    const event = isGeneral && this.#isStronger(source) ? 'stronger-query' : 'weaker-query';
    const { to } = this.#table[this.state][event];
    const isInOffice = to === 'querier' || event === 'stronger-query';
    if (version === 3 && isInOffice) this.#adopt(this.#saidBy(query, to));
    const actions = this.#handle(event, source, now);
    const isOther = isGeneral && version !== this.#settings.version;
    return isOther ? [{ type: 'warn', warning: 'version-differs', from: source }, ...actions] : actions;
  }

  /**
   * Sends one extra query, which leaves all timers alone; without a group, a general one.
   *
   * A specific query has the S flag set, because no series follows that other routers could rely on. Nothing is sent
   * if the version in use has no such query, or if the settings forbid all queries.
   */
  query({ group = UNSPECIFIED, sources = [], maxResponse }: Asking, now: Instant): readonly Action[] {
    if (this.#settings.querier === 'never' || !isSpoken(this.version(now), { group, sources }))
      return NO_ACTIONS;
    const isGeneral = group === UNSPECIFIED;
    const { queryResponseInterval, lastMemberQueryInterval } = this.variables;
    const preset = isGeneral ? queryResponseInterval : lastMemberQueryInterval;
    const query = { group, sources, maxResponse: maxResponse ?? preset, isSuppressed: !isGeneral };
    return [{ type: 'send-query', query }];
  }

  poll(now: Instant): readonly Action[] {
    if (this.nextDeadline() > now) return NO_ACTIONS;
    const expired =
      this.#otherQuerierUntil <= now ? this.#handle('other-querier-expired', UNSPECIFIED, now) : NO_ACTIONS;
    const due = this.#queryAt <= now ? this.#handle('query-due', UNSPECIFIED, now) : NO_ACTIONS;
    return [...expired, ...due];
  }

  nextDeadline(): Instant {
    return earliest(this.#queryAt, this.#otherQuerierUntil);
  }

  get #table(): (typeof QUERIER_TABLES)[QuerierMode] {
    return QUERIER_TABLES[this.#settings.querier];
  }

  /** Our own, from which everything is sent here; UNSPECIFIED if we have none. */
  get address(): Address {
    return this.#interface.addresses[0]?.address ?? UNSPECIFIED;
  }

  /** The interval until the next general query. */
  get #interval(): Duration {
    const { startupQueryInterval, queryInterval } = this.variables;
    return this.#startupLeft > 0 ? startupQueryInterval : queryInterval;
  }

  #isStronger(source: Address): boolean {
    if (source === UNSPECIFIED) return false;
    if (this.state === 'non-querier') return source <= this.#elected || this.#elected === UNSPECIFIED;
    const own = this.address;
    return own === UNSPECIFIED || source < own;
  }

  /**
   * A querier adopts QRV from any sender. A non-querier adopts QRV and QQIC, but only from general queries of the
   * elected querier, which also restart its timer. Otherwise a group reported after another router's query
   * would expire long before the querier asks about it.
   *
   * Source: RFC 9776 §4.1.6, §4.1.7.
   */
  #saidBy(query: Uint8Array, to: QuerierState): AdoptedVariables {
    const interval = igmp.queryInterval(query);
    return {
      robustness: igmp.robustness(query) || undefined,
      queryInterval: to === 'non-querier' && interval > 0 ? interval : undefined,
    };
  }

  #adopt(adopted: AdoptedVariables): void {
    this.#adopted = adopted;
    this.variables = intervalsOf(variablesOf(this.#settings, adopted));
  }

  #noteVersion(version: igmp.Version, now: Instant): void {
    const until = after(now, this.variables.olderQuerierPresentTimeout);
    if (version === 1) this.#v1QuerierUntil = until;
    if (version === 2) this.#v2QuerierUntil = until;
  }

  #handle(event: QuerierEvent, sender: Address, now: Instant): readonly Action[] {
    const { to, actions } = this.#table[this.state][event];
    this.state = to;
    return actions.flatMap((action) => this.#do(action, sender, now));
  }

  /** Performs the table's effects on the querier itself; returns the remaining actions. */
  #do(action: QuerierAction, sender: Address, now: Instant): readonly Action[] {
    switch (action) {
      case 'elect-self':
        this.#adopt(NOTHING_ADOPTED);
        this.#elected = this.address;
        return [{ type: 'elected', querier: this.#elected }];
      case 'elect-sender':
        if (this.#elected === sender) return NO_ACTIONS;
        this.#elected = sender;
        return [{ type: 'elected', querier: sender }];
      case 'elect-nobody':
        this.#adopt(NOTHING_ADOPTED);
        this.#elected = UNSPECIFIED;
        return NO_ACTIONS;
      case 'note-rival':
        return [{ type: 'warn', warning: 'stronger-querier', from: sender }];
      case 'start-querying':
        this.#startupLeft = this.variables.startupQueryCount;
        this.#queryAt = now;
        return NO_ACTIONS;
      case 'stop-querying':
        this.#queryAt = NEVER;
        return NO_ACTIONS;
      case 'send-general-query':
        this.#planNext(now);
        return this.query({}, now);
      case 'arm-other-querier':
        this.#otherQuerierUntil = after(now, this.variables.otherQuerierPresentInterval);
        return NO_ACTIONS;
      case 'stop-other-querier':
        this.#otherQuerierUntil = NEVER;
        return NO_ACTIONS;
    }
  }

  /**
   * Periodic queries keep their rhythm, however late one of them is, unless the next has gone by, too. After a start-up
   * query the next one keeps its distance: a query that a busy start delayed must not run into the next.
   */
  #planNext(now: Instant): void {
    const wasStartup = this.#startupLeft > 0;
    this.#startupLeft = Math.max(0, this.#startupLeft - 1);
    const planned = after(wasStartup ? now : this.#queryAt, this.#interval);
    this.#queryAt = planned > now ? planned : after(now, this.#interval);
  }
}
