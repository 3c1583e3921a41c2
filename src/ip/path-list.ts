import type { Address } from '../address.js';
import type { Interface } from '../interface.js';
import type { CompiledEntry, FibEntry, Way } from './fib.js';
import type { NextHop, RouteOrigin, RoutePath, RouteType } from './route.js';

/** Why an address is no route's business: it is ours, or an end of an attached network. */
export interface Own {
  readonly kind: 'local' | 'broadcast' | 'network';
  /** Undefined for a loopback address. */
  readonly interface: Interface | undefined;
}

/** Where routes lead. All routes of a router that lead the same way share one. */
export class Path implements RoutePath {
  readonly number: number;
  readonly type: RouteType;
  readonly metric: number;
  readonly tos: number | undefined;
  readonly origin: RouteOrigin;
  nexthops: readonly NextHop[];
  /** One of its interfaces has gone: nobody uses it, and its routes are on their way out. */
  isGone = false;
  /** The list of nothing but it, if there is one. */
  alone: PathList | undefined;
  /** How many lists and plans have it. */
  users = 0;

  constructor(number: number, { type, nexthops, metric, tos, origin }: RoutePath) {
    this.number = number;
    this.type = type;
    this.nexthops = nexthops;
    this.metric = metric;
    this.tos = tos;
    this.origin = origin;
  }
}

/**
 * All that a router knows about a prefix: the paths of its routes, by type of service and metric.
 *
 * Prefixes with the same paths share one list. It is also what the FIB says about them, as of the change that it was
 * last compiled after; so what an interface changes is changed once for all of them.
 */
export class PathList implements CompiledEntry {
  readonly number: number;
  readonly paths: readonly Path[];
  readonly own: Own | undefined;
  readonly kind: FibEntry['kind'];
  readonly interface: Interface | undefined;
  /** How many prefixes have it. */
  users = 0;
  way: Way | undefined;
  tosWays: readonly Way[] = [];
  /** The paths that the ways come from, as far as there are any. */
  chosen: readonly Path[] = [];
  /** Those of them that are not withdrawn. */
  inUse: readonly Path[] = [];
  isUsable = false;
  compiledAt = -1;

  constructor(number: number, paths: readonly Path[], own: Own | undefined) {
    this.number = number;
    this.paths = paths;
    this.own = own;
    this.kind = own?.kind ?? 'route';
    this.interface = own?.interface;
  }

  find(tos: number | undefined, metric: number): Path | undefined {
    for (const path of this.paths) if (path.metric === metric && path.tos === tos) return path;
    return undefined;
  }
}

/** The paths and path lists of a router, each once. */
export class PathLists {
  /** By number, from 1; undefined where a number is free. */
  readonly all: (PathList | undefined)[] = [undefined];
  readonly #freeNumbers: number[] = [];
  /** Those of several paths, by the numbers of these. */
  readonly #lists = new Map<string, PathList>();
  #paths = new Map<string, Path>();
  /** Some of them by next hops, whose list many routes share (measured: without it a table loads a quarter slower). */
  #byNextHops = new WeakMap<readonly NextHop[], Path>();
  /** How many paths use a next hop. */
  readonly #nextHops = new Map<Address, number>();
  #lastPath = 0;

  at(number: number): PathList {
    return this.all[number]!;
  }

  /** The path that leads like this one; whoever is given it puts it into a list, or keeps it, at once. */
  pathOf(fields: RoutePath): Path {
    const near = this.#byNextHops.get(fields.nexthops);
    if (near !== undefined && near.users > 0 && isLike(near, fields)) return near;
    const key = keyOfPath(fields);
    const path = this.#paths.get(key) ?? this.#newPath(key, fields);
    this.#byNextHops.set(fields.nexthops, path);
    return path;
  }

  #newPath(key: string, fields: RoutePath): Path {
    this.#lastPath += 1;
    const path = new Path(this.#lastPath, fields);
    this.#paths.set(key, path);
    for (const { via } of path.nexthops) this.#nextHops.set(via, (this.#nextHops.get(via) ?? 0) + 1);
    return path;
  }

  keep(path: Path): void {
    path.users += 1;
  }

