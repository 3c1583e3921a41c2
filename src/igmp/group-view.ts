import { type Address, type Prefix, UNSPECIFIED } from '../address.js';
import { sorted } from '../pieces.js';
import { type Duration, type Instant, left, NEVER, since } from '../time.js';
import { type HostMembership, membershipFor, merge } from './host-membership.js';
import { type FixedGroup, type FixedOrigin, isForwarding } from './membership/fixed.js';
import { compatibility, forwards, type Group } from './membership/group.js';
import type { Memberships } from './membership/memberships.js';
import type { FilterMode, Version } from './message.js';

/** One source of a group, for display. */
export interface SourceView {
  readonly address: Address;
  readonly forwarding: boolean;
  /** Undefined for a source that is blocked or set in the settings. */
  readonly expires: Duration | undefined;
}

/** One group of an interface, for display. */
export interface GroupView {
  readonly group: Address;
  /** 32 for one group; less for all groups of a prefix, which `group` begins. */
  readonly length: number;
  readonly filterMode: FilterMode;
  /** In order of address. */
  readonly sources: readonly SourceView[];
  readonly lastReporter: Address | undefined;
  /** Until the group timer ends; undefined in include mode, and for groups set in the settings. */
  readonly expires: Duration | undefined;
  readonly origins: readonly ('report' | FixedOrigin)[];
  readonly compatibility: Version;
  /** Since the first report. */
  readonly age: Duration | undefined;
  /** How many more queries about it will be sent, and about how many of its sources. */
  readonly pendingGroupQueries: number;
  readonly pendingSources: number;
}

/** So many groups are put in order at once: half a millisecond. */
const ORDERED_AT_ONCE = 4096;

/**
 * All groups of an interface, reported or fixed, in order of address: step by step, each as it is when it is asked for.
 *
 * Undefined where the next one is still to be found; what comes meanwhile may be left out.
 */
export function* groupSteps(
  memberships: Memberships,
  clock: () => Instant,
): Generator<GroupView | undefined, void> {
  const { groups, fixed } = memberships;
  const widths = new Map([...fixed.prefixes].map((each) => [each.prefix, each]));
  const all = yield* sorted(prefixesOf(memberships), compared, ORDERED_AT_ONCE);
  for (const prefix of all) {
    const wide = widths.get(prefix);
    const group = wide === undefined ? groups.get(prefix.network) : undefined;
    const said = wide ?? fixed.of(prefix.network);
    // It may be gone since they were put in order.
    if (group !== undefined || wide !== undefined || fixed.names(prefix.network))
      yield groupView(prefix, group, said, clock());
  }
}

/** The same at once. */
export const groupViews = (memberships: Memberships, now: Instant): GroupView[] =>
  [...groupSteps(memberships, () => now)].filter((each) => each !== undefined);

function* prefixesOf({ groups, fixed }: Memberships): Generator<Prefix, void> {
  for (const { prefix } of fixed.prefixes) yield prefix;
  for (const network of groups.keys()) yield { network, length: 32 };
  for (const network of fixed.groups) if (!groups.has(network)) yield { network, length: 32 };
}

const compared = (one: Prefix, other: Prefix): number =>
  one.network - other.network || one.length - other.length;

const groupView = (
  { network, length }: Prefix,
  group: Group | undefined,
  fixed: FixedGroup | undefined,
  now: Instant,
): GroupView => ({
  group: network,
  length,
  filterMode: group?.filterMode === 'exclude' || fixed?.isWhole ? 'exclude' : 'include',
  sources: sourceViews(group, fixed, now),
  lastReporter: group?.lastReporter === UNSPECIFIED ? undefined : group?.lastReporter,
  expires: group === undefined ? undefined : left(group.deadline, now),
  origins: [...(group === undefined ? [] : (['report'] as const)), ...(fixed?.origins ?? [])],
  compatibility: group === undefined ? 3 : compatibility(group, now),
  age: group === undefined ? undefined : since(group.since, now),
  pendingGroupQueries: group?.pending?.groupLeft ?? 0,
  pendingSources: group?.pending?.sources.size ?? 0,
});

const sourceViews = (group: Group | undefined, fixed: FixedGroup | undefined, now: Instant): SourceView[] => {
  const named = [...(group?.requested.keys() ?? []), ...(group?.excluded ?? []), ...(fixed?.sources ?? [])];
  return [...new Set(named)]
    .sort((a, b) => a - b)
    .map((address) => ({
      address,
      forwarding: isForwarding(fixed, address) || (group !== undefined && forwards(group, address)),
      expires: left(group?.requested.deadline(address) ?? NEVER, now),
    }));
};

/** What the hosts on an interface want from a group, combined with the settings. */
export const membershipOf = (memberships: Memberships, address: Address): HostMembership => {
  const group = memberships.groups.get(address);
  const fixed = memberships.fixed.of(address);
  const wanted: HostMembership[] = [];
  if (group?.filterMode === 'exclude')
    wanted.push({ filterMode: 'exclude', sources: new Set(group.excluded) });
  if (group !== undefined) wanted.push({ filterMode: 'include', sources: new Set(group.requested.keys()) });
  if (fixed?.isWhole) wanted.push(membershipFor(undefined));
  else if (fixed !== undefined) wanted.push({ filterMode: 'include', sources: fixed.sources });
  return merge(wanted);
};
