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
  whole,
} from '../../key.js';
import { prefixed } from '../../section.js';
import { ICMP_KEYS, IP_KEYS, MULTICAST_KEYS } from '../../settings.js';
import { FILTER_KEYS } from './filter.js';

/** What a router's place on a link has besides IGMP and the scope of multicast. */
export const INTERFACE_KEYS = {
  address: noted(
    'the first is primary',
    oneOrMore(
      'one, or a list whose first is primary; without, the interface is unnumbered',
      leaf('interface-address', 'an address and its prefix length'),
      256,
    ),
  ),
  forwarding: flag('false: nothing in transit comes in or leaves here', true),
};

/** What stands before the keys of an interface's multicast scope. */
export const SCOPE_PREFIX = 'multicast-';

const interfaces = section('the router’s place on a link', {
  ...INTERFACE_KEYS,
  ...prefixed(SCOPE_PREFIX, SCOPE_KEYS),
  igmp: optional(section('IGMP on this interface; without it, none', IGMP_KEYS)),
});

export const NEXT_HOP_KEYS = {
  via: required(leaf('host-address', 'the next hop')),
  weight: whole('its share of the flows', 1, 256, 1),
};

/** A way to a destination. */
export const ROUTE_KEYS = {
  to: required(leaf('prefix', 'the destination')),
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
  /** Undefined: for all. Source: RFC 1812 §5.2.4.3. */
  tos: whole('only for datagrams of this type of service', 0, 255),
};

export const ROUTER_KEYS = {
  interfaces: required(named('one for each link, by the link’s name', 'a link', interfaces)),
  routes: list(
    'besides those to its own networks',
    section('a way to a destination: `via`, `nexthops` or a `type`', ROUTE_KEYS),
  ),
  icmp: section('what the router says by ICMP', ICMP_KEYS),
  ip: section('how the router treats datagrams', IP_KEYS),
  multicast: section('multicast forwarding', MULTICAST_KEYS),
  filters: list('rules in their order', section('a rule; the first that matches counts', FILTER_KEYS)),
};
