import { formatAddress } from '../../address.js';
import type {
  IgmpLeaveParams,
  IgmpLeaveResult,
  IgmpQueryParams,
  IgmpQueryResult,
} from '../../control/igmp.js';
import { Failure } from '../../failure.js';
import type { IgmpInterface } from '../../igmp/igmp-interface.js';
import type { Interface } from '../../interface.js';
import type { Lab } from '../../lab/lab.js';
import type { LabLoop } from '../../lab/loop.js';
import { parseGroup, parseHostAddress } from '../../text/addresses.js';
import { accepted } from '../../text/fault.js';
import { duration } from '../../time.js';

/** Has a router of a running lab send an IGMP query now; the timers of the querier are not changed. */
export const sendIgmpQuery = (loop: LabLoop, params: IgmpQueryParams): IgmpQueryResult => {
  const [each, igmp] = igmpNamed(loop.lab, params.interface);
  if (!each.up) throw new Failure(7, `${each.name} is down: no query can be sent`);
  if (igmp.role === 'host')
    throw new Failure(
      7,
      `${each.name} is the upstream interface of a proxy: it answers queries and sends none`,
      'use one of the other interfaces',
    );
  if (igmp.settings.querier === 'never')
    throw new Failure(7, `${each.name} has \`querier: never\`: it sends no queries`, 'use another interface');
  const group = params.group === undefined ? undefined : accepted(parseGroup(params.group));
  const source = params.source === undefined ? undefined : accepted(parseHostAddress(params.source));
  const asking = {
    ...(group === undefined ? {} : { group }),
    ...(source === undefined ? {} : { sources: [source] }),
    ...(params.maxResponseMs === undefined ? {} : { maxResponse: duration(params.maxResponseMs) }),
  };
  const version = igmp.querier.version(loop.readClock());
  if (!loop.perform((now) => igmp.query(asking, now)))
    throw new Failure(
      7,
      `${each.name} now speaks IGMP version ${version}, which has no such query`,
      'leave out --source, and with version 1 also --group',
    );
  return {
    interface: each.name,
    group: group === undefined ? null : formatAddress(group),
    source: source === undefined ? null : formatAddress(source),
    version,
  };
};

/** Removes a group, or one source of it, from an interface, as if its last member had left. */
export const forgetGroup = (loop: LabLoop, params: IgmpLeaveParams): IgmpLeaveResult => {
  const [each, igmp] = igmpNamed(loop.lab, params.interface);
  const group = accepted(parseGroup(params.group));
  const source = params.source === undefined ? undefined : accepted(parseHostAddress(params.source));
  if (igmp.memberships.fixed.of(group) !== undefined && !igmp.memberships.groups.has(group))
    throw new Failure(
      7,
      `${params.group} is configured on ${each.name}`,
      'remove it from static-groups or join-groups',
    );
  return {
    interface: each.name,
    group: formatAddress(group),
    source: source === undefined ? null : formatAddress(source),
    forgotten: loop.perform((now) => igmp.forget(group, source, now)),
  };
};

/** Finds an interface by its name, or by the name of its link if it is the only one there. */
const igmpNamed = (lab: Lab, name: string): [Interface, IgmpInterface] => {
  const all = [...lab.routers.values()].flatMap((router) => [...router.igmp]);
  const found = all.filter(([each]) => each.name === name || each.link === name);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const names = all.map(([each]) => each.name).join(' ');
  if (found.length > 1)
    throw new Failure(
      2,
      `several routers are on the link ${name}`,
      `one of ${found.map(([each]) => each.name).join(' ')}`,
    );
  throw new Failure(
    2,
    `no interface '${name}' that runs IGMP`,
    names === '' ? 'add `igmp: {}` to the interface' : `one of ${names}`,
  );
};
