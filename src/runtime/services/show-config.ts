import type { Configuration, RouterConfiguration } from '../../config/configuration.js';
import {
  describeConfiguration,
  describeFilter,
  describeRoute,
  describeSchedule,
} from '../../config/describe.js';
import { JsonText, Rows } from '../../control/rows.js';
import { configurationAsItRuns, scheduledAtOnce } from '../../lab/as-it-runs.js';
import type { Lab } from '../../lab/lab.js';
import { routesAsTheyRun } from '../../lab/routes-as-they-run.js';
import type { Instant } from '../../time.js';

/** The configuration that a lab runs by, as a file would say it; there may be a million routes in it. */
export const showConfig = (lab: Lab, now: Instant): JsonText =>
  new JsonText(() => configText(lab, configurationAsItRuns(lab, now)));

/** No name has it, so that it marks the places of long lists. */
const MARK = '\u0000';
const MARKED = /"\\u0000([^"]*)"/;

function* configText(lab: Lab, configuration: Configuration): Generator<string | undefined, void> {
  const described = describeConfiguration(configuration, {
    routesOf: ({ name }) => `${MARK}routes ${name}`,
    filtersOf: ({ name }) => `${MARK}filters ${name}`,
    scheduleOf: () => MARK,
  });
  const commands: string[] = [];
  // The texts between the marks, and after each of them but the last what the mark says.
  for (const [at, part] of JSON.stringify(described).split(MARKED).entries()) {
    if (at % 2 === 0) yield part;
    else if (part !== '') {
      const [what, name = ''] = part.split(' ');
      if (what === 'routes') yield* routesText(lab, configuration, name, commands);
      else yield* new Rows(() => filterRows(configuration.routers.get(name)!)).text();
    } else yield JSON.stringify(describeSchedule(scheduledAtOnce(configuration.schedule, commands)));
  }
}

function* filterRows({ filters }: RouterConfiguration): Generator<object, void> {
  for (const each of filters) yield describeFilter(each);
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
