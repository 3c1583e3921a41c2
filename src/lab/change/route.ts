import { formatPrefix } from '../../address.js';
import type { RouteAdd, RouteDel, RouteReplace, RouteWords } from '../../change/route.js';
import { Failure } from '../../failure.js';
import type { Route } from '../../ip/route.js';
import type { Router } from '../../router/router.js';
import { MOST_TO_ONE_PREFIX } from '../../settings.js';
import { formatTarget } from '../../text/addresses.js';
import type { Instant } from '../../time.js';
import type { Lab } from '../lab.js';
import { routerNamed } from '../named.js';
import { nextHopOf } from './next-hop.js';
import { type Outcome, outcome } from './outcome.js';
import { formatRoute } from './route-words.js';

/** Adds a route to a router, unless there is one with the same prefix, metric and tos. */
export const addRoute = (lab: Lab, change: RouteAdd, now: Instant): Outcome => {
  const router = routerNamed(lab, change.options.router);
  const route = routeOf(lab, router, change.arguments.route);
  const known = router.routing.rib.find(route);
  if (known !== undefined) throw alreadyThere(router, known);
  putRoute(lab, router, route, 'add', now);
  return outcomeOf(router, route);
};

/** Adds a route to a router, in the place of the one with the same prefix, metric and tos. */
export const replaceRoute = (lab: Lab, change: RouteReplace, now: Instant): Outcome => {
  const router = routerNamed(lab, change.options.router);
  const route = routeOf(lab, router, change.arguments.route);
  const known = router.routing.rib.find(route);
  if (known?.origin === 'connected') throw connected(router, known);
  putRoute(lab, router, route, known === undefined ? 'add' : 'replace', now);
  return outcomeOf(router, route);
};

/** Deletes a route of a router, wherever it came from: of several, the one with the lowest metric. */
export const deleteRoute = (lab: Lab, change: RouteDel, now: Instant): Outcome => {
  const router = routerNamed(lab, change.options.router);
  const words = change.arguments.route;
  const { routing } = router;
  const there = routing.rib.routesTo(words.to);
  const meant = there.filter((route) => isMeant(route, words));
  const route = meant.find(({ origin }) => origin !== 'connected') ?? meant[0];
  if (route === undefined) throw notThere(router, words, there);
  if (route.origin === 'connected') throw connected(router, route);
  routing.remove(route);
  tell(lab, router, route, 'del', now);
  return outcomeOf(router, route);
};

/** What words ask for, as a route of a router; throws a `Failure` (2) if a next hop is on none of its links. */
const routeOf = (lab: Lab, router: Router, { to, type, nexthops, metric = 0, tos }: RouteWords): Route => ({
  prefix: to,
  type,
  nexthops: nexthops.map((hop) => nextHopOf(lab, router, hop)),
  metric,
  tos,
  origin: 'runtime',
});

/** Whether a route is one that the words may mean. What they leave out may be anything, except the tos. */
const isMeant = (route: Route, { type, nexthops, metric, tos }: RouteWords): boolean =>
  route.tos === tos &&
  (metric === undefined || metric === route.metric) &&
  (type === 'unicast'
    ? nexthops.every(({ via }) => route.nexthops.some((hop) => hop.via === via))
    : type === route.type);

/** Gives a router a route, and tells of it. */
export const putRoute = (
  lab: Lab,
  router: Router,
  route: Route,
  event: 'add' | 'replace',
  now: Instant,
): void => {
  const { routing } = router;
  if (event === 'add' && routing.rib.countTo(route.prefix) >= MOST_TO_ONE_PREFIX)
    throw new Failure(
      7,
      `${router.name} has ${MOST_TO_ONE_PREFIX} routes to ${formatTarget(route.prefix)} already`,
      'delete one of them first',
    );
  routing.put(route);
  tell(lab, router, route, event, now);
};

const outcomeOf = (router: Router, route: Route): Outcome =>
  outcome({
    router: router.name,
    prefix: formatPrefix(route.prefix),
    metric: route.metric,
    route: formatRoute(route, router),
  });

/** Tells the lab's observer of a change of a route. */
const tell = (
  { observer }: Lab,
  { name }: Router,
  { prefix }: Route,
  event: 'add' | 'replace' | 'del',
  time: Instant,
): void => {
  if (observer.wants('route'))
    observer.notify({ type: 'route', time, router: name, event, prefix: formatPrefix(prefix) });
};

/** Why a route is not added. */
export const alreadyThere = (router: Router, known: Route): Failure =>
  known.origin === 'connected'
    ? connected(router, known)
    : new Failure(
        7,
        `${router.name} has this route already: ${formatRoute(known, router)}`,
        'use `route replace`, or give it another metric',
      );

const connected = ({ name }: Router, { prefix }: Route): Failure =>
  new Failure(
    7,
    `${formatPrefix(prefix)} is directly connected to ${name}`,
    'such a route comes and goes with its interface; one beside it needs another metric',
  );

const notThere = (router: Router, { to }: RouteWords, there: readonly Route[]): Failure =>
  new Failure(
    7,
    `${router.name} has no such route to ${formatTarget(to)}`,
    there.length === 0
      ? `\`show routes -r ${router.name}\` lists its routes`
      : `it has ${there.map((route) => formatRoute(route, router)).join(', ')}`,
  );
