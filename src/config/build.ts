import { basename, dirname, extname, resolve } from 'node:path';
import type { Prefix } from '../address.js';
import { parseChangeLine } from '../change/change.js';
import { DEFAULT_IGMP_SETTINGS } from '../igmp/settings.js';
import { IMPAIRMENT_KEYS, withPreset } from '../impairments.js';
import { SCOPE_KEYS } from '../interface.js';
import { type SettingsOf, selected, settingsOf } from '../section.js';
import { isFault } from '../text/fault.js';
import { parseName } from '../text/names.js';
import type {
  Configuration,
  HostConfiguration,
  LinkConfiguration,
  RouteConfiguration,
  RouterConfiguration,
} from './configuration.js';
import { DeviceNames } from './device-names.js';
import type { FileDraft } from './draft.js';
import { FILE_KEYS } from './keys/file.js';
import type { HOST_KEYS } from './keys/host.js';
import { LINK_KEYS, type WHOLE_LINK_KEYS } from './keys/link.js';
import {
  INTERFACE_KEYS,
  NEXT_HOP_KEYS,
  type ROUTE_KEYS,
  type ROUTER_KEYS,
  SCOPE_PREFIX,
} from './keys/router.js';
import type { RouteTable } from './route-table.js';
import type { Topology } from './topology.js';

/** The configuration of a file without errors, with every default filled in. */
export const buildConfiguration = (
  draft: FileDraft,
  file: string,
  topology: Topology,
  tablesOf: (router: string) => readonly RouteTable[],
): Configuration => {
  const { name, links, hosts, routers, log, control, poll, http, capture, schedule } = settingsOf(
    FILE_KEYS,
    draft,
  );
  const names = new DeviceNames(
    [...hosts.values()].flatMap(({ interfaces }) =>
      [...interfaces.values()].flatMap(({ device }) => (device === undefined ? [] : [device])),
    ),
  );
  return {
    name: name ?? nameOfFile(file),
    links: mapped(links, (link, name) => buildLink(name, link, topology)),
    hosts: mapped(hosts, (host, name) => buildHost(name, host, names)),
    routers: mapped(routers, (router, name) => buildRouter(name, router, tablesOf(name), topology)),
    log,
    control,
    poll,
    http,
    capture: capture.map((each) => ({ ...each, file: resolve(dirname(file), each.file) })),
    schedule: schedule.flatMap((each) => {
      const change = parseChangeLine(each.do);
      return isFault(change) ? [] : [{ ...each, change }];
    }),
  };
};

/** `labs/my lab.yaml` gives `my-lab`. */
const nameOfFile = (file: string): string => {
  const stem = basename(file, extname(file))
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63);
  return isFault(parseName(stem)) ? 'lab' : stem;
};

const mapped = <From, To>(
  from: ReadonlyMap<string, From>,
  build: (value: From, name: string) => To,
): ReadonlyMap<string, To> => new Map([...from].map(([name, value]) => [name, build(value, name)]));

const buildLink = (
  name: string,
  link: SettingsOf<typeof WHOLE_LINK_KEYS>,
  topology: Topology,
): LinkConfiguration => {
  const routers = topology.on(name).filter(({ kind }) => kind === 'router');
  return {
    name,
    ...selected(LINK_KEYS, link),
    gateway: link.gateway ?? (routers.length === 1 ? routers[0]!.owner : undefined),
    ...withPreset(selected(IMPAIRMENT_KEYS, link)),
    from: mapped(link.from, withPreset),
  };
};

const buildHost = (
  name: string,
  { namespace, interfaces }: SettingsOf<typeof HOST_KEYS>,
  names: DeviceNames,
): HostConfiguration => ({
  name,
  namespace: namespace ?? name,
  interfaces: [...interfaces].map(([link, each]) => ({
    link,
    ...each,
    address: each.address[0]!,
    addresses: each.address,
    device: each.device ?? names.nameFor(name, link),
  })),
});

const buildRouter = (
  name: string,
  { interfaces, routes, icmp, ip, multicast, filters }: SettingsOf<typeof ROUTER_KEYS>,
  tables: readonly RouteTable[],
  topology: Topology,
): RouterConfiguration => ({
  name,
  interfaces: [...interfaces].map(([link, each]) => {
    const { address: addresses, ...own } = selected(INTERFACE_KEYS, each);
    return {
      link,
      addresses,
      ...own,
      scope: selected(SCOPE_KEYS, each, SCOPE_PREFIX),
      igmp: each.igmp === undefined ? undefined : { ...DEFAULT_IGMP_SETTINGS, ...each.igmp },
    };
  }),
  routes: routes.flatMap(({ to, ...route }) =>
    to === undefined ? [] : [buildRoute(name, { ...route, to }, topology)],
  ),
  tables: tables.map((table) => ({
    table,
    links: table.ways.map(({ via }) => (via === undefined ? undefined : topology.linkOfNextHop(via, name))),
  })),
  settings: { icmp, ip },
  multicast,
  filters,
});

const buildRoute = (
  router: string,
  { via, nexthops, type, file: _, ...route }: SettingsOf<typeof ROUTE_KEYS> & { readonly to: Prefix },
  topology: Topology,
): RouteConfiguration => {
  if (type !== 'unicast') return { ...route, type };
  const hops = via === undefined ? nexthops : [settingsOf(NEXT_HOP_KEYS, { via })];
  return {
    ...route,
    type,
    nexthops: hops.map((hop) => ({ ...hop, link: topology.linkOfNextHop(hop.via, router)! })),
  };
};
