import type { Configuration } from './configuration.js';
import { describeConfiguration } from './describe.js';
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
  tables: [...configuration.routers.values()].flatMap(({ name, tables }) =>
    tables.map(({ table: { file, size, state = null } }) => ({ router: name, file, size, state })),
  ),
});

/** What is different between two configurations that are known by their summaries only. */
export const summaryDifference = (before: Summary, after: Summary): readonly string[] => [
  ...differences([], before.described, after.described),
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
 * routers: undefined is given before each one that is not the same object.
 */
export function* configurationDifference(
  before: Configuration,
  after: Configuration,
): Generator<string | undefined, void> {
  for (const part of ['links', 'routers'] as const)
    for (const name of new Set([...before[part].keys(), ...after[part].keys()])) {
      if (before[part].get(name) === after[part].get(name)) continue;
      yield undefined;
      const [was, is] = [before, after].map((each) => describedOne(each, part, name));
      yield* differences([part, name], was, is);
    }
  yield undefined;
  const [was, is] = [before, after].map((each) => describeConfiguration({ ...each, ...NOBODY }));
  yield* differences([], was, is);
  yield* tablesReadAgain(before, after);
}

const NOBODY = { links: new Map(), hosts: new Map(), routers: new Map() } satisfies Partial<Configuration>;

/** A link or router as the file would say it; undefined if there is none. */
const describedOne = (configuration: Configuration, part: 'links' | 'routers', name: string): unknown => {
  const one = configuration[part].get(name);
  if (one === undefined) return undefined;
  const alone = { ...configuration, ...NOBODY, schedule: [], [part]: new Map([[name, one]]) };
  const described: { readonly [Part in typeof part]?: Section } = describeConfiguration(alone);
  return described[part]?.[name];
};

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

function* differences(path: Path, was: unknown, is: unknown): Generator<string, void> {
  if (isEqual(was, is)) return;
  const place = formatPath(path);
  if (isSection(was) && isSection(is)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)]))
      yield* differences([...path, key], was[key], is[key]);
  } else if (Array.isArray(was) && Array.isArray(is)) {
    yield* without(was, is).map((each) => `${place}: without ${inline(each)}`);
    yield* without(is, was).map((each) => `${place}: with ${inline(each)}`);
  } else if (was === undefined) yield isSection(is) ? `${place}: added` : `${place}: ${inline(is)}`;
  else if (is === undefined) yield `${place}: removed`;
  else yield `${place}: ${inline(is)} (was ${inline(was)})`;
}

type Section = Readonly<Record<string, unknown>>;

const isSection = (value: unknown): value is Section =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The items of a list that another list has not. */
const without = (items: readonly unknown[], others: readonly unknown[]): readonly unknown[] => {
  const known = new Set(others.map((each) => JSON.stringify(each)));
  return items.filter((each) => !known.has(JSON.stringify(each)));
};

/** As in a file, on one line: `{ to: 198.18.0.0/15, type: blackhole }`. */
const inline = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (!isSection(value)) return String(value);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return entries.length === 0
    ? '{}'
    : `{ ${entries.map(([key, each]) => `${key}: ${inline(each)}`).join(', ')} }`;
};
