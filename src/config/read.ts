import { attachmentsOf, loopbacksOf } from './attachments.js';
import { buildConfiguration } from './build.js';
import { checkAddresses } from './check/addresses.js';
import { checkHosts } from './check/hosts.js';
import { checkIgmp } from './check/igmp.js';
import { checkLinks } from './check/links.js';
import { checkMulticast } from './check/multicast.js';
import { checkNames } from './check/names.js';
import { checkRouters } from './check/routers.js';
import { checkRoutes } from './check/routes.js';
import type { Configuration, Problem } from './configuration.js';
import { NOT_YET, type NotYet } from './not-yet.js';
import { parseYaml } from './parse-yaml.js';
import { readTree } from './read-tree.js';
import { Report } from './report.js';

/** The result of reading a configuration file. */
export interface ReadConfiguration {
  /** Undefined if there is any error. */
  readonly configuration: Configuration | undefined;
  /** Errors and warnings, in file order. */
  readonly problems: readonly Problem[];
}

/**
 * Reads and checks a whole configuration file; never throws, whatever the text.
 *
 * `file` is the name used in problems; the lab is named after it unless the file gives a name.
 */
export const readConfiguration = (
  text: string,
  file: string,
  notYet: readonly NotYet[] = NOT_YET,
): ReadConfiguration => {
  const yamlReport = new Report(file);
  const tree = parseYaml(text, yamlReport);
  if (tree === undefined) return { configuration: undefined, problems: yamlReport.problems };

  const report = new Report(file, tree, yamlReport.problems);
  const draft = readTree(tree, report, notYet);
  const attachments = attachmentsOf(draft, report);
  const loopbacks = loopbacksOf(draft);
  checkNames(draft, attachments, report);
  checkLinks(draft, attachments, report);
  checkHosts(draft, report);
  checkAddresses(draft, attachments, loopbacks, report);
  checkRouters(draft, attachments, report);
  checkIgmp(draft, report);
  checkMulticast(draft, report);
  checkRoutes(draft, attachments, loopbacks, report);

  if (report.hasErrors) return { configuration: undefined, problems: report.problems };
  const configuration = buildConfiguration(draft, file, attachments, loopbacks);
  return { configuration, problems: report.problems };
};
