import { formatPrefix, type Prefix } from '../../address.js';
import { MOST_TO_ONE_PREFIX } from '../../settings.js';
import type { RouteDraft } from '../draft.js';
import type { Report } from '../problem-report.js';
import type { TableReference } from '../route-tables.js';

/** Finds prefixes with more routes than a router looks through for a datagram. */
export const checkCrowds = (
  router: string,
  routes: readonly (RouteDraft | undefined)[],
  references: readonly TableReference[],
  report: Report,
): void => {
  const counts = new Map<string, number>();
  const isFirstTooMany = (to: Prefix): boolean => {
    const key = formatPrefix(to);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count === MOST_TO_ONE_PREFIX + 1;
  };
  const messageOf = (to: Prefix): string =>
    `${router} has more than ${MOST_TO_ONE_PREFIX} routes to ${formatPrefix(to)}`;
  const fix = 'leave the best ones';
  for (const [at, route] of routes.entries())
    if (route?.to !== undefined && isFirstTooMany(route.to))
      report.error('E-RANGE', ['routers', router, 'routes', at, 'to'], messageOf(route.to), fix);
  for (const { table, path } of references) {
    // The routes to one prefix go different ways.
    if (table.ways.length <= MOST_TO_ONE_PREFIX) continue;
    for (const { to, line } of table)
      if (isFirstTooMany(to)) {
        const place = { file: table.place, line, column: 1, excerpt: formatPrefix(to) };
        report.at(place, 'E-RANGE', path, messageOf(to), fix);
      }
  }
};
