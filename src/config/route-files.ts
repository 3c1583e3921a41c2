import { statSync } from 'node:fs';
import { finished } from '../pieces.js';
import { finishedInTurns } from './in-turns.js';
import { type RouteFile, readRouteFile, stateOf } from './read-route-file.js';
import type { RouteTable } from './route-table.js';
import { type Crowding, crowdingIn } from './table-crowds.js';

/** A file of routes as the configuration says it, and where it is. */
export type NamedFile = readonly [file: string, place: string];

/** What was found out about some tables together. */
interface CrowdingFound {
  readonly tables: readonly RouteTable[];
  readonly found: readonly Crowding[];
}

/**
 * The files of routes that were read, each as long as it stays the same: who reads a configuration again gets the same
 * tables again.
 */
export class RouteFiles {
  readonly #read = new Map<string, RouteFile>();
  /** The places of those that were prepared a moment ago, and count once more, in whatever state they are. */
  readonly #prepared = new Set<string>();
  #crowding: readonly CrowdingFound[] = [];

  /** Takes note of tables that were read before. */
  constructor(tables: Iterable<RouteTable> = []) {
    for (const table of tables)
      this.#read.set(table.place, {
        table,
        refusals: [],
        omitted: 0,
        failure: undefined,
        state: table.state,
      });
  }

  /** What is in a file now; `file` is its name in the configuration. */
  read(file: string, place: string, mayWait: boolean): RouteFile {
    const prepared = this.#prepared.delete(place) ? this.#read.get(place) : undefined;
    if (prepared?.table.file === file) return prepared;
    return this.#unchanged(file, place) ?? this.#keep(place, finished(readRouteFile(file, place, mayWait)));
  }

  /** The routes that are the first too many to their prefix in tables that were read. */
  crowdingIn(tables: readonly RouteTable[]): readonly Crowding[] {
    return this.#crowdingKnown(tables) ?? finished(crowdingIn(tables));
  }

  /**
   * Reads those files that have changed, and looks through those of one router together, a piece at a time: `turn` lets the event loop
   * turn in between. `files` are those of each router.
   */
  async prepare(files: readonly (readonly NamedFile[])[], turn: () => Promise<void>): Promise<void> {
    const wanted = new Map(files.flat().map(([file, place]) => [place, file]));
    for (const place of this.#read.keys()) if (!wanted.has(place)) this.#read.delete(place);
    this.#prepared.clear();
    for (const [place, file] of wanted)
      if (this.#unchanged(file, place) === undefined)
        this.#keep(place, await finishedInTurns(readRouteFile(file, place, false), turn));
    const crowding: CrowdingFound[] = [];
    for (const ofRouter of files) {
      const tables = ofRouter.map(([, place]) => this.#read.get(place)!.table);
      for (const [at, table] of tables.entries())
        for (const other of tables.slice(0, at)) await finishedInTurns(table.sharing(other), turn);
      const found = this.#crowdingKnown(tables) ?? (await finishedInTurns(crowdingIn(tables), turn));
      crowding.push({ tables, found });
    }
    this.#crowding = crowding;
    for (const place of wanted.keys()) this.#prepared.add(place);
  }

  #crowdingKnown(tables: readonly RouteTable[]): readonly Crowding[] | undefined {
    return this.#crowding.find(
      (each) =>
        each.tables.length === tables.length && each.tables.every((table, at) => table === tables[at]),
    )?.found;
  }

  #unchanged(file: string, place: string): RouteFile | undefined {
    const known = this.#read.get(place);
    if (known?.state === undefined || known.table.file !== file) return undefined;
    try {
      return stateOf(statSync(place, { bigint: true })) === known.state ? known : undefined;
    } catch {
      // Who reads it says why it cannot be.
      return undefined;
    }
  }

  #keep(place: string, read: RouteFile): RouteFile {
    read.table.state = read.state;
    this.#read.set(place, read);
    return read;
  }
}
