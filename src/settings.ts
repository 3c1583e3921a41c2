import { choice, decimal, flag, leaf, list, noted, required, section, several, whole } from './key.js';
import { defaultsOf, type SettingsOf } from './section.js';

/** A token bucket: `burst` at once, then `per-second`. */
const rateKeys = (perSecond: number, burst: number) => ({
  'per-second': decimal('messages a second', 0.001, 1_000_000, perSecond),
  burst: whole('messages that may leave in one burst', 1, 1_000_000, burst),
});

const EXTENSION_FIELDS = ['index', 'address', 'name', 'mtu'] as const;

/** What a router sends by ICMP. */
export const ICMP_KEYS = {
  'echo-reply': flag('answers echo requests', true),
  'echo-broadcast': flag('answers echo requests to a broadcast address or a group', false),
  unreachables: flag('sends destination unreachable (type 3)', true),
  'time-exceeded': flag('sends time exceeded (type 11)', true),
  'parameter-problems': flag('sends parameter problem (type 12)', true),
  redirects: flag('sends redirect (type 5)', true),
  'frag-needed': noted(
    'false: an MTU black hole',
    flag('sends fragmentation needed (type 3, code 4); false makes an MTU black hole', true),
  ),
  'timestamp-reply': flag('answers timestamp requests', false),
  'address-mask-reply': flag('answers address mask requests', false),
  'router-discovery': flag('advertises itself as a router (RFC 1256)', false),
  probe: flag('answers extended echo requests (RFC 8335)', false),
  /** Which interfaces an error names. Source: RFC 5837 §3. */
  extensions: several(
    'objects that errors carry (RFC 4884, RFC 5837)',
    ['incoming', 'outgoing', 'next-hop'],
    [],
  ),
  /** What an error says about each of them. Source: RFC 5837 §4.1. */
  'extension-fields': several('what those objects contain', EXTENSION_FIELDS, EXTENSION_FIELDS),
  /** Source: RFC 1812 §5.2.7.2. */
  'redirects-by-tos': flag(
    'sends redirects for the type of service (code 3) where the route depends on it, else for the host (code 1)',
    false,
  ),
  /**
   * The address of the interface by which the error leaves (RFC 1812 §4.3.2.4), of the one on which the original
   * arrived (what users of traceroute want), or the loopback address.
   */
  source: choice('whose address an error carries', ['egress', 'ingress', 'loopback'], 'egress'),
  'rate-limit': section('how many errors may be sent', {
    ...rateKeys(1000, 50),
    'per-destination': section('for each destination', rateKeys(1, 6)),
  }),
};

export type IcmpSettings = SettingsOf<typeof ICMP_KEYS>;
export type ExtensionRole = IcmpSettings['extensions'][number];
export type ExtensionField = IcmpSettings['extensionFields'][number];

/** What to do with an IP option of a datagram in transit. Source: RFC 7126 §4. */
export type OptionPolicy = 'process' | 'pass' | 'drop';

const policy = (description: string, preset: OptionPolicy) =>
  choice<OptionPolicy, OptionPolicy>(description, ['process', 'pass', 'drop'], preset);

/** How a router treats datagrams. */
export const IP_KEYS = {
  options: section('what to do with each IP option of a datagram in transit (RFC 7126)', {
    'record-route': policy('record route', 'process'),
    timestamp: policy('internet timestamp', 'process'),
    'router-alert': policy('router alert', 'process'),
    'loose-source-route': policy('loose source and record route', 'drop'),
    'strict-source-route': policy('strict source and record route', 'drop'),
    other: policy('all other options', 'pass'),
  }),
  'directed-broadcast': flag('forwards broadcasts to attached networks', false),
  'class-e': flag('240.0.0.0/4 is ordinary unicast', false),
  'link-local': flag('forwards 169.254.0.0/16', false),
  'reverse-path': choice(
    'whether the source must have a route back (RFC 3704)',
    ['strict', 'loose', 'off'],
    'off',
  ),
  'ecmp-hash': choice('what distinguishes flows on several next hops', ['l3', 'l4'], 'l3'),
  /** The router's address on unnumbered interfaces. */
  loopback: leaf('loopback', 'an address of the router itself, on no interface'),
};

export type IpSettings = SettingsOf<typeof IP_KEYS>;
export type OptionSettings = IpSettings['options'];

/** How a router behaves. The defaults are those of the configuration file. */
export interface RouterSettings {
  readonly icmp: IcmpSettings;
  readonly ip: IpSettings;
}

export const DEFAULT_SETTINGS: RouterSettings = {
  icmp: defaultsOf(ICMP_KEYS),
  ip: defaultsOf(IP_KEYS),
};

/** How a router forwards multicast, in the names of links. */
export const MULTICAST_KEYS = {
  routing: flag('forwards multicast', true),
  'reverse-path': choice(
    'whether multicast must arrive from the direction of its source',
    ['strict', 'off'],
    'strict',
  ),
  /** Where the host side of an IGMP proxy is. Source: RFC 4605 §4. */
  upstream: noted(
    'IGMP proxy towards this link; omitted: a plain querier',
    leaf('name', 'IGMP proxy towards this link (RFC 4605)'),
  ),
  /** All links must exist; a route is used only if the router is on them. */
  routes: noted(
    true,
    list(
      'forwarded whether or not anybody joins',
      section('', {
        group: required(leaf('groups', 'the group, or a prefix of groups')),
        source: leaf('host-address', 'only from this source'),
        in: required(leaf('name', 'the link on which it arrives')),
        out: required(list('the links by which it leaves', leaf('name', 'a link'), { least: 1 })),
      }),
    ),
  ),
  /** Never across a boundary; only what comes from a neighbor. */
  reflect: noted(
    'carries mdns or ssdp between links',
    list(
      'services whose search and announcements are carried between links',
      section('', {
        service: required(
          choice('mdns: 224.0.0.251, port 5353; ssdp: 239.255.255.250, port 1900', ['mdns', 'ssdp']),
        ),
        between: required(list('the links', leaf('name', 'a link'), { least: 2 })),
      }),
    ),
  ),
};

/** So many routes may lead to one prefix, with different metrics or types of service: all are looked through. */
export const MOST_TO_ONE_PREFIX = 256;
