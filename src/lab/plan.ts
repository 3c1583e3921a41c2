import { type Address, contains, type Prefix, prefixOf } from '../address.js';
import type { FilterConfiguration, LinkConfiguration, RouterConfiguration } from '../config/configuration.js';
import { isEqual } from '../config/merge.js';
import { DEFAULT_CODE, MATCH_KEYS } from '../filter.js';
import type { IgmpSettings } from '../igmp/settings.js';
import type { Interface } from '../interface.js';
import type { Filter } from '../ip/filter.js';
import type { MulticastSettings } from '../ip/multicast-settings.js';
import type { PlannedTable, Route } from '../ip/route.js';
import type { LinkPlan } from '../link/environment.js';
import type { RouterPlan } from '../router/environment.js';
import { sameItems } from '../same-items.js';
import { defaultsOf } from '../section.js';
import type { OnLinks } from './on-links.js';

/** The plan of a link, with each subnet of its attachments once. */
export const linkPlanOf = (link: LinkConfiguration, onLinks: OnLinks): LinkPlan => {
  const { name, mtu } = link;
  const prefixes = new Map<number, Prefix>();
  for (const { prefix } of onLinks.on(name).addresses)
    prefixes.set(prefix.network * 64 + prefix.length, prefix);
  return { name, mtu, prefixes: [...prefixes.values()], impairments: link };
};

/** The plan of a router, and what it was made of. */
export interface PlannedRouter {
  readonly configuration: RouterConfiguration;
  readonly neighbors: readonly Route[];
  readonly plan: RouterPlan;
}

/** Filters that were made beforehand of those of a configuration, with the interfaces that the router is to have. */
export interface PreparedFilters {
  readonly of: readonly FilterConfiguration[];
  readonly interfaces: readonly Interface[];
  readonly filters: readonly Filter[];
}

/**
 * The plan of a router with these interfaces, which are in configuration order. Whatever the last one was made of, and
 * is still the same, is the very same in it; and so is the plan itself, if all of it is.
 */
export const plannedRouter = (
  configuration: RouterConfiguration,
  interfaces: readonly Interface[],
  onLinks: OnLinks,
  last?: PlannedRouter,
  prepared?: PreparedFilters,
): PlannedRouter => {
  const neighbors = neighborRoutes(configuration, onLinks);
  const known = last !== undefined && sameItems(interfaces, last.plan.interfaces) ? last : undefined;
  const hasSameNeighbors = known !== undefined && isEqual(neighbors, known.neighbors);
  if (hasSameNeighbors && configuration === known.configuration) return known;
  const before = known?.configuration;
  const { plan } = known ?? {};
  const { name, settings, routes, tables, filters } = configuration;
  const madeFilters = (): readonly Filter[] => {
    if (filters === before?.filters) return plan!.filters;
    if (filters === prepared?.of && sameItems(interfaces, prepared.interfaces)) return prepared.filters;
    return filters.map((each) => filterOf(each, 'config', interfaces));
  };
  return {
    configuration,
    neighbors,
    plan: {
      name,
      interfaces,
      routes:
        hasSameNeighbors && routes === before?.routes
          ? plan!.routes
          : new ConfiguredRoutes(configuration, neighbors),
      tables: tables === before?.tables ? plan!.tables! : plannedTables(configuration),
      settings,
      igmp: igmpOf(configuration, interfaces),
      multicast: multicastOf(configuration, interfaces),
      filters: madeFilters(),
    },
  };
};

/** The addresses that a router owns on one of its links: those of the interface, and its loopback address. */
export const addressesOn = (router: RouterConfiguration, link: string): Address[] => {
  const own = router.interfaces.find((each) => each.link === link);
  if (own === undefined) return [];
  const { loopback } = router.settings.ip;
  return [...own.addresses.map(({ address }) => address), ...(loopback === undefined ? [] : [loopback])];
};

/** The indexes of the interfaces, by their links. */
const indexesOf = ({ interfaces }: RouterConfiguration): ReadonlyMap<string | undefined, number> =>
  new Map(interfaces.map(({ link }, at) => [link, at + 1]));

/** The routes of a router: made one by one, as there may be very many. */
class ConfiguredRoutes implements Iterable<Route> {
  readonly #router: RouterConfiguration;
  readonly #neighbors: readonly Route[];

  constructor(router: RouterConfiguration, neighbors: readonly Route[]) {
    this.#router = router;
    this.#neighbors = neighbors;
  }

  /** What the configuration says comes first: it counts. */
  *[Symbol.iterator](): Generator<Route, void> {
    const indexes = indexesOf(this.#router);
    for (const route of this.#router.routes)
      yield {
        prefix: route.to,
        type: route.type,
        nexthops:
          route.type === 'unicast'
            ? route.nexthops.map(({ via, link, weight }) => ({ via, egress: indexes.get(link) ?? 0, weight }))
            : [],
        metric: route.metric,
        tos: route.tos,
        origin: 'config',
      };
    yield* this.#neighbors;
  }
}

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
const neighborRoutes = (router: RouterConfiguration, onLinks: OnLinks): Route[] =>
  router.interfaces.flatMap(({ link, addresses }, at) =>
    (addresses.length === 0 ? neighborsOn(link, router.name, onLinks) : onLinks.on(link).loneHosts)
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

const neighborsOn = (link: string, router: string, onLinks: OnLinks): Address[] => {
  const { hosts, routers } = onLinks.on(link);
  const others = routers.filter((each) => each.name !== router);
  return [...hosts, ...others.flatMap((each) => addressesOn(each, link))];
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
