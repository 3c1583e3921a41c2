import { type Address, contains, formatAddress, isMulticast, type Prefix } from '../address.js';
import type {
  Configuration,
  HostConfiguration,
  HostInterfaceConfiguration,
} from '../config/configuration.js';
import { formatInterfaceAddress, formatTarget } from '../text/addresses.js';

/** What a configuration calls the namespace in which the program itself runs. */
export const SELF = 'self';

/** A network namespace by name; undefined for the one in which the program runs. */
export type NamespaceName = string | undefined;

/** One thing to do to the kernel's side of a lab. */
export type HostChange =
  | {
      readonly kind: 'namespace';
      readonly namespace: string;
      /** Asked for by a name that is not its host's: it may exist already, and is then used and never removed. */
      readonly given: boolean;
    }
  | {
      readonly kind: 'device';
      readonly namespace: NamespaceName;
      readonly device: string;
      readonly host: string;
      readonly link: string;
      readonly persistent: boolean;
    }
  | { readonly kind: 'no-ipv6'; readonly namespace: NamespaceName; readonly device: string }
  | {
      readonly kind: 'mtu';
      readonly namespace: NamespaceName;
      readonly device: string;
      readonly mtu: number;
    }
  | {
      readonly kind: 'address';
      readonly namespace: NamespaceName;
      readonly device: string;
      /** With its prefix length: `198.51.100.10/24`. */
      readonly address: string;
    }
  | { readonly kind: 'up'; readonly namespace: NamespaceName; readonly device: string }
  | {
      readonly kind: 'route';
      readonly namespace: NamespaceName;
      readonly device: string;
      readonly to: Prefix;
      /** Undefined: on-link. */
      readonly via: Address | undefined;
      /** The next hop is reached on this device although no subnet says so. */
      readonly onlink: boolean;
      /** It takes the place of another route to the same destination. */
      readonly replaces?: boolean;
    };

export type RouteChange = Extract<HostChange, { kind: 'route' }>;
export type DeviceChange = Extract<HostChange, { kind: 'device' }>;
export type NamespaceChange = Extract<HostChange, { kind: 'namespace' }>;

/**
 * Everything that the hosts of a lab need from this machine's kernel, in the order in which it is done.
 *
 * First the namespaces, then the devices, then what is set on them, one namespace after the other. It says
 * what is wanted, whether or not some of it is there already.
 */
export const planHost = (configuration: Configuration): readonly HostChange[] => [
  ...hostChanges(configuration),
];

/** The same one by one. */
export function* hostChanges(configuration: Configuration): Generator<HostChange, void> {
  const hosts = [...configuration.hosts.values()];
  const byNamespace = new Map<NamespaceName, HostConfiguration[]>();
  for (const host of hosts) {
    const within = byNamespace.get(namespaceOf(host));
    if (within === undefined) byNamespace.set(namespaceOf(host), [host]);
    else within.push(host);
  }
  for (const [name, within] of byNamespace) if (name !== undefined) yield planNamespace(name, within);
  for (const host of hosts) for (const attachment of host.interfaces) yield planDevice(host, attachment);
  for (const [name, within] of byNamespace) yield* planSettings(configuration, name, within);
}

export const namespaceOf = (host: HostConfiguration): NamespaceName =>
  host.namespace === SELF ? undefined : host.namespace;

const planNamespace = (namespace: string, hosts: readonly HostConfiguration[]): HostChange => ({
  kind: 'namespace',
  namespace,
  given: !hosts.some((host) => host.name === namespace && host.namespace === namespace),
});

const planDevice = (host: HostConfiguration, attachment: HostInterfaceConfiguration): HostChange => ({
  kind: 'device',
  namespace: namespaceOf(host),
  device: attachment.device,
  host: host.name,
  link: attachment.link,
  persistent: attachment.persistent,
});

function planSettings(
  configuration: Configuration,
  namespace: NamespaceName,
  hosts: readonly HostConfiguration[],
): HostChange[] {
  const attachments = hosts.flatMap((host) => host.interfaces);
  const changes: HostChange[] = [];
  if (namespace !== undefined) {
    changes.push(...attachments.map(({ device }): HostChange => ({ kind: 'no-ipv6', namespace, device })), {
      kind: 'up',
      namespace,
      device: 'lo',
    });
  }
  for (const { device, link, addresses } of attachments) {
    changes.push(
      { kind: 'mtu', namespace, device, mtu: configuration.links.get(link)!.mtu },
      ...addresses.map(
        (each): HostChange => ({
          kind: 'address',
          namespace,
          device,
          address: formatInterfaceAddress(each),
        }),
      ),
      { kind: 'up', namespace, device },
    );
  }
  for (const attachment of attachments) {
    const gateway = gatewayOf(configuration, attachment);
    for (const { to, via: named } of attachment.routes) {
      const via = isMulticast(to.network) ? undefined : (named ?? gateway);
      const onlink = via !== undefined && !attachment.addresses.some(({ prefix }) => contains(prefix, via));
      changes.push({ kind: 'route', namespace, device: attachment.device, to, via, onlink });
    }
  }
  return changes;
}

