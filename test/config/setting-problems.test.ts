import { expect, it } from 'vitest';
import { readConfiguration } from '../../src/config/read.js';
import {
  igmp,
  lab,
  routes,
  second,
  withHostRoute,
  withHosts,
  withRouter,
  withRouterInterface,
} from './mistakes.js';
import { saidIn, saying } from './said.js';

const filter = (keys: string): string => withRouter(`filters: [{ name: f, action: drop, ${keys} }]`);
const multicast = (settings: string): string => withRouter(`multicast: { ${settings} }`);
/** A lab whose two routers share the first link, and both speak IGMP there as told. */
const two = (ours: string, theirs: string): string =>
  igmp(ours)
    .replace('red: {}', 'red: { gateway: r1 }')
    .concat(`  r2: { interfaces: { red: { address: 10.0.0.3/24, igmp: ${theirs} } } }`);
const capture = (keys: string): string =>
  lab({ more: `capture: [{ name: c, file: /var/tmp/c.pcapng, ${keys} }]` });
const schedule = (words: string): string => lab({ more: `schedule: [{ at: 1s, do: '${words}' }]` });
const http = (keys: string): string => lab({ more: `http: { ${keys} }` });
const link = (keys: string): string => lab({ links: `links: { red: { ${keys} }, blue: {} }` });
const group = (group: string, source = ''): string =>
  `{ group: ${group}${source === '' ? '' : `, source: ${source}`} }`;
const access = (accepted: string, denied: string): string =>
  igmp(`{ accept-groups: [${accepted}], deny-groups: [${denied}] }`);
const ALL = group('239.0.0.0/8');

