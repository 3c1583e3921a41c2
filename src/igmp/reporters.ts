import { type Address, UNSPECIFIED } from '../address.js';
import type { Instant } from '../time.js';
import type { FilterMode, RecordType } from './message.js';

/** How many hosts are followed for one group; with more, nobody's leave is taken for the last. */
const MOST_REPORTERS = 256;

interface Interest {
  filterMode: FilterMode;
  sources: Set<Address>;
  until: Instant;
}

/**
 * Who wants what of one group, by what each host said itself: so that the last one's leave is known as such.
 *
 * Hosts do not keep silent because others have reported: version 3 has no such rule, and what a TUN device
 * delivers never sets off the older ones. A reporter without an address cannot be told from another.
 *
 * Source: RFC 9776 Appendix A.2.
 */
export class Reporters {
  readonly #interests = new Map<Address, Interest>();
  #unknownUntil: Instant;

  /** Until `unknownUntil` there may be members who have not reported yet. */
  constructor(unknownUntil: Instant) {
    this.#unknownUntil = unknownUntil;
  }

  /** What a host said of the group, true until `until` unless it says something else. */
  heard(
    reporter: Address,
    type: RecordType,
    sources: ReadonlySet<Address>,
    until: Instant,
    maxSources: number,
  ): void {
    const before = this.#interests.get(reporter);
    if (reporter === UNSPECIFIED || (before === undefined && this.#interests.size >= MOST_REPORTERS)) {
      this.#unknownUntil = until;
      return;
    }
    const interest = spoken(before, type, sources, until);
    if (interest.sources.size > maxSources) {
      this.#interests.set(reporter, { filterMode: 'exclude', sources: new Set(), until });
    } else if (interest.filterMode === 'include' && interest.sources.size === 0) {
      this.#interests.delete(reporter);
    } else this.#interests.set(reporter, interest);
  }

  /** Whether somebody may still want a source. */
  mayWant(source: Address, now: Instant): boolean {
    return this.#some(now, ({ filterMode, sources }) => sources.has(source) === (filterMode === 'include'));
  }

  /** Whether somebody may still want the whole group. */
  mayWantAll(now: Instant): boolean {
    return this.#some(now, ({ filterMode }) => filterMode === 'exclude');
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
