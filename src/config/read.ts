import { finished } from '../pieces.js';
import { buildConfiguration } from './build.js';
import { checkAddresses } from './check/addresses.js';
import { checkCaptures } from './check/captures.js';
import { checkFilters } from './check/filters.js';
import { checkHostRoutes } from './check/host-routes.js';
import { checkHosts } from './check/hosts.js';
import { checkHttp } from './check/http.js';
import { checkIgmp } from './check/igmp.js';
import { checkLinks } from './check/links.js';
import { checkMulticast } from './check/multicast.js';
import { checkMulticastRings } from './check/multicast-rings.js';
import { checkNames } from './check/names.js';
import { checkRouters } from './check/routers.js';
import { checkRoutes } from './check/routes.js';
import { checkSchedule } from './check/schedule.js';
import type { Configuration, Problem } from './configuration.js';
import { parseYaml } from './parse-yaml.js';
import { Report } from './problem-report.js';
import { readTree } from './read-tree.js';
import { RouteFiles } from './route-files.js';
import { RouteTables, routeFilesIn } from './route-tables.js';
import { Topology } from './topology.js';

/** The result of reading a configuration file. */
export interface ReadConfiguration {
  /** Undefined if there is any error. */
  readonly configuration: Configuration | undefined;
  /** Errors and warnings, in file order: at most 10,000 of each. */
  readonly problems: readonly Problem[];
  /** How many problems there are besides. */
  readonly omitted: number;
  /** The lines that problems in other files than this one are about. */
  readonly excerpts: ReadonlyMap<Problem, string>;
  /** The paths of the tables of routes that it names. */
  readonly routeFiles: readonly string[];
}

/**
 * Reads and checks a whole configuration file; never throws, whatever the text.
 *
 * `file` is the name used in problems; the lab is named after it unless the file gives a name. A table of routes in a
 * pipe is a problem unless `mayWait`; those in `files` that have not changed are not read again.
 */
export const readConfiguration = (
  text: string,
  file: string,
  mayWait = true,
  files = new RouteFiles(),
): ReadConfiguration => finished(readInPieces(text, file, mayWait, files));

/** The same, a piece at a time. */
export function* readInPieces(
  text: string,
  file: string,
  mayWait: boolean,
  files: RouteFiles,
): Generator<void, ReadConfiguration> {
  const report = new Report(file);
  const tree = parseYaml(text, report);
  let configuration: Configuration | undefined;
  let routeFiles: readonly string[] = [];
  yield;
  if (tree !== undefined) {
    report.locateIn(tree);
    const draft = readTree(tree, report);
    yield;
    const topology = new Topology(draft, report);
    const tables = new RouteTables(draft, file, report, files, mayWait);
    routeFiles = tables.places;
    checkNames(draft, topology, report);
    checkLinks(draft, topology, report);
    checkHosts(draft, report);
    checkHostRoutes(draft, topology, report);
    checkAddresses(draft, topology, report);
    yield;
    checkRouters(draft, topology, report);
    checkFilters(draft, report);
    checkIgmp(draft, report);
    checkMulticast(draft, report);
    checkMulticastRings(draft, report);
    checkRoutes(draft, topology, tables, report);
    yield;
    checkHttp(draft, report);
    checkCaptures(draft, topology, file, report);
    checkSchedule(draft, topology, report);
    yield;
    if (!report.hasErrors)
      configuration = buildConfiguration(draft, file, topology, (router) => tables.of(router));
  }
  const { problems, omitted, excerpts } = report;
  return { configuration, problems, omitted, excerpts, routeFiles };
}

/** The files of routes that a configuration file names, and where they are; nothing else is read or checked; a piece at a time. */
export function* routeFilesNamedIn(
  text: string,
  file: string,
): Generator<void, ReturnType<typeof routeFilesIn>> {
  const report = new Report(file);
  const tree = parseYaml(text, report);
  if (tree === undefined) return [];
  yield;
  return routeFilesIn(readTree(tree, report), file);
}
