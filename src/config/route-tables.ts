import { dirname, isAbsolute, join } from 'node:path';
import type { FileDraft } from './draft.js';
import type { Report } from './problem-report.js';
import type { RouteFile } from './read-route-file.js';
import type { NamedFile, RouteFiles } from './route-files.js';
import type { RouteTable } from './route-table.js';
import type { Crowding } from './table-crowds.js';
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
  readonly #files: RouteFiles;

  constructor(draft: FileDraft, configuration: string, report: Report, files: RouteFiles, mayWait: boolean) {
    this.#files = files;
    const read = new Map<string, RouteTable>();
    for (const [name, router] of draft.routers ?? []) {
      const references: TableReference[] = [];
      for (const [at, route] of (router?.routes ?? []).entries()) {
        if (route?.file === undefined) continue;
        const path = ['routers', name, 'routes', at, 'file'];
        let table = read.get(route.file);
        if (table === undefined) {
          const found = files.read(route.file, placeOf(route.file, configuration), mayWait);
          tellOf(found, path, report);
          table = found.table;
        }
        read.set(route.file, table);
        references.push({ table, path });
      }
      this.#byRouter.set(name, references);
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

  /** The routes of the tables of one router that are the first too many to their prefix. */
  crowdingOf(router: string): readonly Crowding[] {
    return this.#files.crowdingIn(this.of(router));
  }
}

/** The files of routes that a configuration names, router by router. */
export const routeFilesIn = (
  { routers }: FileDraft,
  configuration: string,
): readonly (readonly NamedFile[])[] =>
  [...(routers?.values() ?? [])].map((router) =>
    (router?.routes ?? []).flatMap((route): NamedFile[] =>
      route?.file === undefined ? [] : [[route.file, placeOf(route.file, configuration)]],
    ),
  );

/** Relative to the configuration's folder. */
const placeOf = (file: string, configuration: string): string =>
  isAbsolute(file) ? file : join(dirname(configuration), file);

/** Reports what is wrong with a file, with the place in that file; `path` is where the configuration refers to it. */
const tellOf = ({ table, refusals, omitted, failure }: RouteFile, path: Path, report: Report): void => {
  if (failure !== undefined) report.error('E-REF', path, failure, 'name a file with one route a line');
  for (const { line, excerpt, why } of refusals) {
    const place = { file: table.place, line, column: why.column, excerpt };
    report.at(place, why.fault, path, why.message, why.fix);
  }
  report.omit(omitted);
};
