import { type Address, UNSPECIFIED } from '../address.js';
import { after, type Duration, duration, earliest, type Instant, NEVER, PAST } from '../time.js';
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
  NOTHING_ADOPTED,
  olderQuerierPresentTimeout,
  otherQuerierPresentInterval,
  type Variables,
  variablesOf,
} from './variables.js';
import type { QuerierWarning } from './warnings.js';

/** What a querier needs done by others. */
export interface QuerierSurroundings {
  /** Under which it queries; UNSPECIFIED where the interface has none. */
  address(): Address;
  sendGeneralQuery(now: Instant): void;
  elected(querier: Address, now: Instant): void;
  /** Another router does what an operator should know. */
  warn(warning: QuerierWarning, querier: Address, now: Instant): void;
}

/**
 * Who asks on one interface, how often, and in which version: drives `QUERIER_TABLES`.
 *
 * Its variables are those of the settings, but for what the querier in office says of its own.
 *
 * Source: RFC 9776 §6.6.2, §7.3.1.
 */
export class Querier {
  readonly #around: QuerierSurroundings;
  #settings: IgmpSettings;
  #adopted: AdoptedVariables = NOTHING_ADOPTED;
  #variables: Variables;
  #state: QuerierState = 'down';
  #elected: Address = UNSPECIFIED;
  #queryAt: Instant = NEVER;
  #startupLeft = 0;
  #otherQuerierUntil: Instant = NEVER;
  #v1QuerierUntil: Instant = PAST;
  #v2QuerierUntil: Instant = PAST;

  constructor(settings: IgmpSettings, around: QuerierSurroundings) {
    this.#settings = settings;
    this.#around = around;
    this.#variables = variablesOf(settings);
  }

  get settings(): IgmpSettings {
    return this.#settings;
  }

  get state(): QuerierState {
    return this.#state;
  }

  get variables(): Variables {
    return this.#variables;
  }

  /** Who has the office: ourselves too; UNSPECIFIED for nobody, and for us without an address. */
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
   * What goes into the QRV field: our own setting, though our timers may follow another router's.
   *
   * Else two routers would hand an odd value back and forth for ever.
   */
  get advertised(): Pick<Variables, 'robustness' | 'queryInterval'> {
    const { robustness, queryInterval } = this.#settings;
    return { robustness, queryInterval };
  }

