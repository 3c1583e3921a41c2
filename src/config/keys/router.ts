import { FILTER_KEYS } from '../../filter.js';
import { IGMP_KEYS } from '../../igmp/settings.js';
import { SCOPE_KEYS } from '../../interface.js';
import {
  choice,
  flag,
  leaf,
  list,
  named,
  noted,
  oneOrMore,
  optional,
  required,
  section,
  text,
  whole,
} from '../../key.js';
import { prefixed } from '../../section.js';
import { ICMP_KEYS, IP_KEYS, MULTICAST_KEYS } from '../../settings.js';

/** A router's interface on a link, apart from IGMP and the scope of multicast. */
export const INTERFACE_KEYS = {
  address: noted(
    'the first is primary',
    oneOrMore(
      'an address, or a list whose first is primary; omitted: the interface is unnumbered',
      leaf('interface-address', 'an address and its prefix length'),
      256,
    ),
  ),
  forwarding: flag('false: no datagram in transit comes in or leaves here', true),
};

/** The prefix of the keys of an interface's multicast scope. */
export const SCOPE_PREFIX = 'multicast-';

const interfaces = section('the router’s interface on a link', {
  ...INTERFACE_KEYS,
  ...prefixed(SCOPE_PREFIX, SCOPE_KEYS),
  igmp: optional(section('IGMP on this interface; omitted: none', IGMP_KEYS)),
});

export const NEXT_HOP_KEYS = {
  via: required(leaf('host-address', 'the next hop')),
  weight: whole('its relative share of the flows', 1, 256, 1),
};

/** A route to a destination. */
export const ROUTE_KEYS = {
  to: leaf('prefix', 'the destination'),
  file: text(
    'instead of all other keys, a file with one route a line: `PREFIX via ADDRESS [metric N]` or `blackhole PREFIX`',
    4096,
  ),
  via: leaf('host-address', 'the next hop'),
  nexthops: list('several next hops that share the flows', section('', NEXT_HOP_KEYS), {
    least: 1,
    most: 64,
  }),
  type: choice(
    'blackhole is silent; unreachable answers ICMP 3/1; prohibit 3/13',
    ['unicast', 'blackhole', 'unreachable', 'prohibit'],
    'unicast',
  ),
  metric: whole('the lowest wins', 0, 0xffffffff, 0),
  /** Undefined: for every type of service. Source: RFC 1812 §5.2.4.3. */
  tos: whole('only for datagrams with this type of service', 0, 255),
};

export const ROUTER_KEYS = {
  interfaces: required(named('one for each link, by the name of the link', 'a link', interfaces)),
  routes: list(
    'routes besides those to its own networks',
    section('a route to a destination: `via`, `nexthops` or a `type`', ROUTE_KEYS),
  ),
  icmp: section('the ICMP messages that the router sends', ICMP_KEYS),
  ip: section('how the router treats datagrams', IP_KEYS),
  multicast: section('multicast forwarding', MULTICAST_KEYS),
  filters: list('filters, in order; the first that matches decides', section('a filter', FILTER_KEYS)),
};
