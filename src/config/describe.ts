import { FILTER_KEYS } from '../filter.js';
import { IGMP_KEYS, type IgmpSettings } from '../igmp/settings.js';
import { SCOPE_KEYS } from '../interface.js';
import { ICMP_KEYS, IP_KEYS, MULTICAST_KEYS } from '../settings.js';
import type {
  Configuration,
  FilterConfiguration,
  HostConfiguration,
  LinkConfiguration,
  RouteConfiguration,
  RouterConfiguration,
  RouterInterfaceConfiguration,
} from './configuration.js';
import { describeSection, describeValue } from './describe-section.js';
import { CAPTURE_KEYS } from './keys/capture.js';
import { CONTROL_KEYS, HTTP_KEYS, LOG_KEYS } from './keys/file.js';
import { HOST_INTERFACE_KEYS } from './keys/host.js';
import { WHOLE_LINK_KEYS } from './keys/link.js';
import { INTERFACE_KEYS, NEXT_HOP_KEYS, ROUTE_KEYS, SCOPE_PREFIX } from './keys/router.js';
import { SCHEDULE_KEYS } from './keys/schedule.js';

/** The lists of an interface that may be long, by their keys. */
export interface GroupLists<List> {
  readonly 'static-groups': List;
  readonly 'join-groups': List;
}

/** What stands in the description of a router for its long lists. */
export interface Lists {
  routesOf(router: RouterConfiguration): unknown;
  filtersOf(router: RouterConfiguration): unknown;
  groupsOf(each: RouterInterfaceConfiguration): GroupLists<unknown>;
}

/** Something made of each list of groups. */
export const mappedGroups = <From, To>(
  groups: GroupLists<From>,
  map: (list: From, key: keyof GroupLists<unknown>) => To,
): GroupLists<To> => ({
  'static-groups': map(groups['static-groups'], 'static-groups'),
  'join-groups': map(groups['join-groups'], 'join-groups'),
});

export const NO_GROUPS: GroupLists<readonly never[]> = { 'static-groups': [], 'join-groups': [] };

/** The schedule as a file would say it. */
export const describeSchedule = (schedule: Configuration['schedule']): readonly object[] =>
  schedule.map((each) => describeSection(SCHEDULE_KEYS, each));

/** A link as the file would say it. */
export const describeLink = (link: LinkConfiguration): object => describeSection(WHOLE_LINK_KEYS, link);

/** A filter as the file would say it. */
export const describeFilter = (filter: FilterConfiguration): object => describeSection(FILTER_KEYS, filter);

/** How the file would say an item of a list of groups. */
export const describeGroup =
  (list: keyof GroupLists<unknown>) =>
  (item: unknown): unknown =>
    describeValue(IGMP_KEYS[list].of, item);

/** The lists of groups of an interface. */
export const groupsOf = ({ igmp }: RouterInterfaceConfiguration): GroupLists<readonly unknown[]> =>
  igmp === undefined ? NO_GROUPS : { 'static-groups': igmp.staticGroups, 'join-groups': igmp.joinGroups };

/** Tables of routes as the file would name them. */
export const describeTables = (tables: RouterConfiguration['tables']): readonly object[] =>
  tables.map(({ table }) => ({ file: table.file }));

const ALL_OF_THEM: Lists = {
  routesOf: ({ routes, tables }) => [...routes.map(describeRoute), ...describeTables(tables)],
  filtersOf: ({ filters }) => filters.map(describeFilter),
  groupsOf: (each) => mappedGroups(groupsOf(each), (items, list) => items.map(describeGroup(list))),
};

/** The configuration as a file with every default written out. */
export const describeConfiguration = (configuration: Configuration): object => {
  const { name, links, hosts, routers, log, control, poll, http, capture, schedule } = configuration;
  return {
    version: 1,
    name,
    links: described(links, describeLink),
    hosts: described(hosts, describeHost),
    routers: described(routers, (router) => describeRouter(router, ALL_OF_THEM)),
    log: describeSection(LOG_KEYS, log),
    control: describeSection(CONTROL_KEYS, control),
    poll,
    // Everybody who may ask can see this, so the token is left out.
    ...(http === undefined ? {} : { http: describeSection(HTTP_KEYS, { ...http, token: undefined }) }),
    capture: capture.map((each) => describeSection(CAPTURE_KEYS, each)),
    schedule: describeSchedule(schedule),
  };
};

const described = <Value>(values: ReadonlyMap<string, Value>, describe: (value: Value) => object): object =>
  Object.fromEntries([...values].map(([name, value]) => [name, describe(value)]));

/** A host as the file would say it. */
export const describeHost = ({ namespace, interfaces }: HostConfiguration): object => ({
  namespace,
  interfaces: Object.fromEntries(
    interfaces.map((each) => [
      each.link,
      describeSection(HOST_INTERFACE_KEYS, { ...each, address: each.addresses }),
    ]),
  ),
});

/** A router as the file would say it. */
export const describeRouter = (router: RouterConfiguration, lists: Lists): object => {
  const { interfaces, settings, multicast } = router;
  return {
    interfaces: Object.fromEntries(
      interfaces.map((each) => [each.link, describeInterface(each, lists.groupsOf(each))]),
    ),
    routes: lists.routesOf(router),
    icmp: describeSection(ICMP_KEYS, settings.icmp),
    ip: describeSection(IP_KEYS, settings.ip),
    multicast: describeSection(MULTICAST_KEYS, multicast),
    filters: lists.filtersOf(router),
  };
};

/** An interface of a router as the file would say it. */
export const describeInterface = (
  each: RouterInterfaceConfiguration,
  groups: GroupLists<unknown>,
): object => ({
  ...describeSection(INTERFACE_KEYS, { ...each, address: each.addresses }),
  ...describeSection(SCOPE_KEYS, each.scope, SCOPE_PREFIX),
  ...(each.igmp === undefined ? {} : { igmp: describeIgmp(each.igmp, groups) }),
});

/** IGMP on an interface as the file would say it. */
export const describeIgmp = (igmp: IgmpSettings, groups: GroupLists<unknown>): object => ({
  ...describeSection(IGMP_KEYS, { ...igmp, staticGroups: [], joinGroups: [] }),
  ...groups,
});

/** A single next hop of default weight becomes `via`; `type` is omitted where it is the default. */
export const describeRoute = (route: RouteConfiguration): object => {
  const hops = route.type === 'unicast' ? route.nexthops : [];
  const [first] = hops;
  const isAlone = hops.length === 1 && first?.weight === NEXT_HOP_KEYS.weight.default;
  const way = isAlone ? { via: first?.via, nexthops: [] } : { via: undefined, nexthops: hops };
  const all = describeSection(ROUTE_KEYS, { ...route, ...way, file: undefined });
  const { type, ...rest } = all;
  return type === ROUTE_KEYS.type.default ? rest : all;
};
