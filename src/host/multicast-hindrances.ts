import { contains, formatAddress, type Prefix } from '../address.js';
import type {
  Configuration,
  HostConfiguration,
  HostInterfaceConfiguration,
} from '../config/configuration.js';
import { openKernel } from '../tun/open-kernel.js';
import { inNamespace } from './namespaces.js';
import { namespaceOf } from './plan.js';
import { turnOfLoop } from './turn.js';

/** 224.0.0.0/4 */
const GROUPS: Prefix = { network: 0xe0000000, length: 4 };

/** Devices looked at between two turns of the event loop: traffic flows already. */
const AT_ONCE = 64;

/** What the kernel of a host does with datagrams on a device. */
export interface KernelSettings {
  /** 0 off, 1 strict, 2 loose; the larger of `all` and the device's own. Source: ip-sysctl.rst. */
  readonly rpFilter: number;
  readonly acceptLocal: boolean;
}

/** Reads the settings of a device in a namespace; undefined where that is not possible. */
export type ReadSettings = (
  namespace: string | undefined,
  device: string,
) => Promise<KernelSettings | undefined>;

/**
 * What keeps programs on the hosts from receiving or sending multicast, though the routers would forward it.
 *
 * Looks at hosts on links where a router runs IGMP, and at their kernels; changes nothing.
 */
export const multicastHindrances = async (
  configuration: Configuration,
  readSettings: ReadSettings = readKernelSettings,
): Promise<string[]> => {
  const links = igmpLinks(configuration);
  const concerned = [...configuration.hosts.values()].flatMap((host) =>
    host.interfaces.filter(({ link }) => links.has(link)).map((each) => [host, each] as const),
  );
  const found: string[] = [];
  for (const [i, [host, each]] of concerned.entries()) {
    if (i % AT_ONCE === AT_ONCE - 1) await turnOfLoop();
    found.push(...routeHindrance(host, each, configuration));
    found.push(...(await kernelHindrances(host, each, configuration, readSettings)));
  }
  return found;
};

const igmpLinks = ({ routers }: Configuration): ReadonlySet<string> =>
  new Set(
    [...routers.values()].flatMap((router) =>
      router.interfaces.filter(({ igmp }) => igmp !== undefined).map(({ link }) => link),
    ),
  );

/** A join that names no interface, and a datagram to a group, go where the routes say. */
const routeHindrance = (
  host: HostConfiguration,
  each: HostInterfaceConfiguration,
  { hosts }: Configuration,
): string[] => {
  if (namespaceOf(host) === undefined) return [];
  const routes = [...hosts.values()]
    .filter(({ namespace }) => namespace === host.namespace)
    .flatMap(({ interfaces }) => interfaces.flatMap((one) => one.routes.map(({ to }) => to)));
  return routes.some((route) => contains(route, GROUPS.network))
    ? []
    : [
        `${host.name} has no route for 224.0.0.0/4: its programs cannot join or send without naming ${each.device}; add 224.0.0.0/4 to hosts.${host.name}.interfaces.${each.link}.routes`,
      ];
};

const kernelHindrances = async (
  host: HostConfiguration,
  each: HostInterfaceConfiguration,
  configuration: Configuration,
  readSettings: ReadSettings,
): Promise<string[]> => {
  const namespace = namespaceOf(host);
  const settings = await readSettings(namespace, each.device);
  if (settings === undefined) return [];
  const { rpFilter, acceptLocal } = settings;
  const setting = (name: string, value: number): string =>
    `${namespace === undefined ? '' : `ip netns exec ${namespace} `}sysctl -w net.ipv4.conf.${each.device}.${name}=${value}`;
  const hasDefault = each.routes.some(({ to }) => to.length === 0);
  const found: string[] = [];
  if (rpFilter > 0 && !hasDefault)
    found.push(
      `${host.name}: rp_filter=${rpFilter} on ${each.device}: its kernel drops streams from sources that it would not answer by this link, and it has no default route here; ${setting('rp_filter', 0)} (and net.ipv4.conf.all.rp_filter=0)`,
    );
  const neighbors = [...configuration.hosts.values()].filter(
    (other) => other !== host && other.namespace === host.namespace,
  );
  // With the strict filter such a source is refused even where local ones are accepted.
  const needed = [
    ...(acceptLocal ? [] : [setting('accept_local', 1)]),
    ...(rpFilter === 1 && hasDefault ? [setting('rp_filter', 2)] : []),
  ];
  if (neighbors.length > 0 && needed.length > 0)
    found.push(
      `${host.name} shares a namespace with ${neighbors.map(({ name }) => name).join(', ')}: its kernel drops what they send to groups, for ${formatAddress(neighbors[0]!.interfaces[0]?.address.address ?? 0)} is an address of its own; ${needed.join(' && ')}`,
    );
  return found;
};

const readKernelSettings: ReadSettings = async (namespace, device) => {
  const kernel = await openKernel();
  try {
    return inNamespace(namespace, undefined, (handle) => {
      const read = (scope: string, name: string): number =>
        Number(kernel.setting(handle, `ipv4/conf/${scope}/${name}`));
      return {
        rpFilter: Math.max(read('all', 'rp_filter'), read(device, 'rp_filter')),
        acceptLocal: read('all', 'accept_local') === 1 || read(device, 'accept_local') === 1,
      };
    });
  } catch {
    return undefined;
  }
};
