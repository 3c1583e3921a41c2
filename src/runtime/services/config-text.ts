import type {
  Configuration,
  RouterConfiguration,
  RouterInterfaceConfiguration,
} from '../../config/configuration.js';
import {
  describeConfiguration,
  describeFilter,
  describeGroup,
  describeHost,
  describeIgmp,
  describeInterface,
  describeLink,
  describeRoute,
  describeRouter,
  describeSchedule,
  describeTables,
  groupsOf,
  type Lists,
  mappedGroups,
  NO_GROUPS,
} from '../../config/describe.js';
import { tableSummariesOf } from '../../config/difference.js';
import { JsonText, Rows } from '../../control/rows.js';
import { mapped } from '../../pieces.js';

/** The long lists of a configuration as JSON in pieces, with undefined where the next one is still to be found. */
export interface ListTexts {
  routes(router: RouterConfiguration): Iterable<string | undefined>;
  filters(router: RouterConfiguration): Iterable<string | undefined>;
  schedule(schedule: Configuration['schedule']): Iterable<string | undefined>;
}

/** The lists as the configuration has them. */
export const LIST_TEXTS: ListTexts = {
  routes: ({ routes, tables }) =>
    new Rows(function* () {
      yield* mapped(routes, describeRoute);
      yield* describeTables(tables);
    }).text(),
  filters: ({ filters }) => new Rows(() => mapped(filters, describeFilter)).text(),
  schedule: (schedule) => new Rows(() => describeSchedule(schedule)).text(),
};

/**
 * A configuration as a file would say it, as JSON in small pieces: thousands of links, hosts, routes and filters do not
 * hold whoever sends it.
 */
export function* configurationText(
  configuration: Configuration,
  lists: ListTexts = LIST_TEXTS,
): Generator<string | undefined, void> {
  const { links, hosts, routers, schedule } = configuration;
  const around = describeConfiguration({ ...configuration, ...NOTHING });
  yield* recordText(around, {
    links: () => mapText(links, (link) => [JSON.stringify(describeLink(link))]),
    hosts: () => mapText(hosts, (host) => [JSON.stringify(describeHost(host))]),
    routers: () => mapText(routers, (router) => routerText(router, lists)),
    schedule: () => lists.schedule(schedule),
  });
}

const NOTHING = {
  links: new Map(),
  hosts: new Map(),
  routers: new Map(),
  schedule: [],
} satisfies Partial<Configuration>;

const routerText = (router: RouterConfiguration, lists: ListTexts): Iterable<string | undefined> =>
  recordText(describeRouter({ ...router, interfaces: [] }, NO_LISTS), {
    interfaces: () => mapText(interfacesOf(router), interfaceText),
    routes: () => lists.routes(router),
    filters: () => lists.filters(router),
  });

const NO_LISTS: Lists = { routesOf: () => [], filtersOf: () => [], groupsOf: () => NO_GROUPS };

const interfacesOf = ({
  interfaces,
}: RouterConfiguration): ReadonlyMap<string, RouterInterfaceConfiguration> =>
  new Map(interfaces.map((each) => [each.link, each]));

const interfaceText = (each: RouterInterfaceConfiguration): Iterable<string | undefined> => {
  const { igmp } = each;
  const lists = mappedGroups(
    groupsOf(each),
    (items, list) => () => new Rows(() => mapped(items, describeGroup(list))).text(),
  );
  return recordText(
    describeInterface(each, NO_GROUPS),
    igmp === undefined ? {} : { igmp: () => recordText(describeIgmp(igmp, NO_GROUPS), { ...lists }) },
  );
};

type Texts = Readonly<Record<string, () => Iterable<string | undefined>>>;

/** A record, some of whose values are made piece by piece. */
function* recordText(record: object, texts: Texts): Generator<string | undefined, void> {
  let before = '{';
  for (const [key, value] of Object.entries(record)) {
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(key)}:`;
    yield* texts[key]?.() ?? [JSON.stringify(value)];
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

function* mapText<Value>(
  values: ReadonlyMap<string, Value>,
  textOf: (value: Value) => Iterable<string | undefined>,
): Generator<string | undefined, void> {
  let before = '{';
  for (const [name, value] of values) {
    yield `${before}${JSON.stringify(name)}:`;
    yield* textOf(value);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

/** The summary of a configuration, as `summaryOf` gives it, in pieces. */
export const summaryText = (configuration: Configuration): JsonText =>
  new JsonText(function* () {
    yield '{"described":';
    yield* configurationText({ ...configuration, hosts: NOTHING.hosts });
    yield `,"tables":${JSON.stringify(tableSummariesOf(configuration))}}`;
  });
