import { formatAddress, formatPrefix } from '../../address.js';
import { finished } from '../../pieces.js';
import type { RouteDraft } from '../draft.js';
import { ROUTE_KEYS } from '../keys/router.js';
import type { Report } from '../problem-report.js';
import type { RouteTable, TableRoute } from '../route-table.js';
import type { TableReference } from '../route-tables.js';
import { checkNextHop, type Environment } from './next-hop.js';

type Routes = readonly (RouteDraft | undefined)[];

/** Finds routes of tables that contradict others of the router, or have no reachable next hop. */
export const checkTables = (
  references: readonly TableReference[],
  routes: Routes,
  environment: Environment,
  report: Report,
): void => {
  for (const [at, { table, path }] of references.entries()) {
    const say = (route: TableRoute, message: string, fix: string): void =>
      report.at(placeOf(route, table, 'to'), 'E-DUPLICATE', path, message, fix);
    for (const route of connectedIn(table, environment))
      say(route, `${formatPrefix(route.to)} is directly connected`, 'remove the line, or give it a metric');
    for (const [route, metric] of repeatedIn(table, routes, references.slice(0, at)))
      say(
        route,
        `there is already a route to ${formatPrefix(route.to)} with metric ${metric}`,
        'remove the line, or give it another metric',
      );
    for (const route of table.firstOfWays) {
      const { via } = table.ways[route.way]!;
      if (via === undefined) continue;
      checkNextHop(via, environment, (severity, code, message, fix) =>
        report.at(placeOf(route, table, 'via'), code, path, message, fix, severity),
      );
    }
  }
};

const connectedIn = (table: RouteTable, { connected }: Environment): readonly TableRoute[] =>
  connected.prefixes.flatMap((prefix) => table.find(prefix, 0) ?? []);

/** The routes of a table that also stand in the configuration, or in a table before it. */
function* repeatedIn(
  table: RouteTable,
  routes: Routes,
  before: readonly TableReference[],
): Generator<readonly [TableRoute, metric: number], void> {
  for (const { to, tos, metric = ROUTE_KEYS.metric.default } of routes.flatMap((each) => each ?? [])) {
    const route = to === undefined || tos !== undefined ? undefined : table.find(to, metric);
    if (route !== undefined) yield [route, metric];
  }
  const shared = before.flatMap((each) => finished(table.sharing(each.table)));
  const byLine = new Map(shared.map((route) => [route.line, route]));
  for (const route of byLine.values()) yield [route, table.ways[route.way]!.metric];
}

/** Where a route stands, and its line as it is usually written. */
const placeOf = ({ to, way, line }: TableRoute, table: RouteTable, at: 'to' | 'via') => {
  const { type, via, metric } = table.ways[way]!;
  const prefix = formatPrefix(to);
  const rest = metric === 0 ? '' : ` metric ${metric}`;
  const excerpt =
    via === undefined ? `${type} ${prefix}${rest}` : `${prefix} via ${formatAddress(via)}${rest}`;
  const column = at === 'via' ? prefix.length + 6 : via === undefined ? type.length + 2 : 1;
  return { file: table.place, line, column, excerpt };
};
