import type { Address } from '../address.js';
import type { FilterMode } from './message.js';
import type { FixedMembership } from './settings.js';

/** What a host wants from a group; INCLUDE of no source is no membership. */
export interface HostMembership {
  readonly filterMode: FilterMode;
  readonly sources: ReadonlySet<Address>;
}

export const NO_MEMBERSHIP: HostMembership = { filterMode: 'include', sources: new Set() };

/** From one source, or from the whole group if undefined. */
export const membershipFor = (source: Address | undefined): HostMembership =>
  source === undefined
    ? { filterMode: 'exclude', sources: new Set() }
    : { filterMode: 'include', sources: new Set([source]) };

export const isNothing = ({ filterMode, sources }: HostMembership): boolean =>
  filterMode === 'include' && sources.size === 0;

export const isWanted = ({ filterMode, sources }: HostMembership, source: Address): boolean =>
  sources.has(source) === (filterMode === 'include');

/**
 * The membership of a host that wants everything that any of these want.
 *
 * EXCLUDE if any of them is; it then excludes what all of those exclude, except what any other includes.
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

/** What settings want from each of the groups that they name. */
export const membershipsBy = (settings: readonly FixedMembership[]): ReadonlyMap<Address, HostMembership> => {
  const parts = new Map<Address, HostMembership[]>();
  for (const { group, source } of settings) {
    const known = parts.get(group);
    if (known === undefined) parts.set(group, [membershipFor(source)]);
    else known.push(membershipFor(source));
  }
  return new Map([...parts].map(([group, memberships]) => [group, merge(memberships)]));
};
