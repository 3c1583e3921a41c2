import { basename, extname } from 'node:path';
import type { Address } from '../address.js';
import { DEFAULT_SETTINGS, type RouterSettings } from '../settings.js';
import { isFault } from '../text/fault.js';
import type { DraftAttachment, DraftLoopback } from './attachments.js';
import { buildIgmp, buildMulticast, buildScope } from './build-multicast.js';
import { linkOfNextHop } from './check/routes.js';
import type {
  Configuration,
  HostConfiguration,
  LinkConfiguration,
  RouteConfiguration,
  RouterConfiguration,
} from './configuration.js';
import { DeviceNames } from './device-names.js';
import type { CheckedFile, CheckedOf } from './draft.js';
import { parseName } from './value-name.js';

const DEFAULT_MTU = 1500;
const DEFAULT_MODE = 0o660;

type LinkOf = (via: Address, router: string) => string | undefined;

/** The configuration of a file in which nothing is wrong, with every default in its place. */
export const buildConfiguration = (
  checked: CheckedFile,
  file: string,
  attachments: readonly DraftAttachment[],
  loopbacks: readonly DraftLoopback[],
): Configuration => {
  const hosts = checked.hosts ?? new Map<string, CheckedOf<'hosts'>>();
  const routers = checked.routers ?? new Map<string, CheckedOf<'routers'>>();
  const names = new DeviceNames(
    [...hosts.values()].flatMap(({ interfaces }) =>
      [...interfaces.values()].flatMap(({ device }) => (device === undefined ? [] : [device])),
    ),
  );
  const linkOf: LinkOf = (via, router) => linkOfNextHop(via, router, attachments, loopbacks);
  return {
    name: checked.name ?? nameOfFile(file),
    links: mapped(checked.links, (link, name) => buildLink(name, link, attachments)),
    hosts: mapped(hosts, (host, name) => buildHost(name, host, names)),
    routers: mapped(routers, (router, name) => buildRouter(name, router, linkOf)),
    log: { level: checked.log?.level ?? 'info', format: checked.log?.format ?? 'auto' },
    control: { socket: checked.control?.socket, mode: checked.control?.mode ?? DEFAULT_MODE },
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
  { mtu, gateway }: CheckedOf<'links'>,
  attachments: readonly DraftAttachment[],
): LinkConfiguration => {
  const routers = attachments.filter(({ kind, link }) => kind === 'router' && link === name);
  return {
    name,
    mtu: mtu ?? DEFAULT_MTU,
    gateway: gateway ?? (routers.length === 1 ? routers[0]!.owner : undefined),
  };
};

const buildHost = (name: string, host: CheckedOf<'hosts'>, names: DeviceNames): HostConfiguration => ({
  name,
  namespace: host.namespace ?? name,
  interfaces: [...host.interfaces].map(([link, { address, routes, device, persistent }]) => ({
    link,
    address,
    routes: routes ?? [],
    device: device ?? names.nameFor(name, link),
    persistent: persistent ?? false,
  })),
});

const buildRouter = (name: string, router: CheckedOf<'routers'>, linkOf: LinkOf): RouterConfiguration => ({
  name,
  interfaces: [...router.interfaces].map(([link, { address, forwarding, igmp, ...scope }]) => ({
    link,
    addresses: address === undefined ? [] : 'address' in address ? [address] : address,
    forwarding: forwarding ?? true,
    scope: buildScope(scope),
    igmp: igmp === undefined ? undefined : buildIgmp(igmp),
  })),
  routes: (router.routes ?? []).map((route) => buildRoute(name, route, linkOf)),
  settings: buildSettings(router),
  multicast: buildMulticast(router.multicast),
});

const buildRoute = (
  router: string,
  route: NonNullable<CheckedOf<'routers'>['routes']>[number],
  linkOf: LinkOf,
): RouteConfiguration => {
  const { to, tos, metric = 0, type = 'unicast', via, nexthops } = route;
  if (type !== 'unicast') return { to, tos, metric, type };
  const hops = nexthops ?? (via === undefined ? [] : [{ via, weight: 1 }]);
  return {
    to,
    tos,
    metric,
    type,
    nexthops: hops.map((hop) => ({
      via: hop.via,
      link: linkOf(hop.via, router)!,
      weight: hop.weight ?? 1,
    })),
  };
};

const buildSettings = ({ icmp = {}, ip = {} }: CheckedOf<'routers'>): RouterSettings => {
  const { icmp: icmpDefaults, ip: ipDefaults } = DEFAULT_SETTINGS;
  const { options = {} } = ip;
  const limit = icmp['rate-limit'] ?? {};
  const perDestination = limit['per-destination'] ?? {};
  const { rateLimit } = icmpDefaults;
  return {
    icmp: {
      ...icmpDefaults,
      echoReply: icmp['echo-reply'] ?? icmpDefaults.echoReply,
      echoBroadcast: icmp['echo-broadcast'] ?? icmpDefaults.echoBroadcast,
      unreachables: icmp.unreachables ?? icmpDefaults.unreachables,
      timeExceeded: icmp['time-exceeded'] ?? icmpDefaults.timeExceeded,
      parameterProblems: icmp['parameter-problems'] ?? icmpDefaults.parameterProblems,
      redirects: icmp.redirects ?? icmpDefaults.redirects,
      fragNeeded: icmp['frag-needed'] ?? icmpDefaults.fragNeeded,
      timestampReply: icmp['timestamp-reply'] ?? icmpDefaults.timestampReply,
      addressMaskReply: icmp['address-mask-reply'] ?? icmpDefaults.addressMaskReply,
      routerDiscovery: icmp['router-discovery'] ?? icmpDefaults.routerDiscovery,
      probe: icmp.probe ?? icmpDefaults.probe,
      extensions: icmp.extensions ?? icmpDefaults.extensions,
      extensionFields: icmp['extension-fields'] ?? icmpDefaults.extensionFields,
      redirectsByTos: icmp['redirects-by-tos'] ?? icmpDefaults.redirectsByTos,
      source: icmp.source ?? icmpDefaults.source,
      rateLimit: {
        perSecond: limit['per-second'] ?? rateLimit.perSecond,
        burst: limit.burst ?? rateLimit.burst,
        perDestination: {
          perSecond: perDestination['per-second'] ?? rateLimit.perDestination.perSecond,
          burst: perDestination.burst ?? rateLimit.perDestination.burst,
        },
      },
    },
    ip: {
      ...ipDefaults,
      options: {
        recordRoute: options['record-route'] ?? ipDefaults.options.recordRoute,
        timestamp: options.timestamp ?? ipDefaults.options.timestamp,
        routerAlert: options['router-alert'] ?? ipDefaults.options.routerAlert,
        looseSourceRoute: options['loose-source-route'] ?? ipDefaults.options.looseSourceRoute,
        strictSourceRoute: options['strict-source-route'] ?? ipDefaults.options.strictSourceRoute,
        other: options.other ?? ipDefaults.options.other,
      },
      directedBroadcast: ip['directed-broadcast'] ?? ipDefaults.directedBroadcast,
      classE: ip['class-e'] ?? ipDefaults.classE,
      linkLocal: ip['link-local'] ?? ipDefaults.linkLocal,
      reversePath: ip['reverse-path'] ?? ipDefaults.reversePath,
      ecmpHash: ip['ecmp-hash'] ?? ipDefaults.ecmpHash,
      loopback: ip.loopback ?? ipDefaults.loopback,
    },
  };
};
