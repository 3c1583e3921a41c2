import { Failure } from '../failure.js';

/**
 * A line of a table of routes is wrong, and those before it were done: the same failure, and how many there were.
 *
 * A table is not taken back, for it may be longer than there is memory to remember it.
 */
export const withRoutesBefore = (
  { exitCode, message, fix }: Failure,
  { routes, isReplacing }: { readonly routes: number; readonly isReplacing: boolean },
): Failure => {
  if (routes === 0) return new Failure(exitCode, message, fix);
  const [subject, verb] = routes === 1 ? ['the route', 'was'] : [`the ${routes} routes`, 'were'];
  return new Failure(
    exitCode,
    `${message}; ${subject} before it ${verb} ${isReplacing ? 'added or replaced' : 'added'}`,
    `${fix ?? 'change the line'}; then do all lines again: tunpike route replace -`,
  );
};
