import type { RouteConfiguration, RouterConfiguration } from '../config/configuration.js';
import { egressOf } from '../ip/fib.js';
import { BEFORE_ALL } from '../ip/prefix-table.js';
import type { RoutePlace } from '../ip/rib.js';
import type { RouteKey } from '../ip/route.js';
import type { Router } from '../router/router.js';
import { towards } from './change/next-hop.js';
import { formatRoute } from './change/route-words.js';

/** A route as a file can say it, the name of a file of routes, or, where no file can say it, the command that adds it. */
export type RouteInForce = RouteConfiguration | { readonly file: string } | { readonly command: string };

/** So many routes are looked at for the next one to give before that is said. */
const LOOKED_AT_ONCE = 256;

/**
 * The routes of a router as a file would say them, but for those that come with its interfaces.
 *
 * A table that has all of its routes is the name of its file; one of which routes were replaced or deleted is what is
 * left of it. Step by step: undefined where nothing has been found for a while; the router may change meanwhile.
 */
export function* routesAsTheyRun(
  router: Router,
  { routes, tables }: RouterConfiguration,
): Generator<RouteInForce | undefined, void> {
  const { rib } = router.routing;
  const isThere = (key: RouteKey): boolean => rib.find(key)?.origin === 'config';
  // First, so that one that is replaced meanwhile is not listed twice.
  const added = yield* addedRoutes(router);
  const kept = routes.filter(({ to, metric, tos }) => isThere({ prefix: to, metric, tos }));
  yield* kept;
  let missing = tables.reduce((sum, { table }) => sum + table.size, kept.length) - configuredIn(router);
  for (const { table, links } of tables) {
    const { ways } = table;
    const keyAt = (at: number): RouteKey => ({
      prefix: { network: table.networkAt(at), length: table.lengthAt(at) },
      metric: ways[table.wayAt(at)]!.metric,
      tos: undefined,
    });
    let gone = 0;
    for (let at = 0; missing > 0 && at < table.size; at += 1) {
      if (at % LOOKED_AT_ONCE === 0) yield undefined;
      if (!isThere(keyAt(at))) gone += 1;
    }
    missing -= gone;
    if (gone === 0) yield { file: table.file };
    else
      for (let at = 0; at < table.size; at += 1) {
        if (at % LOOKED_AT_ONCE === 0) yield undefined;
        const { prefix: to, ...key } = keyAt(at);
        if (!isThere({ prefix: to, ...key })) continue;
        const way = table.wayAt(at);
        const { type, via } = ways[way]!;
        yield type === 'unicast'
          ? { to, ...key, type, nexthops: [{ via: via!, link: links[way]!, weight: 1 }] }
          : { to, ...key, type };
      }
  }
  yield* added;
}

/** How many routes of the configuration there are. */
const configuredIn = ({ routing }: Router): number => {
  let count = 0;
  for (const [{ origin }, routes] of routing.rib.counts()) if (origin === 'config') count += routes;
  return count;
};

/** The routes that were added, or that replaced others. */
function* addedRoutes(router: Router): Generator<undefined, RouteInForce[]> {
  const { rib } = router.routing;
  const added: RouteInForce[] = [];
  if (![...rib.counts()].some(([{ origin }]) => origin === 'runtime')) return added;
  let looked = 0;
  for (const place of rib.placesAfter(BEFORE_ALL)) {
    looked += 1;
    if (looked % LOOKED_AT_ONCE === 0) yield undefined;
    if (place.path.origin === 'runtime' && !place.path.isGone) added.push(addedRoute(router, place));
  }
  return added;
}

const addedRoute = (router: Router, { prefix, path }: RoutePlace): RouteInForce => {
  const { type, metric, tos } = path;
  const key = { to: prefix, metric, tos };
  if (type === 'blackhole' || type === 'unreachable' || type === 'prohibit') return { ...key, type };
  const hops = path.nexthops.map((hop) => ({ hop, egress: egressOf(hop, router.interfaces) }));
  // A file names no `dev`: its next hops are where their addresses are known to be.
  if (hops.some(({ hop, egress }) => towards(router, hop.via) !== egress))
    return { command: `route add ${formatRoute({ prefix, ...routeOf(path) }, router)} -r ${router.name}` };
  return {
    ...key,
    type: 'unicast',
    nexthops: hops.map(({ hop: { via, weight }, egress: { link } }) => ({ via, weight, link })),
  };
};

const routeOf = ({ type, nexthops, metric, tos, origin }: RoutePlace['path']) => ({
  type,
  nexthops,
  metric,
  tos,
  origin,
});
