import { statSync } from 'node:fs';
import { type RouteFile, readRouteFile, stateOf } from './read-route-file.js';
import type { RouteTable } from './route-table.js';

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
    const reading = readRouteFile(file, place, mayWait);
    for (let next = reading.next(); ; next = reading.next())
      if (next.done === true) return this.#keep(place, next.value);
  }

  /** Reads those files that have changed, a piece at a time: `turn` lets the event loop turn in between. */
  async prepare(
    files: Iterable<readonly [file: string, place: string]>,
    turn: () => Promise<void>,
  ): Promise<void> {
    const wanted = new Map([...files].map(([file, place]) => [place, file]));
    for (const place of this.#read.keys()) if (!wanted.has(place)) this.#read.delete(place);
    for (const [place, file] of wanted) {
      if (this.#unchanged(file, place) !== undefined) continue;
      const reading = readRouteFile(file, place, false);
      for (let next = reading.next(); ; next = reading.next()) {
        if (next.done === true) {
          this.#keep(place, next.value);
          break;
        }
        await turn();
      }
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