  /** What we speak: the set version, or the oldest one that a general query was heard in lately. Source: RFC 9776 §7.3.1. */
  version(now: Instant): igmp.Version {
    const { version } = this.#settings;
    if (this.#v1QuerierUntil > now) return 1;
    return this.#v2QuerierUntil > now && version > 2 ? 2 : version;
  }

  /** Begins the start-up series `offset` from now, so that the interfaces of a router do not ask all at once. */
  up(now: Instant, offset: Duration): void {
    this.#handle('interface-up', UNSPECIFIED, now);
    if (this.#queryAt === now) this.#queryAt = after(now, offset);
    this.poll(now);
  }

  down(now: Instant): void {
    this.#handle('interface-down', UNSPECIFIED, now);
    this.#adopt(NOTHING_ADOPTED);
    this.#v1QuerierUntil = this.#v2QuerierUntil = PAST;
  }

  /** New settings hold from the next timer on; those that run are left alone, unless the mode is another. */
  configure(settings: IgmpSettings, now: Instant): void {
    const beginsAnew = settings.querier !== this.#settings.querier && this.#state !== 'down';
    if (beginsAnew) this.down(now);
    this.#settings = settings;
    this.#adopt(this.#adopted);
    if (beginsAnew) this.up(now, duration(0));
  }

  /** A valid query came in that is not our own. Source 0.0.0.0 never wins: snooping switches use it. Source: RFC 4541 §2.1.1. */
  heard(query: Uint8Array, source: Address, now: Instant): void {
    const isGeneral = igmp.isGeneralQuery(query);
    if (isGeneral) this.#noteVersion(igmp.queryVersion(query), source, now);
    const event = isGeneral && this.#isStronger(source) ? 'stronger-query' : 'weaker-query';
    const { to } = this.#table[this.#state][event];
    const isInOffice = to === 'querier' || event === 'stronger-query';
    if (igmp.queryVersion(query) === 3 && isInOffice) this.#adopt(this.#saidBy(query, to));
    this.#handle(event, source, now);
  }

  poll(now: Instant): void {
    if (this.#otherQuerierUntil <= now) this.#handle('other-querier-expired', UNSPECIFIED, now);
    if (this.#queryAt <= now) this.#handle('query-due', UNSPECIFIED, now);
  }

  nextDeadline(): Instant {
    return earliest(this.#queryAt, this.#otherQuerierUntil);
  }

  get #table(): (typeof QUERIER_TABLES)[QuerierMode] {
    return QUERIER_TABLES[this.#settings.querier];
  }

  #isStronger(source: Address): boolean {
    if (source === UNSPECIFIED) return false;
    if (this.#state === 'non-querier') return source <= this.#elected || this.#elected === UNSPECIFIED;
    const own = this.#around.address();
    return own === UNSPECIFIED || source < own;
  }

  /**
   * To the querier QRV counts whoever says it. Who does not query takes both, QQIC too, but only from general
   * queries of the querier in office: those that make it wait anew. Else a group that is reported after somebody
   * else's query would end long before the querier asks about it.
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
    this.#variables = variablesOf(this.#settings, adopted);
  }

  #noteVersion(version: igmp.Version, source: Address, now: Instant): void {
    const until = after(now, olderQuerierPresentTimeout(this.#variables));
    if (version === 1) this.#v1QuerierUntil = until;
    if (version === 2) this.#v2QuerierUntil = until;
    if (version !== this.#settings.version) this.#around.warn('version-differs', source, now);
  }

  #handle(event: QuerierEvent, sender: Address, now: Instant): void {
    const { to, actions } = this.#table[this.#state][event];
    this.#state = to;
    for (const action of actions) this.#perform(action, sender, now);
  }

  #perform(action: QuerierAction, sender: Address, now: Instant): void {
    switch (action) {
      case 'elect-self':
        this.#adopt(NOTHING_ADOPTED);
        return this.#elect(this.#around.address(), now);
      case 'elect-sender':
        if (this.#elected !== sender) this.#elect(sender, now);
        return;
      case 'elect-nobody':
        this.#adopt(NOTHING_ADOPTED);
        this.#elected = UNSPECIFIED;
        return;
      case 'note-rival':
        return this.#around.warn('stronger-querier', sender, now);
      case 'start-querying':
        this.#startupLeft = this.#variables.startupQueryCount;
        this.#queryAt = now;
        return;
      case 'stop-querying':
        this.#queryAt = NEVER;
        return;
      case 'send-general-query':
        return this.#sendGeneralQuery(now);
      case 'arm-other-querier':
        this.#otherQuerierUntil = after(now, otherQuerierPresentInterval(this.#variables));
        return;
      case 'stop-other-querier':
        this.#otherQuerierUntil = NEVER;
        return;
    }
  }

  #elect(querier: Address, now: Instant): void {
    this.#elected = querier;
    this.#around.elected(querier, now);
  }

  /** The next one is due by the plan, however late this one is, unless that too has gone by. */
  #sendGeneralQuery(now: Instant): void {
    this.#startupLeft = Math.max(0, this.#startupLeft - 1);
    const { startupQueryInterval, queryInterval } = this.#variables;
    const interval = this.#startupLeft > 0 ? startupQueryInterval : queryInterval;
    const planned = after(this.#queryAt, interval);
    this.#queryAt = planned > now ? planned : after(now, interval);
    this.#around.sendGeneralQuery(now);
  }
}
