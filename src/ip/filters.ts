import type { Prefix } from '../address.js';
import type { Observer } from '../event.js';
import type { FilterMatch } from '../filter.js';
import type { Interface } from '../interface.js';
import { gathered } from '../pieces.js';
import type { Random } from '../random.js';
import { sameItems } from '../same-items.js';
import { earliest, type Instant, left, NEVER } from '../time.js';
import { type Filter, type FilterDecision, FilterEntry, type Filtered } from './filter.js';
import type { FilterBlock } from './filter-block.js';
import { blocksOf } from './filter-blocks.js';
import { FragmentDecisions } from './filter-fragments.js';
import { FilterTable } from './filter-table.js';
import * as ipv4 from './header.js';

/** What a decision needs of a router's filters. */
export interface FilterLookup {
  readonly table: FilterTable;
  /** The random word of 32 bits that decides about the next datagram, as far as chance has a say. */
  readonly draw: number;
  /** What was decided about the first fragment of the same datagram; undefined if it was not seen. */
  decisionsAbout(laterFragment: Uint8Array): readonly FilterDecision[] | undefined;
}

/** What a router's filters are given. */
export interface FiltersEnvironment {
  /** The name of the router. */
  readonly router: string;
  readonly random: Random;
  readonly observer: Observer;
  /** Called when `current` is another one. */
  changed(): void;
}

/** A filter, for display. */
export interface FilterView {
  readonly filter: Filter;
  readonly matched: number;
  /** How long until it is removed, in milliseconds; undefined if it stays. */
  readonly expiresIn: number | undefined;
}

/** What was made beforehand of the filters of another plan. */
interface Prepared {
  readonly filters: readonly Filter[];
  readonly entries: FilterEntry[];
  readonly blocks: readonly FilterBlock[];
}

/**
 * The filters of one router and what they have done: counts, limits, and decisions about fragments.
 *
 * Those of the configuration come first, then those made at run time, in their order. Asking changes nothing;
 * `record` is told of every decision that is carried out. Source: RFC 1812 §5.3.9.
 */
export class Filters implements FilterLookup {
  readonly #environment: FiltersEnvironment;
  readonly #fragments = new FragmentDecisions();
  /** As the configuration has them. */
  #wanted: readonly Filter[] | undefined;
  /** In the order of the configuration, also those that are gone: they must not come back with the next plan. */
  #configured: FilterEntry[] = [];
  #runtime: FilterEntry[] = [];
  #prepared: Prepared | undefined;
  /** In the order in which they are numbered. */
  #interfaces: readonly Interface[] = [];
  #nextExpiry: Instant = NEVER;
  /** Drawn only when chance first has a say, so that nothing else that is random depends on filters. */
  #draw: number | undefined;
  table = new FilterTable([]);
  #isEmpty = true;

  constructor(environment: FiltersEnvironment) {
    this.#environment = environment;
  }

  /** These filters, for decisions; undefined if there is nothing that could match. */
  get current(): FilterLookup | undefined {
    return this.#isEmpty && this.#fragments.size === 0 ? undefined : this;
  }

  /** Whether those that can match may decide otherwise about each of the datagrams that a super-datagram stands for. */
  tellSegmentsApart = false;

  get draw(): number {
    return this.#draw ?? 0;
  }

  decisionsAbout(laterFragment: Uint8Array): readonly FilterDecision[] | undefined {
    return this.#fragments.of(laterFragment);
  }

