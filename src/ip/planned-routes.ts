import type { Address } from '../address.js';
import type { Path, PathLists } from './path-list.js';
import { BEFORE_ALL, keyOf, type PrefixKey } from './prefix-table.js';
import { PIECE, type Rib } from './rib.js';
import type { PlannedTable, Route, RouteKey, RoutePath, RouteTable } from './route.js';

/** What a plan says about routes: some one by one, others as whole tables. */
export interface RoutesPlan {
  /** Of two with the same prefix, tos and metric, the first counts. */
  readonly routes: Iterable<Route>;
  /** They have no route twice, and none of `routes`. */
  readonly tables: readonly PlannedTable[];
}

/** A table, and the path of each of its ways. */
interface KeptTable {
  readonly table: RouteTable;
  readonly paths: readonly Path[];
}

/** The routes that a plan wants, by paths that the RIB's lists keep for it. */
export class PlannedRoutes {
  readonly #lists: PathLists;
  readonly #routes: Iterable<Route>;
  readonly #byPrefix = new Map<PrefixKey, Path[]>();
  readonly tables: readonly KeptTable[];

  constructor({ routes, tables }: RoutesPlan, lists: PathLists) {
    this.#lists = lists;
    this.#routes = routes;
    this.tables = tables.map(({ table, ways }) => ({ table, paths: ways.map((way) => this.#kept(way)) }));
  }

  /** Lists routes one by one, as there may be very many: each is known when it comes, all of them at the end. */
  *list(): Generator<readonly [network: Address, length: number, path: Path], void> {
    for (const route of this.#routes) {
      const { network, length } = route.prefix;
      const path = this.#add(route);
      if (path !== undefined) yield [network, length, path];
    }
  }

  /** Undefined if there is one before it with the same prefix, tos and metric. */
  #add(route: Route): Path | undefined {
    const { prefix, tos, metric } = route;
    const key = keyOf(prefix.network, prefix.length);
    const paths = this.#byPrefix.get(key) ?? [];
    if (paths.some((each) => each.tos === tos && each.metric === metric)) return undefined;
    const path = this.#kept(route);
    paths.push(path);
    this.#byPrefix.set(key, paths);
    return path;
  }

  #kept(fields: RoutePath): Path {
    const path = this.#lists.pathOf(fields);
    this.#lists.keep(path);
    return path;
  }

  /** Those that were listed one by one. */
  *listed(): Generator<readonly [network: Address, length: number, path: Path], void> {
    for (const [key, paths] of this.#byPrefix)
      for (const path of paths) yield [Math.floor(key / 64), key % 64, path];
  }

  /** The path of the route with a prefix, tos and metric, if the plan has it. */
  pathTo(network: Address, length: number, tos: number | undefined, metric: number): Path | undefined {
    for (const path of this.#byPrefix.get(keyOf(network, length)) ?? [])
      if (path.tos === tos && path.metric === metric) return path;
    if (tos !== undefined) return undefined;
    for (const { table, paths } of this.tables) {
      const way = table.wayTo(network, length, metric);
      if (way >= 0) return paths[way];
    }
    return undefined;
  }

  /** Whether it has the same table, leading the same ways. */
  hasTable({ table, paths }: KeptTable): boolean {
    return this.tables.some(
      (each) => each.table === table && each.paths.every((path, at) => path === paths[at]),
    );
  }

  /** The lists need not keep its paths any more; yields after each piece of them. */
  *drop(): Generator<void, void> {
    let dropped = 0;
    for (const [, , path] of this.listed()) {
      this.#lists.drop(path);
      dropped += 1;
      if (dropped % PIECE === 0) yield;
    }
    for (const { paths } of this.tables) for (const path of paths) this.#lists.drop(path);
  }
}

/**
 * Changes what differs between two plans in a RIB, and nothing else: what was added, replaced or deleted at run time
 * stays where the plans agree.
 *
 * It yields after each piece of routes. No prefix is without a route meanwhile that has one before and after.
 */
export function* performDifference(
  rib: Rib,
  before: PlannedRoutes,
  after: PlannedRoutes,
): Generator<void, void> {
  let left = PIECE;
  const isPieceDone = (): boolean => {
    left -= 1;
    if (left > 0) return false;
    left = PIECE;
    return true;
  };
  const put = (network: Address, length: number, path: Path): void => {
    if (before.pathTo(network, length, path.tos, path.metric) !== path) rib.put(network, length, path);
  };
  const remove = (network: Address, length: number, { tos, metric }: Omit<RouteKey, 'prefix'>): void => {
    if (after.pathTo(network, length, tos, metric) === undefined)
      rib.remove({ prefix: { network, length }, tos, metric });
  };
  for (const [network, length, path] of after.list()) {
    put(network, length, path);
    if (isPieceDone()) yield;
  }
  for (const each of after.tables) {
    if (before.hasTable(each)) continue;
    const { table, paths } = each;
    for (let at = 0; at < table.size; at += 1) {
      put(table.networkAt(at), table.lengthAt(at), paths[table.wayAt(at)]!);
      if (isPieceDone()) yield;
    }
  }
  for (const [network, length, path] of before.listed()) {
    remove(network, length, path);
    if (isPieceDone()) yield;
  }
  for (const each of before.tables) {
    if (after.hasTable(each)) continue;
    const { table, paths } = each;
    for (let at = 0; at < table.size; at += 1) {
      remove(table.networkAt(at), table.lengthAt(at), paths[table.wayAt(at)]!);
      if (isPieceDone()) yield;
    }
  }
}

/** Removes the routes whose paths went with an interface; yields after each piece of prefixes. */
export function* removeGone(rib: Rib): Generator<void, void> {
  const gone: RouteKey[] = [];
  for (let last: PrefixKey | undefined = BEFORE_ALL; last !== undefined; ) {
    last = rib.prefixes.visit(last, PIECE, (network, length, number) => {
      for (const { isGone, tos, metric } of rib.lists.at(number).paths)
        if (isGone) gone.push({ prefix: { network, length }, tos, metric });
    });
    for (const key of gone.splice(0)) rib.remove(key);
    yield;
  }
}
