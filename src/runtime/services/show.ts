import { type Answer, JsonText, Rows } from '../../control/rows.js';
import type { LabLoop } from '../../lab/loop.js';
import type { Captures } from '../../observe/capture/captures.js';
import * as show from '../../observe/show.js';
import { deviceRows } from '../../observe/show-devices.js';
import { filterRows } from '../../observe/show-filters.js';
import { groupRows, igmpRows, mrouteRows } from '../../observe/show-igmp.js';
import { linkRows } from '../../observe/show-links.js';
import { showSchedule } from '../../observe/show-schedule.js';
import { topologyRows } from '../../observe/show-topology.js';
import type { Shown, ShowWhat, Status } from '../../observe/shown.js';
import { parseAddress, parsePrefix } from '../../text/addresses.js';
import { accepted } from '../../text/fault.js';
import { version } from '../../version.js';
import { showConfig } from './show-config.js';

/** What `show` needs of a running lab, beside its routers and links. */
export interface ShowEnvironment {
  /** The path of the configuration; undefined if there is no file. */
  readonly configFile: string | undefined;
  readonly loop: LabLoop;
  readonly captures: Captures;
  /** The host changes made so far; the list may grow. */
  readonly changes: readonly string[];
  readonly warnings: readonly string[];
  /** Where the dashboard is; undefined if there is none. */
  readonly http?: () => string | undefined;
}

/** Gives what is shown of a subject. */
export interface Shower {
  <What extends ShowWhat>(what: What): Shown[What];
  /**
   * The same for a caller who may be far away: long lists as rows, which are made when they are asked for. With
   * `prefix`, of the routes only those that lead to an address, or into a prefix.
   */
  answer(what: ShowWhat, prefix?: string): Answer<Shown[ShowWhat]>;
}

export const showerOf = (environment: ShowEnvironment): Shower => {
  const { loop, changes, captures } = environment;
  const { lab } = loop;
  const subjects: { readonly [What in ShowWhat]: (prefix?: string) => Answer<Shown[What]> } = {
    status: () => showStatus(environment),
    interfaces: () => new Rows(() => show.interfaceRows(lab)),
    devices: () => new Rows(() => deviceRows(lab, (attachment) => loop.portOf(attachment))),
    routes: (prefix) => {
      // What is wrong with it is said at once, not when the first row is made.
      const wanted = concerning(prefix);
      return new Rows(() => show.routeSteps(lab, wanted));
    },
    neighbors: () => new Rows(() => show.neighborRows(lab)),
    links: () => new Rows(() => linkRows(lab)),
    icmp: () => new Rows(() => show.icmpRows(lab)),
    igmp: () => new Rows(() => igmpRows(lab, () => loop.readClock())),
    groups: () => new Rows(() => groupRows(lab, () => loop.readClock())),
    mroutes: () => new Rows(() => mrouteRows(lab)),
    filters: () => new Rows(() => filterRows(lab, loop.readClock())),
    drops: () => show.showDrops(lab, (at) => loop.wallClock(at)),
    captures: () => captures.rows,
    schedule: () => showSchedule(loop.schedule, loop.readClock()),
    topology: () => new Rows(() => topologyRows(lab)),
    changes: () => new Rows(() => changes),
    config: () => showConfig(lab, loop.readClock()),
  };
  const whole = <Result>(answer: Answer<Result>): Result =>
    (answer instanceof Rows ? [...answer] : answer instanceof JsonText ? answer.value : answer) as Result;
  return Object.assign(<What extends ShowWhat>(what: What) => whole<Shown[What]>(subjects[what]()), {
    answer: (what: ShowWhat, prefix?: string) => subjects[what](prefix),
  });
};

/** What a text is about: `203.0.113.10`, `203.0.113.0/24`, `default`; throws a `Failure` (2) if it is neither. */
const concerning = (text: string | undefined): show.Concerning | undefined => {
  if (text === undefined) return undefined;
  return text.includes('/') || text === 'default'
    ? { prefix: accepted(parsePrefix(text)) }
    : { address: accepted(parseAddress(text)) };
};

const showStatus = ({ configFile, loop, warnings, http }: ShowEnvironment): Status => ({
  name: loop.lab.configuration.name,
  state: 'running',
  pid: process.pid,
  uptimeSeconds: Math.round(loop.uptimeSeconds * 10) / 10,
  version: version(),
  config: configFile ?? null,
  routers: loop.lab.routers.size,
  links: loop.lab.links.size,
  hosts: loop.lab.configuration.hosts.size,
  http: http?.() ?? null,
  ledgers: show.showLedgers(loop.lab),
  warnings,
});
