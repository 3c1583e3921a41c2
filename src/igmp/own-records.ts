import type { Address } from '../address.js';
import { type HostMembership, isWanted } from './host-membership.js';
import type { ReportRecord } from './write.js';

/** A change that still has to be repeated. */
export interface PendingChange {
  /** How many more reports carry the filter mode; the sources need none of their own then. */
  modeLeft: number;
  readonly sources: Map<Address, number>;
}

/** The record that answers a query about a whole group. */
export const currentState = ([group, { filterMode, sources }]: readonly [
  Address,
  HostMembership,
]): ReportRecord => ({
  type: filterMode === 'include' ? 'is-in' : 'is-ex',
  group,
  sources: [...sources],
});

/** The records that report a change. Source: RFC 9776 §5.1. */
export const changeRecords = (
  group: Address,
  membership: HostMembership,
  change: PendingChange,
): ReportRecord[] => {
  const { filterMode, sources } = membership;
  if (change.modeLeft > 0)
    return [{ type: filterMode === 'include' ? 'to-in' : 'to-ex', group, sources: [...sources] }];
  const told = [...change.sources.keys()];
  const allowed = told.filter((each) => isWanted(membership, each));
  const blocked = told.filter((each) => !isWanted(membership, each));
  const records: ReportRecord[] = [
    { type: 'allow', group, sources: allowed },
    { type: 'block', group, sources: blocked },
  ];
  return records.filter((each) => each.sources.length > 0);
};
