import { type Address, UNSPECIFIED } from '../../address.js';
import { earliest, type Instant, latest, NEVER } from '../../time.js';
import { isNothing, isWanted } from '../host-membership.js';
import type { FilterMode, RecordType } from '../message.js';

/** How many hosts are tracked per group; beyond that, no leave is known to be the last. */
const MOST_REPORTERS = 256;
/** How many source entries all hosts together may have, per source that the group may have. */
const LISTED_PER_SOURCE = 4;

interface Interest {
  filterMode: FilterMode;
  sources: Set<Address>;
  until: Instant;
}

/**
 * What each host wants from one group, by its own reports, so that the last leave is known as such.
 *
 * Hosts do not stay silent because others have reported: version 3 has no such rule, and what a TUN device
 * delivers never triggers it in older ones. Reporters without an address cannot be distinguished.
 *
 * Source: RFC 9776 Appendix A.2.
 */
export class Reporters {
  readonly #interests = new Map<Address, Interest>();
  /** The number of sources in `#interests`. */
  #listed = 0;
  /** The earliest time at which a silent host can be forgotten. */
  #nextSilence: Instant = NEVER;
  #unknownUntil: Instant;

  /** Until `unknownUntil` there may be members that have not reported yet. */
  constructor(unknownUntil: Instant) {
    this.#unknownUntil = unknownUntil;
  }

  /** How many hosts are tracked. */
  get count(): number {
    return this.#interests.size;
  }

  /** Records what a host reported, valid until `until` unless it reports otherwise. */
  heard(
    reporter: Address,
    type: RecordType,
    sources: ReadonlySet<Address>,
    now: Instant,
    until: Instant,
    maxSources: number,
  ): void {
    this.#forgetSilent(now);
    const before = this.#interests.get(reporter);
    if (reporter === UNSPECIFIED || (before === undefined && this.#interests.size >= MOST_REPORTERS)) {
      this.#unknownUntil = latest(this.#unknownUntil, until);
      return;
    }
    if (before !== undefined) this.#forget(reporter, before);
    const interest = spoken(before, type, sources, until);
    const listed = interest.sources.size;
    const isTooLong = listed > maxSources || this.#listed + listed > LISTED_PER_SOURCE * maxSources;
    if (isTooLong) this.#keep(reporter, { filterMode: 'exclude', sources: new Set(), until });
    else if (!isNothing(interest)) this.#keep(reporter, interest);
  }

  /** Whether somebody may still want a source. */
  mayWant(source: Address, now: Instant): boolean {
    return this.#some(now, (interest) => isWanted(interest, source));
  }

  /** Whether somebody may still want the whole group. */
  mayWantAll(now: Instant): boolean {
    return this.#some(now, ({ filterMode }) => filterMode === 'exclude');
  }

  #keep(reporter: Address, interest: Interest): void {
    this.#interests.set(reporter, interest);
    this.#listed += interest.sources.size;
    this.#nextSilence = earliest(this.#nextSilence, interest.until);
  }

  #forget(reporter: Address, { sources }: Interest): void {
    this.#interests.delete(reporter);
    this.#listed -= sources.size;
  }

  /** Forgets hosts whose reports have expired. */
  #forgetSilent(now: Instant): void {
    if (this.#nextSilence > now) return;
    this.#nextSilence = NEVER;
    for (const [reporter, interest] of this.#interests)
      if (interest.until <= now) this.#forget(reporter, interest);
      else this.#nextSilence = earliest(this.#nextSilence, interest.until);
  }

  #some(now: Instant, wants: (interest: Interest) => boolean): boolean {
    if (this.#unknownUntil > now) return true;
    for (const interest of this.#interests.values()) if (interest.until > now && wants(interest)) return true;
    return false;
  }
}

const spoken = (
  before: Interest | undefined,
  type: RecordType,
  named: ReadonlySet<Address>,
  until: Instant,
): Interest => {
  switch (type) {
    case 'is-in':
    case 'to-in':
      return { filterMode: 'include', sources: new Set(named), until };
    case 'is-ex':
    case 'to-ex':
      return { filterMode: 'exclude', sources: new Set(named), until };
    default: {
      const filterMode = before?.filterMode ?? 'include';
      const sources = before?.sources ?? new Set();
      const isAdded = (type === 'allow') === (filterMode === 'include');
      for (const each of named)
        if (isAdded) sources.add(each);
        else sources.delete(each);
      return { filterMode, sources, until };
    }
  }
};
