const LINKS = 'links: { red: {}, blue: {} }';
const HOSTS = `hosts:
  a: { interfaces: { red: { address: 10.0.0.2/24, routes: [default] } } }
  b: { interfaces: { blue: { address: 10.0.1.2/24, routes: [default] } } }`;
const ROUTER = `routers:
  r1:
    interfaces: { red: { address: 10.0.0.1/24 }, blue: { address: 10.0.1.1/24 } }`;

/** A lab of two links, with whatever a test puts in the place of a part. */
export const lab = (
  parts: { links?: string; hosts?: string; routers?: string; more?: string } = {},
): string =>
  `version: 1\n${parts.links ?? LINKS}\n${parts.hosts ?? HOSTS}\n${parts.routers ?? ROUTER}\n${parts.more ?? ''}`;
export const withHosts = (hosts: string): string => lab({ hosts: `hosts:\n${hosts}` });
/** A host on the first link with these routes. */
export const withHostRoute = (list: string): string =>
  withHosts(`  a: { interfaces: { red: { address: 10.0.0.2/24, routes: [${list}] } } }\n  ${second}`);
export const withRouter = (more: string): string => lab({ routers: `${ROUTER}\n    ${more}` });
export const routes = (list: string): string => withRouter(`routes: [${list}]`);
export const igmp = (settings: string): string =>
  lab().replace('red: { address: 10.0.0.1/24 }', `red: { address: 10.0.0.1/24, igmp: ${settings} }`);
export const withRouterInterface = (keys: string): string =>
  lab().replace('red: { address: 10.0.0.1/24 }', `red: { address: 10.0.0.1/24, ${keys} }`);
const ROUTER_END = 'blue: { address: 10.0.1.1/24 } }';
export const second = 'b: { interfaces: { blue: { address: 10.0.1.2/24 } } }';

