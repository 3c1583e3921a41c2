import type { Address } from '../address.js';
import type { FilterMode } from './message.js';

/** What a host wants of a group; INCLUDE of no source is no membership. */
export interface HostMembership {
  readonly filterMode: FilterMode;
  readonly sources: ReadonlySet<Address>;
}

export const NO_MEMBERSHIP: HostMembership = { filterMode: 'include', sources: new Set() };

/** Of one source, or for undefined of the whole group. */
export const membershipFor = (source: Address | undefined): HostMembership =>
  source === undefined
    ? { filterMode: 'exclude', sources: new Set() }
    : { filterMode: 'include', sources: new Set([source]) };

export const isNothing = ({ filterMode, sources }: HostMembership): boolean =>
  filterMode === 'include' && sources.size === 0;

export const isWanted = ({ filterMode, sources }: HostMembership, source: Address): boolean =>
  sources.has(source) === (filterMode === 'include');

/**
 * What a host would want that wants what all of these want.
 *
 * EXCLUDE if any of them is; then what all who exclude exclude, but for what somebody includes.
 *
 * Source: RFC 4605 §4.1, RFC 9776 §3.2.
 */
export const merge = (memberships: readonly HostMembership[]): HostMembership => {
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

/** The sources that are in one of two lists and not in the other. */
export const differences = (a: ReadonlySet<Address>, b: ReadonlySet<Address>): Address[] => [
  ...[...a].filter((each) => !b.has(each)),
  ...[...b].filter((each) => !a.has(each)),
];
