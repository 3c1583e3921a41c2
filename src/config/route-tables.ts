import type { FileDraft } from './draft.js';
import type { Report } from './problem-report.js';
import { readRouteFile } from './read-route-file.js';
import type { RouteTable } from './route-table.js';
import type { Path } from './tree.js';

/** A table, and where the configuration refers to it. */
export interface TableReference {
  readonly table: RouteTable;
  readonly path: Path;
}

/** The tables of routes that a configuration refers to, each file read once. */
export class RouteTables {
  readonly #byRouter = new Map<string, readonly TableReference[]>();
  /** Where they were read, or were to be read. */
  readonly places: readonly string[];

  constructor(draft: FileDraft, configuration: string, report: Report, mayWait = true) {
    const read = new Map<string, RouteTable>();
    for (const [name, router] of draft.routers ?? []) {
      const references: TableReference[] = [];
      for (const [at, route] of (router?.routes ?? []).entries()) {
        if (route?.file === undefined) continue;
        const path = ['routers', name, 'routes', at, 'file'];
        const table = read.get(route.file) ?? readRouteFile(route.file, configuration, path, report, mayWait);
        read.set(route.file, table);
        references.push({ table, path });
      }
      if (references.length > 0) this.#byRouter.set(name, references);
    }
    this.places = [...read.values()].map(({ place }) => place);
  }

  /** Those of one router, in the order of the configuration. */
  referencesOf(router: string): readonly TableReference[] {
    return this.#byRouter.get(router) ?? [];
  }

  of(router: string): readonly RouteTable[] {
    return this.referencesOf(router).map(({ table }) => table);
  }
}
