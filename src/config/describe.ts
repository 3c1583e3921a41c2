import { formatAddress, formatPrefix } from '../address.js';
import type { InterfaceAddress } from '../interface.js';
import type { IcmpSettings, IpSettings } from '../settings.js';
import type {
  Configuration,
  HostConfiguration,
  RouteConfiguration,
  RouterConfiguration,
} from './configuration.js';
import { describeIgmp, describeMulticast, describeScope } from './describe-multicast.js';

/** The configuration as its file would say it with every default written out: what `show config` prints. */
export const describeConfiguration = (configuration: Configuration): object => {
  const { name, links, hosts, routers, log, control } = configuration;
  return {
    version: 1,
    name,
    links: described(links, ({ mtu, gateway }) => ({ mtu, ...(gateway === undefined ? {} : { gateway }) })),
    hosts: described(hosts, describeHost),
    routers: described(routers, describeRouter),
    log: { level: log.level, format: log.format },
    control: {
      ...(control.socket === undefined ? {} : { socket: control.socket }),
      mode: control.mode.toString(8).padStart(4, '0'),
    },
  };
};

const described = <Value>(values: ReadonlyMap<string, Value>, describe: (value: Value) => object): object =>
  Object.fromEntries([...values].map(([name, value]) => [name, describe(value)]));

const describeHost = ({ namespace, interfaces }: HostConfiguration): object => ({
  namespace,
  interfaces: Object.fromEntries(
    interfaces.map(({ link, address, routes, device, persistent }) => [
      link,
      { address: formatOwn(address), routes: routes.map(formatPrefix), device, persistent },
    ]),
  ),
});

const describeRouter = ({ interfaces, routes, settings, multicast }: RouterConfiguration): object => ({
  interfaces: Object.fromEntries(
    interfaces.map(({ link, addresses, forwarding, scope, igmp }) => [
      link,
      {
        ...(addresses.length === 0 ? {} : { address: describeAddresses(addresses) }),
        forwarding,
        ...describeScope(scope),
        ...(igmp === undefined ? {} : { igmp: describeIgmp(igmp) }),
      },
    ]),
  ),
  routes: routes.map(describeRoute),
  icmp: describeIcmp(settings.icmp),
  ip: describeIp(settings.ip),
  multicast: describeMulticast(multicast),
});

const describeAddresses = (addresses: readonly InterfaceAddress[]): string | string[] =>
  addresses.length === 1 ? formatOwn(addresses[0]!) : addresses.map(formatOwn);

const describeRoute = (route: RouteConfiguration): object => {
  const { to, metric, tos } = route;
  const rest = { metric, ...(tos === undefined ? {} : { tos }) };
  if (route.type !== 'unicast') return { to: formatPrefix(to), type: route.type, ...rest };
  const [first, ...others] = route.nexthops;
  if (first !== undefined && others.length === 0 && first.weight === 1)
    return { to: formatPrefix(to), via: formatAddress(first.via), ...rest };
  const nexthops = route.nexthops.map(({ via, weight }) => ({ via: formatAddress(via), weight }));
  return { to: formatPrefix(to), nexthops, ...rest };
};

const describeIcmp = (icmp: IcmpSettings): object => ({
  'echo-reply': icmp.echoReply,
  'echo-broadcast': icmp.echoBroadcast,
  unreachables: icmp.unreachables,
  'time-exceeded': icmp.timeExceeded,
  'parameter-problems': icmp.parameterProblems,
  redirects: icmp.redirects,
  'frag-needed': icmp.fragNeeded,
  'timestamp-reply': icmp.timestampReply,
  'address-mask-reply': icmp.addressMaskReply,
  'router-discovery': icmp.routerDiscovery,
  probe: icmp.probe,
  extensions: icmp.extensions,
  'extension-fields': icmp.extensionFields,
  'redirects-by-tos': icmp.redirectsByTos,
  source: icmp.source,
  'rate-limit': {
    'per-second': icmp.rateLimit.perSecond,
    burst: icmp.rateLimit.burst,
    'per-destination': {
      'per-second': icmp.rateLimit.perDestination.perSecond,
      burst: icmp.rateLimit.perDestination.burst,
    },
  },
});

const describeIp = (ip: IpSettings): object => ({
  options: {
    'record-route': ip.options.recordRoute,
    timestamp: ip.options.timestamp,
    'router-alert': ip.options.routerAlert,
    'loose-source-route': ip.options.looseSourceRoute,
    'strict-source-route': ip.options.strictSourceRoute,
    other: ip.options.other,
  },
  'directed-broadcast': ip.directedBroadcast,
  'class-e': ip.classE,
  'link-local': ip.linkLocal,
  'reverse-path': ip.reversePath,
  'ecmp-hash': ip.ecmpHash,
  ...(ip.loopback === undefined ? {} : { loopback: `${formatAddress(ip.loopback)}/32` }),
});

const formatOwn = ({ address, prefix }: InterfaceAddress): string =>
  `${formatAddress(address)}/${prefix.length}`;
