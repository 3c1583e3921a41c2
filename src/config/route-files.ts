import { statSync } from 'node:fs';
import { type RouteFile, readRouteFile, stateOf } from './read-route-file.js';
import type { RouteTable } from './route-table.js';

/** A file of routes as the configuration says it, and where it is. */
export type NamedFile = readonly [file: string, place: string];

/** What something that is done piece by piece gives, done at once. */
export const finished = <Result>(pieces: Generator<unknown, Result>): Result => {
  for (let next = pieces.next(); ; next = pieces.next()) if (next.done === true) return next.value;
};

/** The same with a turn after each piece. */
const finishedInTurns = async <Result>(
  pieces: Generator<unknown, Result>,
  turn: () => Promise<void>,
): Promise<Result> => {
  for (let next = pieces.next(); ; next = pieces.next()) {
    if (next.done === true) return next.value;
    await turn();
  }
};

/**
 * The files of routes that were read, each as long as it stays the same: who reads a configuration again gets the same
 * tables again.
 */
export class RouteFiles {
  readonly #read = new Map<string, RouteFile>();

  /** Takes note of tables that were read before. */
  constructor(tables: Iterable<RouteTable> = []) {
    for (const table of tables)
      this.#read.set(table.place, { table, refusals: [], failure: undefined, state: table.state });
  }

  /** What is in a file now; `file` is its name in the configuration. */
  read(file: string, place: string, mayWait: boolean): RouteFile {
    const known = this.#unchanged(file, place);
    if (known !== undefined) return known;
    return this.#keep(place, finished(readRouteFile(file, place, mayWait)));
  }

  /**
   * Reads those files that have changed, and compares those of one router, a piece at a time: `turn` lets the event loop
   * turn in between. `files` are those of each router.
   */
  async prepare(files: readonly (readonly NamedFile[])[], turn: () => Promise<void>): Promise<void> {
    const wanted = new Map(files.flat().map(([file, place]) => [place, file]));
    for (const place of this.#read.keys()) if (!wanted.has(place)) this.#read.delete(place);
    for (const [place, file] of wanted)
      if (this.#unchanged(file, place) === undefined)
        this.#keep(place, await finishedInTurns(readRouteFile(file, place, false), turn));
    for (const ofRouter of files) {
      const tables = ofRouter.map(([, place]) => this.#read.get(place)!.table);
      for (const [at, table] of tables.entries())
        for (const other of tables.slice(0, at)) await finishedInTurns(table.sharing(other), turn);
    }
  }

  #unchanged(file: string, place: string): RouteFile | undefined {
    const known = this.#read.get(place);
    if (known?.state === undefined || known.table.file !== file) return undefined;
    const status = statSync(place, { bigint: true, throwIfNoEntry: false });
    return status !== undefined && stateOf(status) === known.state ? known : undefined;
  }

  #keep(place: string, read: RouteFile): RouteFile {
    read.table.state = read.state;
    this.#read.set(place, read);
    return read;
  }
}