  /**
   * Adopts the filters of another configuration. One that is still the same keeps its counts, and stays removed if it
   * was. One made at run time stays if its interfaces do, unless the configuration has a new one of its name.
   */
  apply(filters: readonly Filter[], interfaces: readonly Interface[], now: Instant): void {
    const stays = (each: Interface | undefined): boolean => each === undefined || interfaces.includes(each);
    const staying = this.#runtime.filter(({ filter }) => stays(filter.in) && stays(filter.out));
    const isAnyGone = staying.length < this.#runtime.length;
    if (!isAnyGone && filters === this.#wanted && sameItems(interfaces, this.#interfaces))
      return this.#environment.changed();
    this.#wanted = filters;
    const prepared = this.#prepared?.filters === filters ? this.#prepared : undefined;
    this.#prepared = undefined;
    this.#configured = prepared?.entries ?? [...this.#entriesOf(filters, now)];
    const names = new Set(this.#configured.filter(isInForce).map(({ filter }) => filter.name));
    this.#runtime = staying.filter(({ filter }) => !names.has(filter.name));
    this.#interfaces = interfaces;
    this.#changed([...this.table.blocks, ...(prepared?.blocks ?? [])]);
  }

  /**
   * Makes what `apply` needs of these filters, step by step; what is changed meanwhile is no matter.
   */
  *prepare(filters: readonly Filter[], now: Instant): Generator<void, void> {
    const entries = yield* gathered(this.#entriesOf(filters, now), MADE_AT_ONCE);
    const blocks: FilterBlock[] = [];
    for (const block of blocksOf([...entries, ...this.#runtime].filter(isLive), this.table.blocks)) {
      blocks.push(block);
      yield;
    }
    this.#prepared = { filters, entries, blocks };
  }

  /** One that is still the same has the entry that it has. */
  *#entriesOf(filters: readonly Filter[], now: Instant): Generator<FilterEntry, void> {
    const before = new Map(this.#configured.map((entry) => [entry.filter.name, entry]));
    for (const filter of filters) {
      const known = before.get(filter.name);
      yield known !== undefined && isSame(known.filter, filter) ? known : new FilterEntry(filter, now);
    }
  }

  /** Adds a filter after all others; false if there is one of that name. */
  add(filter: Filter, now: Instant): boolean {
    if (this.has(filter.name)) return false;
    this.#runtime.push(new FilterEntry(filter, now));
    this.#changed(this.table.blocks);
    return true;
  }

  /** Removes a filter; false if there is none of that name. */
  remove(name: string): boolean {
    const entry = this.#entries.find(({ filter }) => filter.name === name);
    if (entry === undefined) return false;
    this.#remove(entry);
    this.#changed(this.table.blocks);
    return true;
  }

  has(name: string): boolean {
    const isIt = (entry: FilterEntry): boolean => entry.filter.name === name && isInForce(entry);
    return this.#configured.some(isIt) || this.#runtime.some(isIt);
  }

  /** Of those in force, in the order in which they are asked. */
  get names(): string[] {
    return this.#entries.map(({ filter }) => filter.name);
  }

  /** Those in force, in the order in which they are asked. */
  views(now: Instant): FilterView[] {
    return this.#entries.map(({ filter, matched, expires }) => ({
      filter,
      matched,
      expiresIn: left(expires, now),
    }));
  }

  /** Counts what was decided about a datagram, as it arrived; `datagrams` is how many it stands for. */
  record({ decisions, isByChance }: Filtered, datagram: Uint8Array, datagrams: number, now: Instant): void {
    if (isByChance) this.#draw = this.#drawn();
    const isLater = ipv4.fragmentOffset(datagram) !== 0;
    const isFollower = isLater && this.#fragments.of(datagram) !== undefined;
    for (const { entry } of decisions) {
      if (entry === undefined) continue;
      entry.matched += datagrams;
      if (!isFollower) this.#count(entry, datagrams);
    }
    if (isLater || !ipv4.isFragment(datagram)) return;
    this.#fragments.remember(datagram, decisions, now);
  }

  /** Removes what has expired; to be called no later than `nextDeadline()`. */
  poll(now: Instant): void {
    const { current } = this;
    this.#fragments.poll(now);
    if (this.#nextExpiry <= now) this.#expire(now);
    else if (this.current !== current) this.#environment.changed();
  }

  nextDeadline(): Instant {
    return earliest(this.#nextExpiry, this.#fragments.nextDeadline());
  }

  get #entries(): FilterEntry[] {
    return [...this.#configured.filter(isInForce), ...this.#runtime];
  }

  #count(entry: FilterEntry, datagrams: number): void {
    entry.decided += datagrams;
    const { limit } = entry.filter;
    if (limit === undefined || entry.decided < limit) return;
    this.table.takeOut(entry);
  }

  #remove(entry: FilterEntry): void {
    entry.isGone = true;
    this.#runtime = this.#runtime.filter(isInForce);
  }

  #expire(now: Instant): void {
    const { router, observer } = this.#environment;
    for (const entry of this.#entries.filter(({ expires }) => expires <= now)) {
      this.#remove(entry);
      const message = `${router}: the filter ${entry.filter.name} has expired and was removed`;
      if (observer.wants('config')) observer.notify({ type: 'config', time: now, event: 'applied', message });
    }
    this.#changed(this.table.blocks);
  }

  /** Compiles the filters that can still match, but for what is known. */
  #changed(known: readonly FilterBlock[]): void {
    const entries = this.#entries;
    this.#nextExpiry = entries.reduce((next, { expires }) => earliest(next, expires), NEVER);
    const live = entries.filter(isLive);
    if (this.#draw === undefined && live.some(({ filter }) => filter.probability < 1))
      this.#draw = this.#drawn();
    this.table = new FilterTable(live, known);
    this.#isEmpty = live.length === 0;
    this.tellSegmentsApart = live.some(({ filter }) => mayDiffer(filter));
    this.#environment.changed();
  }

  #drawn(): number {
    return Math.floor(this.#environment.random() * 2 ** 32);
  }
}

const mayDiffer = ({ limit, probability, match: { sizeOver } }: Filter): boolean =>
  limit !== undefined || probability < 1 || sizeOver !== undefined;

/** So many filters are made at once: a fifth of a millisecond. */
export const MADE_AT_ONCE = 256;

/** Whether it can still match. */
const isLive = ({ isGone, filter: { limit }, decided }: FilterEntry): boolean =>
  !isGone && (limit === undefined || decided < limit);

const isInForce = ({ isGone }: FilterEntry): boolean => !isGone;

const isSame = (one: Filter, other: Filter): boolean =>
  one === other ||
  (one.name === other.name &&
    one.in === other.in &&
    one.out === other.out &&
    one.probability === other.probability &&
    one.limit === other.limit &&
    one.for === other.for &&
    one.action === other.action &&
    one.with === other.with &&
    isSameMatch(one.match, other.match));

const isSameMatch = (one: FilterMatch, other: FilterMatch): boolean =>
  one.protocol === other.protocol &&
  isSamePrefix(one.source, other.source) &&
  isSamePrefix(one.destination, other.destination) &&
  one.sourcePort === other.sourcePort &&
  one.destinationPort === other.destinationPort &&
  one.sizeOver === other.sizeOver &&
  one.df === other.df;

const isSamePrefix = (one: Prefix | undefined, other: Prefix | undefined): boolean =>
  one?.network === other?.network && one?.length === other?.length;
