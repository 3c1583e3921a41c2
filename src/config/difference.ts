import { gathered, mapped } from '../pieces.js';
import type { Configuration, RouterConfiguration, RouterInterfaceConfiguration } from './configuration.js';
import {
  describeConfiguration,
  describeFilter,
  describeGroup,
  describeLink,
  describeRoute,
  describeRouter,
  describeTables,
  type GroupLists,
  groupsOf,
  NO_GROUPS,
} from './describe.js';
import { isEqual } from './merge.js';
import { formatPath, type Path } from './tree.js';

/** A configuration in the words of its file, as far as it is no plan of the host side: what two are compared by. */
export interface Summary {
  readonly described: object;
  readonly tables: readonly TableSummary[];
}

/** A file of routes of a router, and in which state it was read; no state: it may be any. */
interface TableSummary {
  readonly router: string;
  readonly file: string;
  readonly size: number;
  readonly state: string | null;
}

export const summaryOf = (configuration: Configuration): Summary => ({
  described: { ...describeConfiguration(configuration), hosts: {} },
  tables: tableSummariesOf(configuration),
});

/** The files of routes of all routers. */
export const tableSummariesOf = ({ routers }: Configuration): readonly TableSummary[] =>
  [...routers.values()].flatMap(({ name, tables }) =>
    tables.map(({ table: { file, size, state = null } }) => ({ router: name, file, size, state })),
  );

/** What is different between two configurations that are known by their summaries only. */
export const summaryDifference = (before: Summary, after: Summary): readonly string[] => [
  ...[...differences([], before.described, after.described)].flatMap((line) => line ?? []),
  ...after.tables.flatMap((table) => {
    const same = before.tables.find(({ router, file }) => router === table.router && file === table.file);
    if (same === undefined) return [];
    const isKnown = same.state !== null && table.state !== null;
    if (isKnown ? same.state === table.state : same.size === table.size) return [];
    return [readAgain(table.router, table, same.size)];
  }),
];

/**
 * What is different in a configuration, in the words of its file, one line each: `links.red.mtu: 1400 (was 1500)`.
 *
 * Without its hosts: what they need of the machine is the plan of the host side. It takes a while with many links and
 * routers: undefined is given before each one that is not the same object, and again and again within one.
 */
export function* configurationDifference(
  before: Configuration,
  after: Configuration,
): Generator<string | undefined, void> {
  for (const part of ['links', 'routers'] as const)
    for (const name of new Set([...before[part].keys(), ...after[part].keys()])) {
      if (before[part].get(name) === after[part].get(name)) continue;
      yield undefined;
      if (part === 'routers')
        yield* routerDifference(name, before.routers.get(name), after.routers.get(name));
      else {
        const [was, is] = [before.links.get(name), after.links.get(name)];
        yield* differences([part, name], was && describeLink(was), is && describeLink(is));
      }
    }
  yield undefined;
  const [was, is] = [before, after].map((each) => describeConfiguration({ ...each, ...NOBODY }));
  yield* differences([], was, is);
  yield* tablesReadAgain(before, after);
}

function* routerDifference(
  name: string,
  was: RouterConfiguration | undefined,
  is: RouterConfiguration | undefined,
): Generator<string | undefined, void> {
  const path = ['routers', name];
  if (was === undefined || is === undefined)
    return yield* differences(path, was === undefined ? undefined : {}, is === undefined ? undefined : {});
  const routes = yield* otherItems(was.routes, is.routes, describeRoute);
  const filters = yield* otherItems(was.filters, is.filters, describeFilter);
  const groups = yield* otherGroups(was.interfaces, is.interfaces);
  const [one, other] = [was, is].map((router, at) =>
    describeRouter(router, {
      routesOf: ({ tables }) => [...routes[at]!, ...describeTables(tables)],
      filtersOf: () => filters[at],
      groupsOf: (each) => groups[at]!.get(each.link) ?? NO_GROUPS,
    }),
  );
  yield* differences(path, one, other);
}

type Groups = ReadonlyMap<string, GroupLists<readonly unknown[]>>;

/** Of the groups of interfaces, by their links, only those that the other router has not there. */
function* otherGroups(
  was: readonly RouterInterfaceConfiguration[],
  is: readonly RouterInterfaceConfiguration[],
): Generator<undefined, readonly Groups[]> {
  const before = new Map(was.map((each) => [each.link, groupsOf(each)]));
  const all = [new Map(), new Map()] as const;
  for (const each of is) {
    const [one, other] = [before.get(each.link) ?? NO_GROUPS, groupsOf(each)];
    const fixed = yield* otherGroupItems('static-groups', one, other);
    const joined = yield* otherGroupItems('join-groups', one, other);
    for (const [at, groups] of all.entries())
      groups.set(each.link, { 'static-groups': fixed[at]!, 'join-groups': joined[at]! });
  }
  return all;
}

