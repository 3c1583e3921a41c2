import type { Configuration } from '../../config/configuration.js';
import { describeRoute } from '../../config/describe.js';
import { JsonText } from '../../control/rows.js';
import { configurationAsItRuns, scheduledAtOnce } from '../../lab/as-it-runs.js';
import type { Lab } from '../../lab/lab.js';
import { routesAsTheyRun } from '../../lab/routes-as-they-run.js';
import type { Instant } from '../../time.js';
import { configurationText, LIST_TEXTS } from './config-text.js';

/** The configuration that a lab runs by, as a file would say it; there may be a million routes in it. */
export const showConfig = (lab: Lab, now: Instant): JsonText =>
  new JsonText(() => configText(lab, configurationAsItRuns(lab, now)));

function* configText(lab: Lab, configuration: Configuration): Generator<string | undefined, void> {
  const commands: string[] = [];
  yield* configurationText(configuration, {
    ...LIST_TEXTS,
    routes: ({ name }) => routesText(lab, configuration, name, commands),
    // It comes last, when the commands are known.
    schedule: (schedule) => LIST_TEXTS.schedule(scheduledAtOnce(schedule, commands)),
  });
}

/** The list of the routes of a router; what no file can say goes to `commands`. */
function* routesText(
  lab: Lab,
  { routers }: Configuration,
  name: string,
  commands: string[],
): Generator<string | undefined, void> {
  const router = lab.routers.get(name);
  let before = '[';
  // A reload may take routers away meanwhile.
  for (const route of router === undefined ? [] : routesAsTheyRun(router, routers.get(name)!)) {
    if (route === undefined) yield undefined;
    else if ('command' in route) commands.push(route.command);
    else {
      yield `${before}${JSON.stringify('file' in route ? route : describeRoute(route))}`;
      before = ',';
    }
  }
  yield before === '[' ? '[]' : ']';
}