  drop(path: Path): void {
    path.users -= 1;
    if (path.users > 0) return;
    const key = keyOfPath(path);
    if (this.#paths.get(key) === path) this.#paths.delete(key);
    for (const { via } of path.nexthops) {
      const left = this.#nextHops.get(via)! - 1;
      if (left > 0) this.#nextHops.set(via, left);
      else this.#nextHops.delete(via);
    }
  }

  /** The list with a path more, in the place of the one with the same tos and metric. */
  with(list: PathList | undefined, path: Path): PathList {
    if (list === undefined) return path.alone ?? this.#listOf([path], undefined);
    const others = list.paths.filter((each) => each.tos !== path.tos || each.metric !== path.metric);
    return this.#listOf([...others, path].sort(order), list.own);
  }

  /** The list without a path; undefined if nothing is left. */
  without({ paths, own }: PathList, path: Path): PathList | undefined {
    const others = paths.filter((each) => each !== path);
    return others.length === 0 && own === undefined ? undefined : this.#listOf(others, own);
  }

  /** The list for an address that is our own now, or is no more; undefined if nothing is left. */
  withOwn(list: PathList | undefined, own: Own | undefined): PathList | undefined {
    const paths = list?.paths ?? [];
    return paths.length === 0 && own === undefined ? undefined : this.#listOf(paths, own);
  }

  /** A prefix has the list now. */
  retain(list: PathList): void {
    list.users += 1;
  }

  /** A prefix has the list no more. */
  release(list: PathList): void {
    list.users -= 1;
    if (list.users > 0) return;
    const { number, paths, own } = list;
    this.all[number] = undefined;
    this.#freeNumbers.push(number);
    if (own === undefined && paths.length === 1) paths[0]!.alone = undefined;
    else if (own === undefined) this.#lists.delete(keyOfList(paths));
    for (const path of paths) this.drop(path);
  }

  /** Whether any path uses this next hop. */
  usesNextHop(via: Address): boolean {
    return this.#nextHops.has(via);
  }

  /** Interfaces have other indexes now, by the old ones. Returns whether a path is gone with an interface. */
  renumber(renumbered: ReadonlyMap<number, number>): boolean {
    const paths = [...this.#paths.values()];
    this.#paths = new Map();
    this.#byNextHops = new WeakMap();
    for (const path of paths) {
      path.isGone = path.nexthops.some(({ egress }) => !renumbered.has(egress));
      if (path.isGone) continue;
      path.nexthops = path.nexthops.map((hop) => ({ ...hop, egress: renumbered.get(hop.egress)! }));
      this.#paths.set(keyOfPath(path), path);
    }
    return this.#paths.size < paths.length;
  }

  #listOf(paths: readonly Path[], own: Own | undefined): PathList {
    if (own !== undefined) return this.#newList(paths, own);
    if (paths.length === 1) {
      const [path] = paths as readonly [Path];
      path.alone ??= this.#newList(paths, own);
      return path.alone;
    }
    const key = keyOfList(paths);
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const list = this.#newList(paths, own);
    this.#lists.set(key, list);
    return list;
  }

  #newList(paths: readonly Path[], own: Own | undefined): PathList {
    const number = this.#freeNumbers.pop() ?? this.all.length;
    const list = new PathList(number, paths, own);
    this.all[number] = list;
    for (const path of paths) this.keep(path);
    return list;
  }
}

const keyOfPath = ({ type, nexthops, metric, tos, origin }: RoutePath): string =>
  `${type} ${metric} ${tos} ${origin} ${nexthops.map(({ via, egress, weight }) => `${via} ${egress} ${weight}`).join()}`;

/** Whether a path that has the same next hops has all else, too. */
const isLike = (path: Path, { type, metric, tos, origin }: RoutePath): boolean =>
  path.metric === metric && path.type === type && path.tos === tos && path.origin === origin;

const keyOfList = (paths: readonly Path[]): string => paths.map(({ number }) => number).join();

/** Those for all types of service first, then by type of service; the lowest metric first. */
const order = (a: Path, b: Path): number => tosOf(a) - tosOf(b) || a.metric - b.metric;

const tosOf = ({ tos = -1 }: Path): number => tos;
