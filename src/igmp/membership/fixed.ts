import type { Address } from '../../address.js';
import type { FixedMembership, IgmpSettings } from '../settings.js';

/** Why a group is forwarded without a report. */
export type FixedOrigin = 'static' | 'join';

/** What the settings say about one group. */
export interface FixedGroup {
  /** Every source; otherwise only `sources`. */
  readonly isWhole: boolean;
  readonly sources: ReadonlySet<Address>;
  readonly origins: readonly FixedOrigin[];
}

/** The memberships that the settings of an interface ask for, by group. */
export const fixedGroups = (settings: IgmpSettings): ReadonlyMap<Address, FixedGroup> => {
  const groups = new Map<Address, FixedGroup>();
  const add = (origin: FixedOrigin, { group, source }: FixedMembership): void => {
    const before = groups.get(group);
    groups.set(group, {
      isWhole: source === undefined || before?.isWhole === true,
      sources: new Set([...(before?.sources ?? []), ...(source === undefined ? [] : [source])]),
      origins: [...new Set([...(before?.origins ?? []), origin])],
    });
  };
  for (const each of settings.staticGroups) add('static', each);
  for (const each of settings.joinGroups) add('join', each);
  return groups;
};

export const forwardsFixed = (fixed: FixedGroup | undefined, source: Address): boolean =>
  fixed !== undefined && (fixed.isWhole || fixed.sources.has(source));

/** The groups that two of them treat differently: some source is forwarded by only one of them. */
export const changedGroups = (
  before: ReadonlyMap<Address, FixedGroup>,
  after: ReadonlyMap<Address, FixedGroup>,
): Address[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((group) => {
    const [a, b] = [before.get(group), after.get(group)];
    if (a === undefined || b === undefined) return true;
    if (a.isWhole || b.isWhole) return a.isWhole !== b.isWhole;
    return a.sources.size !== b.sources.size || [...a.sources].some((each) => !b.sources.has(each));
  });
