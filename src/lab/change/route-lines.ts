import type { Address } from '../../address.js';
import { fastRoute } from '../../config/route-octets.js';
import { Failure } from '../../failure.js';
import type { NextHop, Route } from '../../ip/route.js';
import type { Router } from '../../router/router.js';
import { isFault } from '../../text/fault.js';
import { parseRouteLine, type RouteLine } from '../../text/route-line.js';
import { withRoutesBefore } from '../../text/routes-before.js';
import type { Instant } from '../../time.js';
import type { Lab } from '../lab.js';
import { routerNamed } from '../named.js';
import { nextHopOf } from './next-hop.js';
import { alreadyThere, putRoute } from './route.js';

/** Lines of a table of routes to add. */
export interface RouteLines {
  readonly router?: string;
  /** Whether they take the place of those that are there. */
  readonly isReplacing: boolean;
  /** The number of the first one, for what is said about them. */
  readonly firstLine: number;
  /** How many routes the lines before them made, for what is said where one is wrong. */
  readonly routesBefore?: number;
  readonly lines: readonly string[];
}

/**
 * Adds the routes of some lines to a router, and returns how many.
 *
 * Throws a `Failure` as `route add` does at the first line that cannot be added; those before it are there.
 */
export const addRouteLines = (
  lab: Lab,
  { router: name, isReplacing, firstLine, routesBefore = 0, lines }: RouteLines,
  now: Instant,
): number => {
  const router = routerNamed(lab, name);
  const hops = new Map<Address, readonly NextHop[]>();
  let count = 0;
  for (const [at, line] of lines.entries()) {
    const read = routeIn(line);
    if (read === undefined) continue;
    const place = `line ${firstLine + at}`;
    const after = { routes: routesBefore + count, isReplacing };
    if (isFault(read))
      throw withRoutesBefore(
        new Failure(2, `${place}, column ${read.column}: ${read.message}`, read.fix),
        after,
      );
    try {
      const route = routeOf(lab, router, read, hops);
      const known = router.routing.rib.find(route);
      if (known !== undefined && (!isReplacing || known.origin === 'connected'))
        throw alreadyThere(router, known);
      putRoute(lab, router, route, known === undefined ? 'add' : 'replace', now);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw withRoutesBefore(new Failure(error.exitCode, `${place}: ${error.message}`, error.fix), after);
    }
    count += 1;
  }
  return count;
};

/** A line has at most three octets for each unit of a string. */
const OCTETS = Buffer.alloc(192);
const LONGEST_FAST = OCTETS.length / 3;

/** What a line says, the quick way where there is one. */
const routeIn = (line: string): ReturnType<typeof parseRouteLine> =>
  (line.length > LONGEST_FAST ? undefined : fastRoute(OCTETS, 0, OCTETS.write(line))) ?? parseRouteLine(line);

const routeOf = (
  lab: Lab,
  router: Router,
  { to, type, via, metric }: RouteLine,
  hops: Map<Address, readonly NextHop[]>,
): Route => {
  let nexthops = via === undefined ? [] : hops.get(via);
  if (nexthops === undefined) {
    nexthops = [nextHopOf(lab, router, { via: via!, dev: undefined, weight: 1 })];
    hops.set(via!, nexthops);
  }
  return { prefix: to, type, nexthops, metric, tos: undefined, origin: 'runtime' };
};
