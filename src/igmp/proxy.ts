import type { Address } from '../address.js';
import type { Instant } from '../time.js';
import type { Member, Membership } from './member.js';
import { NO_MEMBERSHIP } from './member.js';

/** A downstream interface of a proxy: what its hosts want of a group. */
export interface Downstream {
  membership(group: Address): Membership;
}

/**
 * What a host would want that wants what all of these want.
 *
 * EXCLUDE if any of them is; then what all who exclude exclude, but for what somebody includes.
 *
 * Source: RFC 4605 §4.1, RFC 9776 §3.2.
 */
export const merge = (memberships: readonly Membership[]): Membership => {
  const included = new Set(
    memberships.flatMap(({ filterMode, sources }) => (filterMode === 'include' ? [...sources] : [])),
  );
  const [first, ...others] = memberships.filter(({ filterMode }) => filterMode === 'exclude');
  if (first === undefined) return { filterMode: 'include', sources: included };
  const excluded = [...first.sources].filter(
    (source) => !included.has(source) && others.every(({ sources }) => sources.has(source)),
  );
  return { filterMode: 'exclude', sources: new Set(excluded) };
};

/** Tells the upstream of a proxy what the hosts of all its downstreams want. Source: RFC 4605 §4.1. */
export class UpstreamReports {
  readonly #upstream: Pick<Member, 'set'>;
  readonly #downstreams: readonly Downstream[];

  constructor(upstream: Pick<Member, 'set'>, downstreams: readonly Downstream[]) {
    this.#upstream = upstream;
    this.#downstreams = downstreams;
  }

  /** Call it when a downstream's membership of a group has changed. */
  changed(group: Address, now: Instant): void {
    const memberships = this.#downstreams.map((each) => each.membership(group));
    this.#upstream.set(group, memberships.length === 0 ? NO_MEMBERSHIP : merge(memberships), now);
  }
}
