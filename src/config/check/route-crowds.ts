import { formatPrefix, type Prefix } from '../../address.js';
import { MOST_TO_ONE_PREFIX } from '../../settings.js';
import type { RouteDraft } from '../draft.js';
import type { Report } from '../problem-report.js';
import type { RouteTables } from '../route-tables.js';
import { countTo, mostToOnePrefix } from '../table-crowds.js';

const FIX = 'leave the best ones';

/** Finds prefixes with more routes than a router looks through for a datagram, wherever these are written. */
export const checkCrowds = (
  router: string,
  routes: readonly (RouteDraft | undefined)[],
  tables: RouteTables,
  report: Report,
): void => {
  const messageOf = (to: Prefix): string =>
    `${router} has more than ${MOST_TO_ONE_PREFIX} routes to ${formatPrefix(to)}`;
  const ofRouter = tables.of(router);
  const mostInTables = mostToOnePrefix(ofRouter);
  for (const [to, places] of listedByPrefix(routes)) {
    const listed = places.length;
    if (listed > MOST_TO_ONE_PREFIX)
      report.error(
        'E-RANGE',
        ['routers', router, 'routes', places[MOST_TO_ONE_PREFIX]!, 'to'],
        messageOf(to),
        FIX,
      );
    else if (listed + mostInTables > MOST_TO_ONE_PREFIX) {
      const inTables = countTo(to, ofRouter);
      if (inTables <= MOST_TO_ONE_PREFIX && listed + inTables > MOST_TO_ONE_PREFIX)
        report.error(
          'E-RANGE',
          ['routers', router, 'routes', places.at(-1)!, 'to'],
          `${messageOf(to)} with those of its files of routes`,
          FIX,
        );
    }
  }
  const together = ofRouter.length > 1 ? ' in its files of routes together' : '';
  for (const { table, route } of tables.crowdingOf(router)) {
    const { path } = tables.referencesOf(router).find((each) => each.table === table)!;
    const place = { file: table.place, line: route.line, column: 1, excerpt: formatPrefix(route.to) };
    report.at(place, 'E-RANGE', path, `${messageOf(route.to)}${together}`, FIX);
  }
};

/** The places of the routes that are listed one by one, by where they lead. */
const listedByPrefix = (
  routes: readonly (RouteDraft | undefined)[],
): Iterable<readonly [Prefix, readonly number[]]> => {
  const byPrefix = new Map<string, readonly [Prefix, number[]]>();
  for (const [at, route] of routes.entries()) {
    if (route?.to === undefined) continue;
    const key = formatPrefix(route.to);
    const known = byPrefix.get(key);
    if (known === undefined) byPrefix.set(key, [route.to, [at]]);
    else known[1].push(at);
  }
  return byPrefix.values();
};