/** Labs with one mistake each, or none, with a mark before each place. */
export const MISTAKES: readonly (readonly [title: string, source: string])[] = [
  ['nothing is wrong', lab()],

  ['an empty file', '<E-YAML>'],
  ['only a comment', '<E-YAML># nothing'],
  ['no mapping', '<E-YAML>- 1'],
  ['a bracket that stays open', 'version: [1<E-YAML>'],
  ['a tab', 'version: 1\nlinks:\n<E-YAML>\tred: {}'],
  ['a second document', 'version: 1\nlinks: {}\n---\n<E-YAML>version: 1'.replace('---\n<E-YAML>', '<E-YAML>---\n')],
  ['an alias of nothing', 'version: <E-YAML>*one'],
  ['an alias in itself', 'links: &a { red: <E-YAML>*a }'],
  ['a tag', 'version: <E-YAML>!one 1'],
  ['a key twice', `${lab()}\nversion: 1`.replace('\nversion', '\n<E-YAML>version')],
  ['a link twice', lab({ links: 'links: { red: {}, blue: {}, <E-YAML>red: {} }' })],
  ['a key that is a list', lab({ more: '<E-YAML>[a]: 1' })],
  ['YAML 1.1', '<E-YAML>%YAML 1.1\n---\nversion: 1'],

  ['an unknown key', lab({ more: '<E-KEY>lgo: {}' })],
  ['a missing version', `<E-KEY>${LINKS}\n${HOSTS}\n${ROUTER}`],
  ['missing links are the cause of all that follows', `<E-KEY>version: 1\n${HOSTS}\n${ROUTER}`],
  ['a missing address of a host', withHosts(`  a: { interfaces: { <E-KEY>red: {} } }\n  ${second}`)],
  ['missing interfaces', withHosts(`  <E-KEY>a: {}\n  ${second}`)],
  ['a misspelt key is not missing, too', withHosts(`  a: { interfaces: { red: { <E-KEY>adress: 10.0.0.2/24 } } }\n  ${second}`)],
  ['captures that are no list', lab({ more: 'capture: <E-TYPE>15' })],
  ['a name with a slash', lab({ links: 'links: { red: {}, blue: {}, <E-KEY><W-UNUSED>a/b: {} }' })],
  ['a filter', withRouter('filters: [{ name: f, in: red, match: { protocol: udp, source: 10.0.0.2, destination-port: 9, size-over: 1400B }, probability: 0.3, action: reject }]')],
  ['a filter without an action', withRouter('filters: [<E-KEY>{ name: f }]')],
  ['two filters of one name', withRouter('filters: [{ name: f, action: drop }, { name: <E-DUPLICATE>f, action: drop }]')],
  ['a filter for another link', withRouter('filters: [{ name: f, out: <E-REF>rod, action: drop }]')],
  ['a message where nothing is rejected', withRouter('filters: [{ name: f, action: drop, <E-KEY>with: net-prohibited }]')],
  ['a message that there is not', withRouter('filters: [{ name: f, action: reject, with: <E-TYPE>net-prohibitted }]')],
  ['a port of a protocol without ports', withRouter('filters: [{ name: f, match: { protocol: icmp, <E-KEY>source-port: 9 }, action: drop }]')],
  ['a port of any protocol', withRouter('filters: [{ name: f, match: { source-port: 9 }, action: drop }]')],
  ['a probability beyond all', withRouter('filters: [{ name: f, probability: <E-RANGE>1.5, action: drop }]')],
  ['a probability without a sense', withRouter('filters: [{ name: f, probability: <E-UNIT>often, action: drop }]')],
  ['a limit of none', withRouter('filters: [{ name: f, limit: <E-RANGE>0, action: drop }]')],
  ['a filter for a network with host bits', withRouter('filters: [{ name: f, match: { source: <E-HOSTBITS>10.0.0.2/24 }, action: drop }]')],
  ['a route without a way', routes('<E-KEY>{ to: 10.9.0.0/16 }')],
  ['a blackhole with a way', routes('{ to: 10.9.0.0/16, type: blackhole, <E-KEY>via: 10.0.0.2 }')],
  ['a route with two ways', routes('{ to: 10.9.0.0/16, via: 10.0.0.2, <E-KEY>nexthops: [{ via: 10.0.1.2 }] }')],
  ['a host called self', withHosts(`  <E-KEY>self: { interfaces: { red: { address: 10.0.0.2/24 } } }\n  ${second}`)],

  ['a version in quotes', lab().replace('version: 1', 'version: <E-TYPE>"1"')],
  ['an empty link', lab({ links: 'links: { <E-TYPE>red: , blue: {} }' })],
  ['a list for a mapping', lab({ more: 'log: <E-TYPE>[]' })],
  ['a mapping for a list', withRouter('routes: <E-TYPE>{}')],
  ['a word for a switch', withRouter('icmp: { redirects: <E-TYPE>yes }')],
  ['a wrong word', withRouter('ip: { reverse-path: <E-TYPE>strickt }')],
  ['a fraction of an octet', lab({ links: 'links: { red: { mtu: <E-TYPE>1500.5 }, blue: {} }' })],
  ['text for a number', lab({ links: 'links: { red: { mtu: <E-TYPE>"1500" }, blue: {} }' })],
  ['a list for one device', withHosts(`  a: { interfaces: { red: { address: 10.0.0.2/24, device: <E-TYPE>[tp] } } }\n  ${second}`)],
  ['a list of no addresses', withHosts(`  a: { interfaces: { red: { address: <E-RANGE>[] } } }\n  ${second}`)],
  ['a relative socket', lab({ more: 'control: { socket: <E-TYPE>lab.sock }' })],
  ['a file mode', lab({ more: 'control: { mode: <E-TYPE>"0999" }' })],

  ...['10.1', '0x7f.1', '010.0.0.1', '10.0.0.256', '10.0.0.1.', '::1', '127.0.0.1', '0.0.0.1'].map(
    (text): [string, string] => [`the next hop ${text}`, routes(`{ to: default, via: <E-ADDRESS>"${text}" }`)],
  ),
  ...['10.0.0.2', '10.0.0.2/33', '10.0.0.2/024', '10.0.0.2/', '10.0.0.0/24', '10.0.0.255/24', '10.0.0.2/0', '255.255.255.255/32'].map(
    (text): [string, string] => [
      `the interface address ${text}`,
      withHosts(`  a: { interfaces: { red: { address: <E-ADDRESS>${text} } } }\n  ${second}`),
    ],
  ),
  ['an address of 240/4', withHosts(`  a: { interfaces: { red: { address: <E-ADDRESS>240.0.0.2/24 } } }\n  ${second}`)],
  ['a route’s destination without a length', routes('{ to: <E-ADDRESS>10.9.0.1, type: blackhole }')],
  ['a loopback address with a subnet', withRouter('ip: { loopback: <E-ADDRESS>192.0.2.0/24 }')],
  ['no address and no loopback address', lab({ routers: 'routers: { r1: { interfaces: { <E-ADDRESS>red: {}, blue: { address: 10.0.1.1/24 } } } }' })],

  ['host bits of a route', routes('{ to: <E-HOSTBITS>10.9.0.1/16, type: blackhole }')],
  ['host bits of a host’s route', withHosts(`  a: { interfaces: { red: { address: 10.0.0.2/24, routes: [<E-HOSTBITS>10.9.0.1/16] } } }\n  ${second}`)],

  ['an unknown link', withHosts(`  a: { interfaces: { red: { address: 10.0.0.2/24 }, <E-REF>blu: { address: 10.0.1.9/24 } } }\n  ${second}`)],
  ['impairments from nobody on the link', lab({ links: 'links: { red: { from: { a: { loss: 1% }, <E-REF>carol: { loss: 1% } } }, blue: {} }' })],
  ['a preset that there is not', lab({ links: 'links: { red: { preset: <E-TYPE>wify }, blue: {} }' })],
  ['a delay without its unit', lab({ links: 'links: { red: { delay: <E-UNIT>15 }, blue: {} }' })],
  ['a delay of more than an hour', lab({ links: 'links: { red: { delay: <E-RANGE>2h }, blue: {} }' })],
  ['a loss of more than everything', lab({ links: 'links: { red: { from: { r1: { loss: <E-RANGE>101% } } }, blue: {} }' })],
  ['a rate without its unit', lab({ links: 'links: { red: { rate: <E-UNIT>50 }, blue: {} }' })],
  ['a burst below zero', lab({ links: 'links: { red: { burst: <E-RANGE>-1 }, blue: {} }' })],
  ['more jitter than delay, all lost, and zero of all kinds', lab({ links: 'links: { red: { delay: 0, jitter: 5ms, loss: 100%, rate: 0, burst: 0, queue: 0, duplicate: 0% }, blue: { delay: 1h, rate: 0mbit } }' })],
  ['an unknown gateway', lab({ links: 'links: { red: { gateway: <E-REF>r2 }, blue: {} }' })],
  ['errors from a loopback address that is not there', withRouter('icmp: { source: <E-REF>loopback }')],

  ['a next hop on no network', routes('{ to: default, via: <E-NEXTHOP>10.0.2.1 }')],
  ['the router itself as next hop', routes('{ to: default, via: <E-NEXTHOP>10.0.1.1 }')],
  ['a broadcast address as next hop', routes('{ to: default, nexthops: [{ via: 10.0.0.2 }, { via: <E-NEXTHOP>10.0.1.255 }] }')],

  ['a host’s route with a next hop', withHostRoute('{ to: 10.9.0.0/16, via: 10.0.0.1 }, { to: 10.8.0.0/16 }')],
  ['a host’s next hop on no network', withHostRoute('{ to: 10.9.0.0/16, via: <E-NEXTHOP>10.0.2.1 }')],
  ['a host’s next hop that is nobody', withHostRoute('{ to: 10.9.0.0/16, via: <E-NEXTHOP>10.0.0.77 }')],
  ['a host’s next hop on another link', withHostRoute('{ to: 10.9.0.0/16, via: <E-NEXTHOP>10.0.1.1 }')],
  ['a host itself as next hop', withHostRoute('{ to: 10.9.0.0/16, via: <E-NEXTHOP>10.0.0.2 }')],
  ['a host’s next hop beside one whose address is wrong', withHostRoute('{ to: 10.9.0.0/16, via: 10.0.0.77 }').replace('red: { address: 10.0.0.1/24 }', 'red: { address: <E-ADDRESS>10.0.0.77 }')],
  ['a host’s next hop for groups', withHostRoute('{ to: 224.0.0.0/4, <E-MCAST>via: 10.0.0.1 }')],
  ['a host’s route with a key too many', withHostRoute('{ to: 10.9.0.0/16, <E-KEY>metric: 5 }')],
  ['a host’s route to nowhere', withHostRoute('<E-KEY>{ via: 10.0.0.1 }')],
  ['a host’s route in a list', withHostRoute('<E-TYPE>[10.9.0.0/16]')],
  ['a host’s route twice, with a next hop', withHostRoute('10.9.0.0/16, <E-DUPLICATE>{ to: 10.9.0.0/16, via: 10.0.0.1 }')],

  ['a host beside its link’s subnet', withHosts(`  a: { interfaces: { red: { address: <E-OVERLAP>10.0.7.2/24 } } }\n  ${second}`)],
  ['links that overlap', lab({
    hosts: '',
    routers: 'routers:\n  r1: { interfaces: { red: { address: 10.0.0.1/24 }, blue: { address: <E-OVERLAP>10.0.1.1/16 } } }\n  r2: { interfaces: { red: { address: 10.0.0.9/24 }, blue: { address: 10.0.3.1/16 } } }',
  })],

  ['an address twice on a link', withHosts(`  a: { interfaces: { red: { address: 10.0.0.2/24 } } }\n  ${second}\n  c: { interfaces: { red: { address: <E-DUPLICATE>10.0.0.2/24 } } }`)],
  ['the router’s address once more', withHosts(`  a: { interfaces: { red: { address: 10.0.0.2/24 } } }\n  ${second}`).replace('address: 10.0.0.1/24', 'address: <E-DUPLICATE>10.0.0.2/24')],
  ['a loopback address that a host has', withRouter('ip: { loopback: <E-DUPLICATE>10.0.0.2/32 }')],
  ['a device twice', withHosts(`  a: { interfaces: { red: { address: 10.0.0.2/24, device: tp0 } } }\n  b: { interfaces: { blue: { address: 10.0.1.2/24, device: <E-DUPLICATE>tp0 } } }`)],
  ['a host and a router of one name', lab().replace('  r1:', '  <E-DUPLICATE>a:')],
  ['a route twice', routes('{ to: default, via: 10.0.0.2 }, { to: <E-DUPLICATE>0.0.0.0/0, via: 10.0.1.2 }, { to: default, metric: 5, via: 10.0.1.2 }')],
  ['a route to a connected network', routes('{ to: <E-DUPLICATE>10.0.0.0/24, type: blackhole }')],
  ['a next hop twice', routes('{ to: default, nexthops: [{ via: 10.0.0.2 }, { via: <E-DUPLICATE>10.0.0.2 }] }')],
  ['a host’s route twice', withHosts(`  a: { interfaces: { red: { address: 10.0.0.2/24, routes: [default, <E-DUPLICATE>0.0.0.0/0] } } }\n  ${second}`)],

  ...['a-name-of-16-oct', 'a/b', '"a b"', 'lo', 'tun%d', '""'].map((text): [string, string] => [
    `the device ${text}`,
    withHosts(`  a: { interfaces: { red: { address: 10.0.0.2/24, device: <E-IFNAMSIZ>${text} } } }\n  ${second}`),
  ]),

  ...[67, 65536, 0, -1].map((mtu): [string, string] => [
    `an MTU of ${mtu}`,
    lab({ links: `links: { red: { mtu: <E-MTU>${mtu} }, blue: { mtu: 65535 } }` }),
  ]),
  ['another version', lab().replace('version: 1', 'version: <E-RANGE>2')],
  ['a metric below zero', routes('{ to: default, via: 10.0.0.2, metric: <E-RANGE>-1 }')],
  ['a type of service of two octets', routes('{ to: default, via: 10.0.0.2, tos: <E-RANGE>0x100 }')],
  ['a weight of nothing', routes('{ to: default, nexthops: [{ via: 10.0.0.2, weight: <E-RANGE>0 }] }')],
  ['no next hop at all', routes('{ to: default, nexthops: <E-RANGE>[] }')],
  ['an empty list of addresses', lab().replace('red: { address: 10.0.0.1/24 }', 'red: { address: <E-RANGE>[] }')],
  ['a long name', lab({ more: `name: <E-RANGE>${'n'.repeat(64)}` })],
  ['a rate of nothing', withRouter('icmp: { rate-limit: { per-second: <E-RANGE>0 } }')],

  ['a version 2 querier that asks for answers later than it can say', igmp('{ version: 2, query-response-interval: <E-RANGE>25.6s }')],
  ['a version 2 querier that asks for answers as late as it can say', igmp('{ version: 2, query-response-interval: 25.5s }')],
  ['an older querier that waits for a leave longer than it can say', igmp('{ version: 1, last-member-query-interval: <E-RANGE>26s }')],
  ['queries faster than hosts answer by default', igmp('{ query-interval: <E-RANGE>10s }')],
  ['queries faster than hosts answer', igmp('{ query-response-interval: <E-RANGE>20s, query-interval: 20s }')],
  ['a query interval that no query can tell', igmp('{ query-interval: <E-RANGE>9h }')],
  ['a startup without queries', igmp('{ startup-query-count: <E-RANGE>0 }')],
  ['a robustness that may lose nothing', igmp('{ robustness: <W-RANGE>1 }')],
  ['a robustness of nothing', igmp('{ robustness: <E-RANGE>0 }')],
  ['a querier that ignores its own version', igmp('{ version: 2, ignore-versions: <E-RANGE>[1, 2] }')],
  ['a version of IGMP that cannot be ignored', igmp('{ ignore-versions: [2, <E-RANGE>3] }')],
  ['an unknown way to be the querier', igmp('{ querier: <E-TYPE>sometimes }')],
  ['a list that accepts no group', igmp('{ accept-groups: <E-RANGE>[] }')],
  ['a denied prefix that holds no groups', igmp('{ deny-groups: [{ group: <E-MCAST>10.0.0.0/8 }] }')],
  ['an accepted prefix that holds more than groups', igmp('{ accept-groups: [{ group: <E-MCAST>192.0.0.0/2 }] }')],
  ['an accepted group without a length', igmp('{ accept-groups: [{ group: <E-ADDRESS>239.1.1.1 }] }')],
  ['an accepted prefix with host bits', igmp('{ accept-groups: [{ group: <E-HOSTBITS>239.1.1.1/8 }] }')],
  ['a denied source of no group', igmp('{ deny-groups: [<E-KEY>{ source: 10.0.0.0/8 }] }')],
  ['a boundary that is no scope', withRouterInterface('multicast-boundary: [local, <E-ADDRESS>locale]')],
  ['a boundary of what is no group', withRouterInterface('multicast-boundary: [<E-MCAST>10.0.0.0/8]')],
  ['a boundary that is one group without a length', withRouterInterface('multicast-boundary: [<E-ADDRESS>239.255.1.1]')],
  ['a threshold that no TTL reaches', withRouterInterface('multicast-ttl-threshold: <E-RANGE>256')],
  ['a threshold of nothing', withRouterInterface('multicast-ttl-threshold: <E-RANGE>0')],
  [
    'a reflection to a link that is none',
    withRouter('multicast: { reflect: [{ service: mdns, between: [red, <E-REF>rde] }] }'),
  ],
  ['a reflection on one link', withRouter('multicast: { reflect: [{ service: ssdp, between: <E-RANGE>[red] }] }')],
  ['static groups that are none', withRouterInterface('igmp: { static-groups: [{ group: <E-MCAST>10.0.0.0/8 }] }')],
  ['static groups with host bits', withRouterInterface('igmp: { static-groups: [{ group: <E-HOSTBITS>239.1.2.3/16 }] }')],
  ['static groups behind a boundary', withRouterInterface('multicast-boundary: [239.0.0.0/8], igmp: { static-groups: [{ group: <W-UNUSED>239.1.0.0/16 }, { group: 224.0.0.0/4 }] }')],
  ['a TTL of nothing', withRouterInterface('multicast-ttl: <E-RANGE>0')],
  ['a TTL that no octet holds', withRouterInterface('multicast-ttl: <E-RANGE>256')],
  ['a TTL that is a word', withRouterInterface('multicast-ttl: <E-TYPE>keep')],
  ['a static group behind a boundary', withRouterInterface('multicast-boundary: [organization-local], igmp: { static-groups: [{ group: <W-UNUSED>239.195.1.1 }, { group: 239.196.1.1 }] }')],
  ['a multicast route across a boundary', withRouterInterface('multicast-boundary: [local]').replace('blue: { address: 10.0.1.1/24 } }', 'blue: { address: 10.0.1.1/24 } }\n    multicast: { routes: [{ group: <W-UNUSED>239.255.1.1, in: red, out: [blue] }] }')],
  ['a version of IGMP in quotes', igmp('{ version: <E-TYPE>"3" }')],
  ['an IGMP that is empty', igmp('null').replace('igmp: null', 'igmp: <E-TYPE>null')],
  ['a misspelt key of IGMP', igmp('{ <E-KEY>fastleave: always }')],
  ['a proxy towards a link that the router is not on', withRouter('multicast: { upstream: <E-REF>grey }').replace('blue: {} }', 'blue: {}, grey: {} }')],
  ['a multicast route between links that the router is not on', withRouter('multicast: { routes: [{ group: 239.1.1.1, in: grey, <W-UNUSED>out: [grey] }] }').replace('blue: {} }', 'blue: {}, <W-UNUSED>grey: {} }')],
  ['a multicast route back to where it comes from', withRouter('multicast: { routes: [{ group: 239.1.1.1, in: red, <W-UNUSED>out: [blue, red] }] }')],
  ['an upstream of a router that forwards no multicast', withRouter('multicast: { routing: false, <W-UNUSED>upstream: red }')],
  ['a group where its mapping is wanted', withRouterInterface('igmp: { static-groups: [<E-TYPE>239.1.1.1] }')],
  ['a multicast route to no link at all', withRouter('multicast: { routes: [{ group: 239.1.1.1, in: red, out: <E-RANGE>[] }] }')],
  ['a multicast route to a link that there is not', withRouter('multicast: { routes: [{ group: 239.1.1.1, in: red, out: [blue, <E-REF>bleu] }] }')],

  ['a group for a host', withHosts(`  a: { interfaces: { red: { address: <E-MCAST>239.1.1.1/24 } } }\n  ${second}`)],
  ['a group for a next hop', routes('{ to: default, via: <E-MCAST>224.0.0.5 }')],
  ['a router’s route to groups', routes('{ to: <E-MCAST>224.0.0.0/4, via: 10.0.0.2 }')],

  ['two routers and no gateway', lab({ links: 'links: { <E-GATEWAY>red: {}, blue: {} }' }).concat('  r2: { interfaces: { red: { address: 10.0.0.3/24 } } }')],
  ['a gateway that is on another link', lab({ links: 'links: { red: { gateway: <E-GATEWAY>r2 }, blue: { gateway: r2 } }' }).concat('  r2: { interfaces: { blue: { address: 10.0.1.3/24 } } }')],
  ['a gateway that is a host on another link', lab({ links: 'links: { red: {}, blue: { gateway: <E-GATEWAY>a } }' })],

  ['two hosts in one namespace', withHosts(`  a: { namespace: self, interfaces: { red: { address: 10.0.0.2/24 } } }\n  b: { namespace: self, interfaces: { blue: { address: <W-SAMENS>10.0.1.2/24 } } }`)],
  ['a host on two links', withHosts('  a: { interfaces: { red: { address: 10.0.0.2/24 }, blue: { address: 10.0.1.2/24 } } }')],
  ['three hosts in one namespace, one on two links', withHosts(`  a: { namespace: n, interfaces: { red: { address: 10.0.0.2/24 } } }\n  b: { namespace: n, interfaces: { red: { address: <W-SAMENS>10.0.0.3/24 }, blue: { address: 10.0.1.3/24 } } }\n  c: { namespace: n, interfaces: { blue: { address: <W-SAMENS>10.0.1.4/24 } } }`)],
  ['a next hop that nobody owns', routes('{ to: default, via: <W-UNUSED>10.0.0.77 }')],
  ['next hops of which nobody owns one', routes('{ to: default, nexthops: [{ via: 10.0.0.2 }, { via: <W-UNUSED>10.0.1.77 }] }')],
  ['a proxy without a downstream interface', withRouter('multicast: { <W-UNUSED>upstream: red }')],
  ['a proxy whose only interface with IGMP is its upstream', igmp('{}').replace(ROUTER_END, `${ROUTER_END}\n    multicast: { <W-UNUSED>upstream: red }`)],
  ['a proxy with a downstream interface', igmp('{}').replace(ROUTER_END, `${ROUTER_END}\n    multicast: { upstream: blue }`)],
  ['neither hosts nor routers', 'version: 1\n<W-UNUSED>links: {}\n'],
  ['groups that are accepted and denied', igmp('{ accept-groups: [<W-UNUSED>{ group: 239.1.0.0/16 }, { group: 239.0.0.0/8 }], deny-groups: [{ group: 239.1.0.0/16 }] }')],
  ['sources that are accepted and denied', igmp('{ accept-groups: [<W-UNUSED>{ group: 232.1.0.0/16, source: 10.9.1.0/24 }, { group: 232.1.0.0/16 }], deny-groups: [{ group: 232.0.0.0/8, source: 10.9.0.0/16 }] }')],
  ['a link on which nobody asks', igmp('{ querier: <W-UNUSED>never }')],
  ['a link on which another router asks', igmp('{ querier: never }').replace('red: {}', 'red: { gateway: r1 }').concat('  r2: { interfaces: { red: { address: 10.0.0.3/24, igmp: {} } } }')],
  ['a link on which another router is only a host', igmp('{ querier: <W-UNUSED>never }').replace('red: {}', 'red: { gateway: r1 }').replace('blue: {}', 'blue: { gateway: r1 }').concat('  r2: { interfaces: { red: { address: 10.0.0.3/24, igmp: {} }, blue: { address: 10.0.1.3/24, igmp: {} } }, multicast: { upstream: red } }')],
  ['tracking of hosts that suppress reports', igmp('{ version: 2, fast-leave: <W-UNUSED>tracked }')],
  ['tracking of hosts that report', igmp('{ fast-leave: tracked }')],
  ['a static group of a source before version 3', igmp('{ version: 2, static-groups: [{ group: 232.1.1.1, <E-KEY>source: 10.0.1.2 }, { group: 239.1.1.1 }] }')],
  ['a joined group of a source before version 3', igmp('{ version: 1, join-groups: [{ group: 232.1.1.1, <E-KEY>source: 10.0.1.2 }] }')],
  ['a small MTU', lab({ links: 'links: { red: { mtu: <W-MTU>575 }, blue: { mtu: 576 } }' })],
  ['a link that nothing is on', lab({ links: 'links: { red: {}, blue: {}, <W-UNUSED>grey: {} }' })],
  ['a link with one end', withHosts('  a: { interfaces: { red: { address: 10.0.0.2/24 } } }').replace('blue: {} }', '<W-UNUSED>blue: {} }')],
  ['a host on no link', withHosts(`  a: { interfaces: { red: { address: 10.0.0.2/24 } } }\n  ${second}\n  <W-UNUSED>c: { interfaces: {} }`)],
  ['routes without a router', lab({ links: 'links: { red: {}, blue: {}, grey: {} }' }).replace(HOSTS, `${HOSTS}\n  c: { interfaces: { grey: { address: 10.0.2.2/24, <W-UNUSED>routes: [default] } } }\n  d: { interfaces: { grey: { address: 10.0.2.3/24 } } }`)],

  ['several mistakes at once', 'version: 1\nlinks: { red: { mtu: <E-MTU>1 } }\n<E-KEY>router: {}\nhosts: { a: { interfaces: { red: { address: <E-ADDRESS>10.1, routes: [<E-HOSTBITS>10.0.0.1/8] } } } }\nlog: { level: <E-TYPE>loud }\n'],
]; // biome-ignore format: a table

