import type { Configuration } from '../../config/configuration.js';
import { describeConfiguration } from '../../config/describe.js';
import type { LabLoop } from '../../lab/loop.js';
import * as show from '../../observe/show.js';
import { showGroups, showIgmp, showMroutes } from '../../observe/show-igmp.js';
import type { Shown, ShowWhat, Status } from '../../observe/shown.js';
import { version } from '../../version.js';

/** What `show` needs of a running lab, beside its routers and links. */
export interface ShowEnvironment {
  readonly configuration: Configuration;
  /** The path of the configuration; undefined if there is no file. */
  readonly configFile: string | undefined;
  readonly loop: LabLoop;
  /** The host changes made so far; the list may grow. */
  readonly changes: readonly string[];
  readonly warnings: readonly string[];
}

/** Answers `show` for a subject. */
export type Shower = <What extends ShowWhat>(what: What) => Shown[What];

export const showerOf = (environment: ShowEnvironment): Shower => {
  const { configuration, loop, changes } = environment;
  const { lab } = loop;
  const subjects: { readonly [What in ShowWhat]: () => Shown[What] } = {
    status: () => showStatus(environment),
    interfaces: () => show.showInterfaces(lab),
    routes: () => show.showRoutes(lab),
    neighbors: () => show.showNeighbors(lab),
    icmp: () => show.showIcmp(lab),
    igmp: () => showIgmp(lab, loop.readClock()),
    groups: () => showGroups(lab, loop.readClock()),
    mroutes: () => showMroutes(lab),
    drops: () => show.showDrops(lab, (at) => loop.wallClock(at)),
    changes: () => changes,
    config: () => ({ ...describeConfiguration(configuration) }),
  };
  return (what) => subjects[what]();
};

const showStatus = ({ configuration, configFile, loop, warnings }: ShowEnvironment): Status => ({
  name: configuration.name,
  state: 'running',
  pid: process.pid,
  uptimeSeconds: Math.round(loop.uptimeSeconds * 10) / 10,
  version: version(),
  config: configFile ?? null,
  routers: loop.lab.routers.size,
  links: loop.lab.links.size,
  hosts: configuration.hosts.size,
  ledgers: show.showLedgers(loop.lab),
  warnings,
});