const otherGroupItems = (
  list: keyof GroupLists<unknown>,
  was: GroupLists<readonly unknown[]>,
  is: GroupLists<readonly unknown[]>,
): Generator<undefined, readonly (readonly unknown[])[]> =>
  otherItems(was[list], is[list], describeGroup(list));

/** So many items of lists are looked at between two yields: half a millisecond. */
const LOOKED_AT_ONCE = 128;

/** Of two lists, described, only those items that the other one has not; some that it has may be left. */
function* otherItems<Item>(
  was: readonly Item[],
  is: readonly Item[],
  describe: (item: Item) => unknown,
): Generator<undefined, readonly (readonly unknown[])[]> {
  if (was === is) return [[], []];
  const { texts, known } = yield* textsOf([was, is]);
  const others: unknown[][] = [];
  for (const [at, items] of [was, is].entries()) {
    const alone = items.filter((_, place) => !known[1 - at]!.has(texts[at]![place]!));
    others.push(yield* gathered(mapped(alone, describe), LOOKED_AT_ONCE));
  }
  return others;
}

interface Texts {
  readonly texts: readonly (readonly string[])[];
  readonly known: readonly ReadonlySet<string>[];
}

/** The items of each list as texts, by which they are compared. */
function* textsOf(lists: readonly (readonly unknown[])[]): Generator<undefined, Texts> {
  const texts: string[][] = [];
  for (const items of lists) {
    const made = mapped(items, (item) => JSON.stringify(item));
    texts.push(yield* gathered(made, LOOKED_AT_ONCE));
  }
  return { texts, known: texts.map((each) => new Set(each)) };
}

const NOBODY = { links: new Map(), hosts: new Map(), routers: new Map() } satisfies Partial<Configuration>;

/** The files of routes that are not what they were, each with its routes now. */
function* tablesReadAgain(before: Configuration, after: Configuration): Generator<string, void> {
  for (const { name, tables } of after.routers.values()) {
    const known = before.routers.get(name)?.tables ?? [];
    for (const { table } of tables) {
      const same = known.find((each) => each.table.file === table.file);
      if (same !== undefined && same.table !== table) yield readAgain(name, table, same.table.size);
    }
  }
}

const readAgain = (
  router: string,
  { file, size }: { readonly file: string; readonly size: number },
  was: number,
): string =>
  `${formatPath(['routers', router, 'routes'])}: ${file} was read again, ${size} routes (was ${was})`;

function* differences(path: Path, was: unknown, is: unknown): Generator<string | undefined, void> {
  if (isEqual(was, is)) return;
  const place = formatPath(path);
  if (isSection(was) && isSection(is)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)]))
      yield* differences([...path, key], was[key], is[key]);
  } else if (Array.isArray(was) && Array.isArray(is)) {
    const { texts, known } = yield* textsOf([was, is]);
    yield* lines(`${place}: without`, was, texts[0]!, known[1]!);
    yield* lines(`${place}: with`, is, texts[1]!, known[0]!);
  } else if (was === undefined) yield isSection(is) ? `${place}: added` : `${place}: ${inline(is)}`;
  else if (is === undefined) yield `${place}: removed`;
  else yield `${place}: ${inline(is)} (was ${inline(was)})`;
}

type Section = Readonly<Record<string, unknown>>;

const isSection = (value: unknown): value is Section =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A line for each item of a list that another list has not. */
function* lines(
  about: string,
  items: readonly unknown[],
  texts: readonly string[],
  known: ReadonlySet<string>,
): Generator<string | undefined, void> {
  for (const [at, item] of items.entries()) {
    if (at % LOOKED_AT_ONCE === LOOKED_AT_ONCE - 1) yield undefined;
    if (!known.has(texts[at]!)) yield `${about} ${inline(item)}`;
  }
}

/** As in a file, on one line: `{ to: 198.18.0.0/15, type: blackhole }`. */
const inline = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (!isSection(value)) return String(value);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return entries.length === 0
    ? '{}'
    : `{ ${entries.map(([key, each]) => `${key}: ${inline(each)}`).join(', ')} }`;
};
