import { type Address, formatAddress, formatPrefix, isGroupPrefix } from '../../address.js';
import type { FileDraft, RouteDraft } from '../draft.js';
import { ROUTE_KEYS } from '../keys/router.js';
import type { Report } from '../problem-report.js';
import type { RouteTables } from '../route-tables.js';
import type { Topology } from '../topology.js';
import type { Path } from '../tree.js';
import { checkNextHop, type Environment, type Say } from './next-hop.js';
import { checkCrowds } from './route-crowds.js';
import { checkTables } from './route-tables.js';

/** Finds routes that contradict themselves or each other, or have no reachable next hop. */
export const checkRoutes = (
  draft: FileDraft,
  topology: Topology,
  tables: RouteTables,
  report: Report,
): void => {
  const unknown = new Set(topology.attachments.flatMap(({ link, isKnown }) => (isKnown ? [] : [link])));
  for (const [name, router] of draft.routers ?? []) {
    const links = [...topology.of(name).keys()];
    const environment = {
      router: name,
      topology,
      connected: topology.connectedTo(name),
      isKnown:
        !report.isFaulty('routers', name, 'interfaces') &&
        !links.some((link) => unknown.has(link)) &&
        !report.isFaulty('routers', name, 'ip', 'loopback'),
    };
    const seen = new Set<string>();
    for (const [at, route] of (router?.routes ?? []).entries()) {
      if (route === undefined) continue;
      const path = ['routers', name, 'routes', at];
      checkShape(route, path, report);
      if (route.file !== undefined) continue;
      checkDestination(route, path, environment, seen, report);
      if (route.via !== undefined) checkNextHop(route.via, environment, sayAt([...path, 'via'], report));
      const hops = new Set<Address>();
      for (const [i, hop] of (route.nexthops ?? []).entries()) {
        if (hop?.via === undefined) continue;
        const hopPath = [...path, 'nexthops', i, 'via'];
        if (hops.has(hop.via))
          report.error(
            'E-DUPLICATE',
            hopPath,
            `the next hop ${formatAddress(hop.via)} is repeated`,
            'remove this one; give the first a `weight` if it is to get more',
          );
        else checkNextHop(hop.via, environment, sayAt(hopPath, report));
        hops.add(hop.via);
      }
    }
    const references = tables.referencesOf(name);
    checkTables(references, router?.routes ?? [], environment, report);
    checkCrowds(name, router?.routes ?? [], tables, report);
  }
};

const checkShape = (route: RouteDraft, path: Path, report: Report): void => {
  const { to, file, via, nexthops, type = ROUTE_KEYS.type.default } = route;
  if (file !== undefined || report.isFaulty(...path, 'file')) {
    const other = Object.keys(route).find((key) => key !== 'file');
    if (other !== undefined)
      report.errorAtKey(
        'E-KEY',
        [...path, other],
        `a route with \`file\` has no other keys, so \`${other}\` is not allowed`,
        'remove it, or write it on the lines of the file',
      );
    return;
  }
  if (to === undefined && !report.isFaulty(...path))
    report.errorAtKey('E-KEY', [...path, 'to'], '`to` is missing', 'add the key `to`');
  const hasVia = via !== undefined || report.isFaulty(...path, 'via');
  const hasHops = nexthops !== undefined || report.isFaulty(...path, 'nexthops');
  if (hasVia && hasHops)
    report.errorAtKey(
      'E-KEY',
      [...path, 'nexthops'],
      'a route has either `via` or `nexthops`, not both',
      'move all next hops to `nexthops`',
    );
  if (type !== 'unicast') {
    const key = hasVia ? 'via' : hasHops ? 'nexthops' : undefined;
    if (key !== undefined && !(hasVia && hasHops))
      report.errorAtKey(
        'E-KEY',
        [...path, key],
        `a \`${type}\` route has no next hop, so \`${key}\` is not allowed`,
        'remove it, or remove `type`',
      );
  } else if (!hasVia && !hasHops && !report.isFaulty(...path)) {
    report.errorAtKey(
      'E-KEY',
      [...path, 'via'],
      'a route needs `via`, `nexthops` or a `type`',
      'add `type: blackhole`, or the address of a neighbor as `via`',
    );
  }
};

const checkDestination = (
  { to, tos, metric = ROUTE_KEYS.metric.default }: RouteDraft,
  path: Path,
  { connected }: Environment,
  seen: Set<string>,
  report: Report,
): void => {
  if (to === undefined) return;
  if (isGroupPrefix(to)) {
    report.error(
      'E-MCAST',
      [...path, 'to'],
      `${formatPrefix(to)} is a range of multicast groups, which unicast routes cannot reach`,
      'remove the route; see `multicast` for groups',
    );
    return;
  }
  const key = `${formatPrefix(to)} ${tos ?? '*'} ${metric}`;
  const isConnected = tos === undefined && metric === 0 && connected.has(to);
  if (seen.has(key) || isConnected)
    report.error(
      'E-DUPLICATE',
      [...path, 'to'],
      isConnected
        ? `${formatPrefix(to)} is directly connected`
        : `there is already a route to ${formatPrefix(to)} with the same metric and tos`,
      isConnected ? 'remove the route, or give it a metric' : 'give it another metric, or use `nexthops`',
    );
  seen.add(key);
};

const sayAt =
  (path: Path, report: Report): Say =>
  (severity, code, message, fix) =>
    severity === 'error'
      ? report.error(code, path, message, fix)
      : report.warning(code, path, message, fix, 'value');
