import { Failure } from '../failure.js';

/** Lines of a table of routes, for a router to add. */
export interface RouteLinesParams {
  /** May be left out if the lab has one router. */
  readonly router?: string;
  /** Whether they take the place of those that are there. */
  readonly isReplacing: boolean;
  /** What the first line is called where one is wrong. */
  readonly firstLine: number;
  /** How many routes the requests before it added, for what is said then; 0 if left out. */
  readonly routesBefore?: number;
  readonly lines: readonly string[];
}

export interface RouteLinesResult {
  /** How many routes were added or replaced: comments and empty lines are none. */
  readonly routes: number;
}

/** So many lines are in one request. */
export const MOST_ROUTE_LINES = 1000;

/** Reads what was sent; throws a `Failure` (2) that says what is wrong. */
export const readRouteLinesParams = (sent: unknown): RouteLinesParams => {
  const given = (typeof sent === 'object' && sent !== null ? sent : {}) as Readonly<Record<string, unknown>>;
  const { router, isReplacing, firstLine, routesBefore, lines } = given;
  if (router !== undefined && typeof router !== 'string') throw new Failure(2, 'router must be a name');
  if (
    !Array.isArray(lines) ||
    lines.length > MOST_ROUTE_LINES ||
    !lines.every((each) => typeof each === 'string')
  )
    throw new Failure(2, `lines must be a list of at most ${MOST_ROUTE_LINES} texts`);
  return {
    ...(router === undefined ? {} : { router }),
    isReplacing: isReplacing === true,
    firstLine: Number.isSafeInteger(firstLine) ? Number(firstLine) : 1,
    routesBefore: Number.isSafeInteger(routesBefore) ? Number(routesBefore) : 0,
    lines,
  };
};
