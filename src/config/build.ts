import { basename, extname } from 'node:path';
import type { Address } from '../address.js';
import { DEFAULT_IGMP_SETTINGS } from '../igmp/settings.js';
import { SCOPE_KEYS } from '../interface.js';
import { type SettingsOf, selected, settingsOf } from '../section.js';
import { isFault } from '../text/fault.js';
import { parseName } from '../text/names.js';
import type { DraftAttachment, DraftLoopback } from './attachments.js';
import { linkOfNextHop } from './check/routes.js';
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
import { LINK_KEYS } from './keys/link.js';
import {
  INTERFACE_KEYS,
  NEXT_HOP_KEYS,
  type ROUTE_KEYS,
  type ROUTER_KEYS,
  SCOPE_PREFIX,
} from './keys/router.js';

type LinkOf = (via: Address, router: string) => string | undefined;

/** The configuration of a file without errors, with every default filled in. */
export const buildConfiguration = (
  draft: FileDraft,
  file: string,
  attachments: readonly DraftAttachment[],
  loopbacks: readonly DraftLoopback[],
): Configuration => {
  const { name, links, hosts, routers, log, control } = settingsOf(FILE_KEYS, draft);
  const names = new DeviceNames(
    [...hosts.values()].flatMap(({ interfaces }) =>
      [...interfaces.values()].flatMap(({ device }) => (device === undefined ? [] : [device])),
    ),
  );
  const linkOf: LinkOf = (via, router) => linkOfNextHop(via, router, attachments, loopbacks);
  return {
    name: name ?? nameOfFile(file),
    links: mapped(links, (link, name) => buildLink(name, selected(LINK_KEYS, link), attachments)),
    hosts: mapped(hosts, (host, name) => buildHost(name, host, names)),
    routers: mapped(routers, (router, name) => buildRouter(name, router, linkOf)),
    log,
    control,
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
  link: SettingsOf<typeof LINK_KEYS>,
  attachments: readonly DraftAttachment[],
): LinkConfiguration => {
  const routers = attachments.filter((each) => each.kind === 'router' && each.link === name);
  return { name, ...link, gateway: link.gateway ?? (routers.length === 1 ? routers[0]!.owner : undefined) };
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
  { interfaces, routes, icmp, ip, multicast }: SettingsOf<typeof ROUTER_KEYS>,
  linkOf: LinkOf,
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
  routes: routes.map((route) => buildRoute(name, route, linkOf)),
  settings: { icmp, ip },
  multicast,
});

const buildRoute = (
  router: string,
  { via, nexthops, type, ...route }: SettingsOf<typeof ROUTE_KEYS>,
  linkOf: LinkOf,
): RouteConfiguration => {
  if (type !== 'unicast') return { ...route, type };
  const hops = via === undefined ? nexthops : [settingsOf(NEXT_HOP_KEYS, { via })];
  return { ...route, type, nexthops: hops.map((hop) => ({ ...hop, link: linkOf(hop.via, router)! })) };
};