/**
 * The address that a host's routes go via: that of its link's gateway, as the host sees it.
 *
 * The router's address in the host's subnet before any other on that link; an unnumbered router's loopback
 * address; undefined on a link without a router.
 */
function gatewayOf(
  configuration: Configuration,
  { link, address }: HostInterfaceConfiguration,
): Address | undefined {
  const gateway = configuration.links.get(link)!.gateway ?? '';
  const host = configuration.hosts.get(gateway)?.interfaces.find((candidate) => candidate.link === link);
  if (host !== undefined) return host.address.address === address.address ? undefined : host.address.address;
  const router = configuration.routers.get(gateway);
  const onLink = router?.interfaces.find((candidate) => candidate.link === link)?.addresses ?? [];
  const sharing =
    onLink.find((own) => contains(address.prefix, own.address)) ??
    onLink.find((own) => contains(own.prefix, address.address)) ??
    onLink[0];
  return sharing?.address ?? router?.settings.ip.loopback;
}

/** For a person: `alice: address 198.51.100.10/24 on tp-alice-red`. */
export function formatChange(change: HostChange): string {
  const place = change.namespace ?? 'this namespace';
  switch (change.kind) {
    case 'namespace':
      return `${place}: network namespace`;
    case 'device': {
      const kind = change.persistent ? 'persistent TUN device' : 'TUN device';
      return `${place}: ${kind} ${change.device} (${change.host} on link ${change.link})`;
    }
    case 'no-ipv6':
      return `${place}: no IPv6 on ${change.device}`;
    case 'mtu':
      return `${place}: mtu ${change.mtu} on ${change.device}`;
    case 'address':
      return `${place}: address ${change.address} on ${change.device}`;
    case 'up':
      return `${place}: ${change.device} up`;
    case 'route':
      return `${place}: route ${formatRoute(change)}`;
  }
}

/** The same change as a command that can be run by hand. */
export function commandOf(change: HostChange): string {
  if (change.kind === 'namespace') return `ip netns add ${quote(change.namespace)}`;
  if (change.kind === 'no-ipv6') {
    const inside = change.namespace === undefined ? '' : `ip netns exec ${quote(change.namespace)} `;
    return `${inside}sysctl -w ${quote(`net/ipv6/conf/${change.device}/disable_ipv6=1`)}`;
  }
  return insideOf(change.namespace, batchLineOf(change));
}

/** The words of `ip`, separated by blanks, as a command that acts in a namespace. */
export function insideOf(namespace: NamespaceName, words: string): string {
  const inside = namespace === undefined ? '' : `-n ${quote(namespace)} `;
  return `ip ${inside}${words.split(' ').map(quote).join(' ')}`;
}

/** What removes a namespace, or a device in one, as a command. */
export function removalCommandOf(namespace: NamespaceName, device?: string): string {
  if (device === undefined) return `ip netns del ${quote(namespace ?? '')}`;
  return insideOf(namespace, `link del dev ${device}`);
}

/** The change as a line for `ip -batch`, to be run in its namespace. */
export function batchLineOf(change: Exclude<HostChange, NamespaceChange | { kind: 'no-ipv6' }>): string {
  switch (change.kind) {
    case 'device':
      return `tuntap add dev ${change.device} mode tun`;
    case 'mtu':
      return `link set dev ${change.device} mtu ${change.mtu}`;
    case 'address':
      return `address add ${change.address} dev ${change.device}`;
    case 'up':
      return `link set dev ${change.device} up`;
    case 'route':
      return `route ${change.replaces ? 'replace' : 'add'} ${formatRoute(change)}`;
  }
}

/** As iproute2 writes it: `default via 198.51.100.1 dev tp-alice-red onlink`. */
export function formatRoute({ to, via, device, onlink }: RouteChange): string {
  const next = via === undefined ? '' : ` via ${formatAddress(via)}`;
  return `${formatTarget(to)}${next} dev ${device}${onlink ? ' onlink' : ''}`;
}

const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
