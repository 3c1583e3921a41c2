import { type Address, contains, formatPrefix, type Prefix, prefixOf } from '../address.js';
import type {
  Configuration,
  FilterConfiguration,
  HostConfiguration,
  LinkConfiguration,
  RouterConfiguration,
} from '../config/configuration.js';
import { DEFAULT_CODE, MATCH_KEYS } from '../filter.js';
import type { IgmpSettings } from '../igmp/settings.js';
import type { Interface, InterfaceAddress } from '../interface.js';
import type { Filter } from '../ip/filter.js';
import type { MulticastSettings } from '../ip/multicast-settings.js';
import type { PlannedTable, Route } from '../ip/route.js';
import type { LinkPlan } from '../link/environment.js';
import type { RouterPlan } from '../router/environment.js';
import { defaultsOf } from '../section.js';

/** The plan of a link, with each subnet of its attachments once. */
export const linkPlanOf = (link: LinkConfiguration, { hosts, routers }: Configuration): LinkPlan => {
  const { name, mtu } = link;
  const prefixes = new Map<string, Prefix>();
  for (const owner of [...hosts.values(), ...routers.values()])
    for (const { prefix } of assignedOn(owner, name)) prefixes.set(formatPrefix(prefix), prefix);
  return { name, mtu, prefixes: [...prefixes.values()], impairments: link };
};

/** The plan of a router with these interfaces, which are in configuration order. */
export const routerPlanOf = (
  router: RouterConfiguration,
  interfaces: readonly Interface[],
  lab: Configuration,
): RouterPlan => ({
  name: router.name,
  interfaces,
  routes: [...configuredRoutes(router), ...neighborRoutes(router, lab)],
  tables: plannedTables(router),
  settings: router.settings,
  igmp: igmpOf(router, interfaces),
  multicast: multicastOf(router, interfaces),
  filters: router.filters.map((each) => filterOf(each, 'config', interfaces)),
});

/** The addresses that a router owns on one of its links: those of the interface, and its loopback address. */
export const addressesOn = (router: RouterConfiguration, link: string): Address[] => {
  const own = router.interfaces.find((each) => each.link === link);
  if (own === undefined) return [];
  const { loopback } = router.settings.ip;
  return [...own.addresses.map(({ address }) => address), ...(loopback === undefined ? [] : [loopback])];
};

/** What the configuration gives a host or a router on a link. */
const assignedOn = (
  { interfaces }: Pick<HostConfiguration | RouterConfiguration, 'interfaces'>,
  link: string,
): readonly InterfaceAddress[] => interfaces.find((each) => each.link === link)?.addresses ?? [];

/** The indexes of the interfaces, by their links. */
const indexesOf = ({ interfaces }: RouterConfiguration): ReadonlyMap<string | undefined, number> =>
  new Map(interfaces.map(({ link }, at) => [link, at + 1]));

const configuredRoutes = (router: RouterConfiguration): Route[] => {
  const indexes = indexesOf(router);
  return router.routes.map(
    (route): Route => ({
      prefix: route.to,
      type: route.type,
      nexthops:
        route.type === 'unicast'
          ? route.nexthops.map(({ via, link, weight }) => ({ via, egress: indexes.get(link) ?? 0, weight }))
          : [],
      metric: route.metric,
      tos: route.tos,
      origin: 'config',
    }),
  );
};

const plannedTables = (router: RouterConfiguration): PlannedTable[] => {
  const indexes = indexesOf(router);
  return router.tables.map(({ table, links }) => ({
    table,
    ways: table.ways.map(({ type, via, metric }, at) => ({
      type,
      nexthops: via === undefined ? [] : [{ via, egress: indexes.get(links[at]) ?? 0, weight: 1 }],
      metric,
      tos: undefined,
      origin: 'config',
    })),
  }));
};

/**
 * A route to each neighbor of an interface without an address, and to each host that stands alone with a /32, unless
 * the configuration has one.
 */
const neighborRoutes = (router: RouterConfiguration, lab: Configuration): Route[] =>
  router.interfaces.flatMap(({ link, addresses }, at) =>
    (addresses.length === 0 ? neighborsOn(link, router.name, lab) : loneHostsOn(link, lab))
      .filter((address) => !addresses.some(({ prefix }) => contains(prefix, address)))
      .filter((address) => !router.tables.some(({ table }) => table.wayTo(address, 32, 0) >= 0))
      .map(
        (address): Route => ({
          prefix: prefixOf(address, 32),
          type: 'connected',
          nexthops: [{ via: 0, egress: at + 1, weight: 1 }],
          metric: 0,
          tos: undefined,
          origin: 'connected',
        }),
      ),
  );

const loneHostsOn = (link: string, { hosts }: Configuration): Address[] =>
  [...hosts.values()].flatMap((host) =>
    assignedOn(host, link)
      .filter(({ prefix }) => prefix.length === 32)
      .map(({ address }) => address),
  );

const neighborsOn = (link: string, router: string, { hosts, routers }: Configuration): Address[] => {
  const ofHosts = [...hosts.values()].flatMap((host) => assignedOn(host, link).map(({ address }) => address));
  const others = [...routers.values()].filter((each) => each.name !== router);
  return [...ofHosts, ...others.flatMap((each) => addressesOn(each, link))];
};

const igmpOf = (
  router: RouterConfiguration,
  interfaces: readonly Interface[],
): ReadonlyMap<Interface, IgmpSettings> =>
  new Map(router.interfaces.flatMap(({ igmp }, at) => (igmp === undefined ? [] : [[interfaces[at]!, igmp]])));

/** A static multicast route or a reflection is used only if the router is on the links that it names. */
const multicastOf = (
  { multicast }: RouterConfiguration,
  interfaces: readonly Interface[],
): MulticastSettings => {
  const on = (link: string | undefined): Interface | undefined =>
    interfaces.find((each) => each.link === link);
  return {
    routing: multicast.routing,
    reversePath: multicast.reversePath,
    upstream: on(multicast.upstream),
    routes: multicast.routes.flatMap(({ group, source, in: link, out }) => {
      const incoming = on(link);
      const outgoing = out.flatMap((each) => on(each) ?? []);
      return incoming === undefined ? [] : [{ group, source, incoming, outgoing }];
    }),
    reflect: multicast.reflect.map(({ service, between }) => ({
      service,
      between: between.flatMap((each) => on(each) ?? []),
    })),
  };
};

/** A filter of a router with these interfaces; those that it names must be among them. */
export const filterOf = (
  { name, in: incoming, out, match, probability, limit, for: lasts, action, with: code }: FilterConfiguration,
  origin: Filter['origin'],
  interfaces: readonly Interface[],
): Filter => {
  const on = (link: string | undefined): Interface | undefined =>
    link === undefined ? undefined : interfaces.find((each) => each.link === link);
  return {
    name,
    in: on(incoming),
    out: on(out),
    match: match ?? EVERYTHING,
    probability,
    limit,
    for: lasts,
    action,
    with: action === 'reject' ? (code ?? DEFAULT_CODE) : undefined,
    origin,
  };
};

const EVERYTHING = defaultsOf(MATCH_KEYS);