/** One change to the file with every key, and what is expected once every feature is there. */
export const CHANGES: readonly (readonly [from: string, to: string])[] = [
  ['delay: 15ms', 'delay: <E-UNIT>15'],
  ['delay: 15ms', 'delay: <E-UNIT>15sec'],
  ['delay: 15ms', 'delay: <E-UNIT>soon'],
  ['delay: 15ms', 'delay: <E-RANGE>61m'],
  ['delay: 15ms', 'delay: <E-RANGE>-1ms'],
  ['loss: 0.5%', 'loss: <E-UNIT>0.005'],
  ['loss: 0.5%', 'loss: <E-RANGE>101%'],
  ['rate: 50mbit', 'rate: <E-UNIT>50Mbps'],
  ['rate: 50mbit', 'rate: <E-RANGE>1001gbit'],
  ['queue: 100', 'queue: <E-RANGE>-1'],
  ['size-over: 100B', 'size-over: <E-UNIT>100'],
  ['query-interval: 125s', 'query-interval: <E-UNIT>125'],
  ['query-interval: 125s', 'query-interval: 10s'],
  ['query-response-interval: 10s', 'query-response-interval: <E-RANGE>125s'],
  ['robustness: 2', 'robustness: <E-RANGE>0'],
  ['version: 3', 'version: <E-RANGE>4'],
  ['{ group: 239.1.2.3 }', '{ group: <E-MCAST>10.0.0.1 }'],
  ['{ group: 239.1.2.3 }', '{ group: <E-MCAST>224.0.0.251 }'],
  ['source: 203.0.113.10 }]', 'source: <E-MCAST>239.1.1.1 }]'],
  ['upstream: core', 'upstream: <E-REF>cor'],
  ['in: blue', 'in: <E-REF>blu'],
  ['protocol: tcp', 'protocol: <E-TYPE>tpc'],
  ['probability: 50%', 'probability: <E-RANGE>2'],
  ['protocol: tcp', 'protocol: <E-RANGE>256'],
  ['action: reject', 'action: drop'],
  ['with: admin-prohibited', 'with: <E-TYPE>admin'],
  ['listen: "127.0.0.1:9476"', 'listen: <E-ADDRESS>"localhost:9476"'],
  ['listen: "127.0.0.1:9476"', 'listen: <E-RANGE>"127.0.0.1:99999"'],
];