/** What may be wrong with what is set, and what is not. */
const SETTINGS: readonly (readonly [title: string, source: string])[] = [
  ['queries later than a version 1 querier can ask for answers', igmp('{ version: 1, query-response-interval: 26s }')],
  ['a startup interval and a count that are set, and a wrong one beside', igmp('{ startup-query-count: 2, robustness: 1, query-interval: 5s }')],
  ['a response interval that is wrong, and a robustness of 1', igmp('{ query-response-interval: 5, robustness: 1 }')],
  ['queriers of which one never asks', two('{ querier: never }', '{ querier: elect }')],
  ['two queriers that never ask', two('{ querier: never }', '{ querier: never }')],
  ['a querier that never asks, and routers that are wrong', igmp('{ querier: never }').concat('  r2: { interfaces: 5 }')],
  ['a querier that never asks beside a router without IGMP', igmp('{ querier: never }').replace('red: {}', 'red: { gateway: r1 }').concat('  r2: { interfaces: { red: { address: 10.0.0.3/24 } } }')],
  ['groups of a source with version 3', igmp(`{ version: 3, join-groups: [${group('232.1.1.1', '10.0.1.2')}] }`)],
  ['groups of sources before version 3, one of them wrong', igmp(`{ version: 2, join-groups: [5, ${group('232.1.1.1')}, ${group('232.1.1.2', '10.0.1.2')}, ${group('232.1.1.3', '10.1')}] }`)],
  ['groups of sources of a version that is wrong', igmp(`{ version: 4, join-groups: [${group('232.1.1.1', '10.0.1.2')}] }`)],
  ['tracking with version 1', igmp('{ version: 1, fast-leave: tracked }')],
  ['tracking with version 3', igmp('{ version: 3, fast-leave: tracked }')],
  ['leaving at once with version 2', igmp('{ version: 2, fast-leave: always }')],
  ['groups that are only denied', igmp(`{ deny-groups: [${ALL}] }`)],
  ['groups of which others are denied', access(ALL, `${group('239.1.0.0/16')}, ${group('238.0.0.0/8')}`)],
  ['groups of which some sources are denied', access(ALL, group('239.0.0.0/8', '10.0.0.0/8'))],
  ['groups of sources that are all denied', access(group('239.1.0.0/16', '10.0.0.0/8'), ALL)],
  ['groups of sources of which some are denied', access(group('239.1.0.0/16', '10.0.0.0/8'), group('239.0.0.0/8', '10.1.0.0/16'))],
  ['groups of the sources that are denied', access(group('239.1.0.0/16', '10.0.0.0/8'), group('239.0.0.0/8', '10.0.0.0/8'))],
  ['accepted groups that are wrong, and denied ones', access(`5, ${group('239.1')}`, `7, ${ALL}, { source: 10.0.0.0/8 }`)],
  ['a second entry that is denied by the second', access(`${group('238.0.0.0/8')}, ${ALL}`, `${group('237.0.0.0/8')}, ${ALL}`)],

  ['an upstream that is wrong in its router', multicast('upstream: red, routing: 5')],
  ['a multicast route back to where it comes from, the second', multicast(`routes: [{ group: 239.1.1.1, in: red, out: [blue] }, { group: 239.1.1.2, in: blue, out: [blue] }]`)],
  ['multicast routes that are wrong', multicast(`routes: [5, { group: 239.1.1.1, in: 5, out: [red] }, { group: 239.1.1.1, in: red }]`)],
  ['a multicast route that a boundary blocks where it leaves', withRouterInterface('multicast-boundary: [local]').replace('blue: { address: 10.0.1.1/24 } }', 'blue: { address: 10.0.1.1/24 } }\n    multicast: { routes: [{ group: 239.1.1.1, in: blue, out: [red] }, { group: 239.255.1.1, in: blue, out: [red] }] }')],
  ['a boundary that is wrong, and static groups', withRouterInterface(`multicast-boundary: [5, 239.0.0.0/8], igmp: { static-groups: [7, ${group('239.1.1.1')}] }`)],
  ['an incoming link of a multicast route that there is not', multicast('routes: [{ group: 239.1.1.1, in: rde, out: [blue] }]')],
  ['a reflection whose first link there is not', multicast('reflect: [{ service: mdns, between: [rde, blue] }]')],
  ['a reflection on a link that the router is not on', multicast('reflect: [{ service: mdns, between: [red, grey] }]').replace('blue: {} }', 'blue: {}, grey: {} }')],
  ['an upstream like no interface', multicast('upstream: x').replace('red: { address: 10.0.0.1/24 }, blue: { address: 10.0.1.1/24 }', '')],
  ['names of links, and no links', multicast('routes: [{ group: 239.1.1.1, in: rde, out: [blue] }]').replace(/links: .*/, '')],

  ['filters on links, the second on none', withRouter('filters: [{ name: f, in: red, out: blue, action: drop }, { name: g, in: rde, action: drop }]')],
  ['three filters of one name, and one of another', withRouter('filters: [{ name: f, action: drop }, { name: g, action: drop }, { name: f, action: drop }, { name: f, action: drop }]')],
  ['filters without a name', withRouter('filters: [{ action: drop }, { action: drop }]')],
  ['a filter that rejects with a message', withRouter('filters: [{ name: f, action: reject, with: net-prohibited }]')],
  ['a message of a filter whose action is wrong', withRouter('filters: [{ name: f, action: dorp, with: net-prohibited }]')],
  ['a destination port of a protocol without ports', filter('match: { protocol: icmp, destination-port: 9 }')],
  ['ports of a protocol that is wrong', filter('match: { protocol: tpc, destination-port: 9 }')],
  ['filters that are wrong', withRouter('filters: [5, { name: f, action: drop, match: 7 }]')],

  ['two captures of one name', lab({ more: 'capture: [{ name: c, file: /var/tmp/a.pcapng }, { name: c, file: /var/tmp/b.pcapng }]' })],
  ['captures into one file, one of them by a longer way', lab({ more: 'capture: [{ name: c, file: a.pcapng }, { name: d, file: ./x/../a.pcapng }, { name: e, file: b.pcapng }]' })],
  ['a capture of an interface that there is not', capture('interface: r1.rde')],
  ['a capture of an interface like none', capture('interface: zzzzzzz')],
  ['a capture of a host', capture('interface: a.red')],
  ['a capture of an interface, where there are no routers', lab({ routers: '', more: 'capture: [{ name: c, file: /var/tmp/c.pcapng, interface: r1.red }]' })],
  ['a capture of an interface, where there is none', lab({ routers: 'routers: { r1: { interfaces: {} } }', more: 'capture: [{ name: c, file: /var/tmp/c.pcapng, interface: r1.red }]' })],
  ['files to keep without a length', capture('keep: 3')],
  ['files to keep with a length', capture('keep: 3, rotate: 10MB')],
  ['a condition that there is not', capture('match: portocol=udp')],
  ['a condition on an interface that there is not', capture('match: interface=r1.rde')],
  ['a condition on an interface', capture('match: interface=r1.red')],
  ['captures that are wrong', lab({ more: 'capture: [5, { name: c, file: 5, interface: [], match: 7 }]' })],

  ['a change of a link that there is not', schedule('link down rde')],
  ['a change of a router that there is not', schedule('icmp set --probe true -r r9')],
  ['a change of an interface that there is not', schedule('igmp query r1.rde')],
  ['a change of a filter that there may be once', schedule('filter del x -r r1')],
  ['a change of what a host sends that there is not', schedule('link set red --from carol --loss 1%')],
  ['a change of what a host or a router sends', lab({ more: "schedule: [{ at: 1s, do: 'link set red --from a --loss 1%' }, { at: 1s, do: 'link set red --from r1 --loss 1%' }]" })],
  ['changes, where there are no routers', lab({ routers: '', more: "schedule: [{ at: 1s, do: 'icmp set --probe true -r r1' }, { at: 1s, do: 'igmp query red' }, { at: 1s, do: 'link set red --from x --loss 1%' }]" })],
  ['changes, where there are no hosts', lab({ hosts: '', more: "schedule: [{ at: 1s, do: 'link set red --from x --loss 1%' }]" })],
  ['changes, where there are no links', lab({ links: '', more: "schedule: [{ at: 1s, do: 'link down x' }]" })],
  ['a change once, said so', lab({ more: "schedule: [{ at: 1s, times: 1, do: 'link down red' }]" })],
  ['a change twice without an interval', lab({ more: "schedule: [{ at: 1s, times: 2, do: 'link down red' }]" })],
  ['a change twice with an interval', lab({ more: "schedule: [{ at: 1s, times: 2, every: 5s, do: 'link down red' }]" })],
  ['changes that are wrong', lab({ more: 'schedule: [5, { at: 1s, do: 7 }]' })],

  ['a server on this machine', http('listen: "127.0.0.9:80"')],
  ['a server for others', http('listen: "192.0.2.1:80"')],
  ['a server for others with a token', http('listen: "192.0.2.1:80", token: secret')],
  ['a server for others whose token is wrong', http('listen: "192.0.2.1:80", token: []')],
  ['a server that listens nowhere', http('token: secret')],

  ['a switch that is a word of the other way', withRouter('icmp: { redirects: off }')],
  ['switches by letters and numbers', withRouter('icmp: { redirects: Y, echo-reply: n, probe: 1, unreachables: "0", frag-needed: on, time-exceeded: no, extensions: 5 }')],
  ['switches in quotes', withRouter('icmp: { redirects: "true", echo-reply: "false", probe: yesno, unreachables: "TRUE" }')],
  ['numbers in quotes, out of range and with a point', link('mtu: "15000000"')],
  ['numbers in quotes with a point', withRouter('icmp: { rate-limit: { per-second: "1.5", burst: "1.5" } }')],
  ['words for numbers', withRouter('icmp: { rate-limit: { per-second: fast, burst: [] } }')],
  ['texts that are too long or too short', lab({ more: `control: { group: ${'g'.repeat(33)} }\nhttp: { listen: "127.0.0.1:1", token: "" }` })],
  ['a value longer than anybody reads', link(`mtu: ${'m'.repeat(100)}`)],
  ['a key longer than anybody reads', link(`${'k'.repeat(100)}: 1`)],
  ['keys that every object has', link('constructor: 1, __proto__: 2, toString: 3')],
  ['a message longer than anybody reads', link(`'${'k'.repeat(600)}': 1`)],
  ['words of numbers that are words of others', igmp('{ ignore-versions: ["1", one, 9, true] }')],
  ['a value that is empty', link('mtu: ')],
  ['values that are null', link('mtu: null, delay: ~, gateway: null')],
  ['an empty text', link('gateway: ""')],
  ['a list for a number', link('mtu: [1500]')],
  ['lists for a number that do not help', link('mtu: [1500, 1500], delay: [[1ms]], loss: [x], jitter: [{}]')],
  ['a mapping for a number', link('mtu: {}')],
  ['a number for a list', withRouter('icmp: { extension-fields: 5, extensions: interface }')],
  ['a list of what is wrong', withRouter('icmp: { extension-fields: [indx, 5, name] }')],
  ['names for a mapping of names', lab({ links: 'links: red' })],
  ['names that are no names', lab({ links: 'links: { red: {}, blue: {}, "a b": {}, "": {}, self: {} }' })],
  ['a name of 64 characters', lab({ links: `links: { red: {}, blue: {}, ${'n'.repeat(64)}: {} }` })],
  ['a host that is a mapping of nothing', withHosts(`  a: { interfaces: { red: } }\n  ${second}`)],
  ['an address for an interface', withHosts(`  a: { interfaces: { red: 10.0.0.2/24 } }\n  ${second}`)],
  ['an address that is wrong for an interface', withHosts(`  a: { interfaces: { red: 10.0.0.2/24x } }\n  ${second}`)],
  ['a list for an interface', withHosts(`  a: { interfaces: { red: [10.0.0.2/24] } }\n  ${second}`)],
  ['two keys that are missing', withRouter('multicast: { routes: [{ group: 239.1.1.1 }, { in: red }, 239.1.1.1] }')],
  ['a key that is missing beside one that is like it', withRouter('filters: [{ name: f, acton: drop }, { nme: g, action: drop }]')],
  ['a next hop for next hops', routes('{ to: default, nexthops: [10.0.0.2, 10.1] }')],
  ['words of ip route that are none', routes('default via, 10.9.0.0/16 dev red, blackhole default')],
  ['routes of hosts that are no prefixes', withHostRoute('5, {}, { to: 5 }, true, null')],
  ['too many next hops, too few between', withRouter('multicast: { reflect: [{ service: mdns, between: [red] }, { service: mdnss, between: [] }] }')],
  ['unlike keys of the top', lab({ more: 'zzzzzzzzzzzz: 1' })],
  ['a version that is missing, and one like it', lab().replace('version: 1', 'vresion: 1')],
  ['a version that is a word', lab().replace('version: 1', 'version: one')],
]; // biome-ignore format: a table

const expectedOf = saidIn('setting-problems.txt');
it.each(SETTINGS)('what is said of %s is what stands in setting-problems.txt', (title, source) => {
  const found = saying(readConfiguration(source, '/labs/lab.yaml').problems);
  expect(found).toBe(expectedOf(title, found));
});
