import {
  type Address,
  contains,
  formatAddress,
  formatPrefix,
  isMulticast,
  lastAddress,
  type Prefix,
} from '../../address.js';
import type { DraftAttachment, DraftLoopback } from '../attachments.js';
import type { FileDraft, RouteDraft } from '../draft.js';
import { ROUTE_KEYS } from '../keys/router.js';
import type { Report } from '../report.js';
import type { Path } from '../tree.js';

/** What surrounds one router: its own addresses, and whom it can reach directly. */
interface Environment {
  readonly router: string;
  readonly own: readonly DraftAttachment[];
  readonly ownAddresses: readonly Address[];
  readonly neighbors: readonly Neighbor[];
  /** There are no errors in the router's interfaces and their links. */
  readonly isKnown: boolean;
}

interface Neighbor {
  readonly address: Address;
  readonly link: string;
}

/** Finds routes that contradict themselves or each other, or have no reachable next hop. */
export const checkRoutes = (
  draft: FileDraft,
  attachments: readonly DraftAttachment[],
  loopbacks: readonly DraftLoopback[],
  report: Report,
): void => {
  for (const [name, router] of draft.routers ?? []) {
    const environment = environmentOf(name, attachments, loopbacks, report);
    const seen = new Set<string>();
    for (const [at, route] of (router?.routes ?? []).entries()) {
      if (route === undefined) continue;
      const path = ['routers', name, 'routes', at];
      checkShape(route, path, report);
      checkDestination(route, path, environment, seen, report);
      if (route.via !== undefined) checkNextHop(route.via, [...path, 'via'], environment, report);
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
        else checkNextHop(hop.via, hopPath, environment, report);
        hops.add(hop.via);
      }
    }
  }
};

/** The link on which a router reaches a next hop; undefined if it is on none of its links. */
export const linkOfNextHop = (
  via: Address,
  router: string,
  attachments: readonly DraftAttachment[],
  loopbacks: readonly DraftLoopback[],
): string | undefined =>
  neighborsOf(router, attachments, loopbacks).find(({ address }) => address === via)?.link ??
  attachments
    .filter(({ kind, owner }) => kind === 'router' && owner === router)
    .flatMap(({ link, addresses }) => addresses.map(({ own }) => ({ link, prefix: own.prefix })))
    .filter(({ prefix }) => contains(prefix, via))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0]?.link;

const environmentOf = (
  router: string,
  attachments: readonly DraftAttachment[],
  loopbacks: readonly DraftLoopback[],
  report: Report,
): Environment => {
  const own = attachments.filter(({ kind, owner }) => kind === 'router' && owner === router);
  const links = own.map(({ link }) => link);
  return {
    router,
    own,
    ownAddresses: [
      ...own.flatMap(({ addresses }) => addresses.map((each) => each.own.address)),
      ...loopbacks.filter((each) => each.router === router).map(({ address }) => address),
    ],
    neighbors: neighborsOf(router, attachments, loopbacks),
    isKnown:
      !report.isFaulty('routers', router, 'interfaces') &&
      attachments.every(({ link, isKnown }) => isKnown || !links.includes(link)) &&
      !report.isFaulty('routers', router, 'ip', 'loopback'),
  };
};

/** Everyone else on a router's links, by address; routers also by their loopback address. */
const neighborsOf = (
  router: string,
  attachments: readonly DraftAttachment[],
  loopbacks: readonly DraftLoopback[],
): readonly Neighbor[] => {
  const isOwn = ({ kind, owner }: DraftAttachment): boolean => kind === 'router' && owner === router;
  const links = new Set(attachments.filter(isOwn).map(({ link }) => link));
  return attachments
    .filter((each) => !isOwn(each) && links.has(each.link))
    .flatMap(({ kind, owner, link, addresses }) => [
      ...addresses.map(({ own }) => ({ address: own.address, link })),
      ...loopbacks
        .filter((each) => kind === 'router' && each.router === owner)
        .map(({ address }) => ({ address, link })),
    ]);
};

const checkShape = (route: RouteDraft, path: Path, report: Report): void => {
  const { via, nexthops, type = ROUTE_KEYS.type.default } = route;
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
  { own }: Environment,
  seen: Set<string>,
  report: Report,
): void => {
  if (to === undefined) return;
  if (isMulticast(to.network) && to.length >= 4) {
    report.error(
      'E-MCAST',
      [...path, 'to'],
      `${formatPrefix(to)} is a range of multicast groups, which unicast routes cannot reach`,
      'remove the route; see `multicast` for groups',
    );
    return;
  }
  const key = `${formatPrefix(to)} ${tos ?? '*'} ${metric}`;
  const isConnected =
    tos === undefined &&
    metric === 0 &&
    own.some(({ addresses }) => addresses.some((each) => isSame(each.own.prefix, to)));
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

const isSame = (a: Prefix, b: Prefix): boolean => a.network === b.network && a.length === b.length;

const checkNextHop = (via: Address, path: Path, environment: Environment, report: Report): void => {
  const text = formatAddress(via);
  if (environment.ownAddresses.includes(via)) {
    report.error(
      'E-NEXTHOP',
      path,
      `\`${text}\` is an address of ${environment.router} itself`,
      'write the address of a neighbor',
    );
    return;
  }
  if (environment.neighbors.some(({ address }) => address === via)) return;
  const prefixes = environment.own.flatMap(({ addresses }) => addresses.map(({ own }) => own.prefix));
  const connected = prefixes.filter((prefix) => contains(prefix, via));
  const ends = connected.find(
    (prefix) => prefix.length <= 30 && (via === prefix.network || via === lastAddress(prefix)),
  );
  if (ends !== undefined) {
    report.error(
      'E-NEXTHOP',
      path,
      `\`${text}\` is the ${via === ends.network ? 'network' : 'broadcast'} address of ${formatPrefix(ends)}`,
      'write the address of a neighbor',
    );
    return;
  }
  if (!environment.isKnown) return;
  if (connected.length > 0) {
    report.warning(
      'W-UNUSED',
      path,
      `\`${text}\` is the address of nobody in this file: what takes this route is answered with host unreachable`,
      'write the address of a neighbor, unless a program takes this one later',
      'value',
    );
    return;
  }
  const networks = [...new Set(prefixes.map(formatPrefix))].slice(0, 6).join(', ');
  report.error(
    'E-NEXTHOP',
    path,
    `\`${text}\` is not on any network of ${environment.router}`,
    networks === '' ? 'write the address of a neighbor' : `write the address of a neighbor in ${networks}`,
  );
};
