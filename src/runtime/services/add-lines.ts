import type { RouteLinesParams } from '../../control/route-lines.js';
import { JsonText } from '../../control/rows.js';
import { addRouteLines } from '../../lab/change/route-lines.js';
import type { LabLoop } from '../../lab/loop.js';

/** So many lines are added before anything else may have its turn: half a millisecond, where the code is not compiled yet. */
const STEP = 32;

/** Adds the routes of lines to a running lab, as many in a turn as fit in, and says how many there were. */
export const addLines = (
  loop: LabLoop,
  { lines, firstLine, routesBefore = 0, ...params }: RouteLinesParams,
): JsonText =>
  new JsonText(function* () {
    let routes = 0;
    for (let at = 0; at < lines.length; at += STEP) {
      const step = {
        ...params,
        firstLine: firstLine + at,
        routesBefore: routesBefore + routes,
        lines: lines.slice(at, at + STEP),
      };
      routes += loop.perform((now) => addRouteLines(loop.lab, step, now));
      yield undefined;
    }
    yield JSON.stringify({ routes });
  });
