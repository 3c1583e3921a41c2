import { MOST_TO_ONE_PREFIX } from '../settings.js';
import { prefixKey } from './prefix-index.js';
import type { RouteTable, TableRoute } from './route-table.js';

/** A route of a table that is one too many to its prefix. */
export interface Crowding {
  readonly table: RouteTable;
  readonly route: TableRoute;
}

/** So many routes are looked at between two yields: half a millisecond. */
const PIECE = 4096;

/**
 * The routes that are the first too many to their prefix in some tables together, in the order of the tables.
 *
 * It yields again and again; where the tables have few metrics there cannot be any, and it is done at once.
 */
export function* crowdingIn(tables: readonly RouteTable[]): Generator<void, readonly Crowding[]> {
  const crowding: Crowding[] = [];
  if (mostToOnePrefix(tables) <= MOST_TO_ONE_PREFIX) return crowding;
  const counts = new Map<number, number>();
  let looked = 0;
  for (const table of tables)
    for (const route of table) {
      const key = prefixKey(route.to);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (count === MOST_TO_ONE_PREFIX + 1) crowding.push({ table, route });
      looked += 1;
      if (looked % PIECE === 0) yield;
    }
  return crowding;
}

/** No more routes than these lead to any prefix. */
export const mostToOnePrefix = (tables: readonly RouteTable[]): number =>
  tables.reduce((sum, { metrics }) => sum + metrics.size, 0);

/** How many routes of some tables lead to a prefix. */
export const countTo = ({ network, length }: TableRoute['to'], tables: readonly RouteTable[]): number =>
  tables.reduce(
    (sum, table) =>
      sum + [...table.metrics].filter((metric) => table.wayTo(network, length, metric) >= 0).length,
    0,
  );
