import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { flattened } from '../../src/change/flatten.js';
import type { Key, Section } from '../../src/key.js';
import { PRESET_NAMES } from '../../src/presets.js';
import { ICMP_KEYS } from '../../src/settings.js';

/** One thing that happens to a lab. */
export type Step =
  | { readonly kind: 'type'; readonly line: string }
  | { readonly kind: 'reload'; readonly file: number }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'send'; readonly from: number; readonly to: string; readonly port: number };

export const FOLDER = mkdtempSync(join(tmpdir(), 'tunpike-everything-'));
export const FILE = join(FOLDER, 'lab.yaml');

writeFileSync(
  join(FOLDER, 'table.txt'),
  '10.1.0.0/16 via 192.0.2.2\nblackhole 10.2.0.0/16\n10.3.0.0/16 via 192.0.2.6 metric 5\n',
);

interface Parts {
  readonly core?: string;
  readonly red?: string;
  readonly r1?: string;
  readonly r2?: string;
  readonly hosts?: string;
  readonly schedule?: string;
}

/** Two routers between three hosts, one of them beyond an interface without an address. */
const file = ({ core = '{}', red = '{}', r1 = '', r2 = '', hosts = '', schedule = '' }: Parts): string => `
links: { red: ${red}, core: ${core}, blue: { delay: 10ms, from: { bob: { rate: 5mbit } } }, edge: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
  dave: { interfaces: { edge: { address: 198.18.5.200/32, routes: [default] } } }
${hosts}routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24, igmp: {} }, core: { address: 192.0.2.1/29 } }
    ip: { loopback: 192.0.2.254/32 }
${r1}  r2:
    interfaces: { core: { address: 192.0.2.2/29, igmp: {} }, blue: { address: 203.0.113.1/24, igmp: {} }, edge: {} }
    ip: { loopback: 192.0.2.255/32 }
${r2}schedule: [{ at: 2s, every: 1s, times: 3, do: filter add --in r1.red --protocol udp --action drop --limit 2 --for 900ms --name timed }${schedule}]
`;

const ROUTES =
  '    routes: [{ to: 203.0.113.0/24, via: 192.0.2.2 }, { file: table.txt }, { to: 10.7.0.0/16, type: prohibit, tos: 16 }]\n';
const FILTERS =
  '    filters: [{ name: first, in: red, action: drop, match: { protocol: tcp, destination-port: 23 } }, { name: soon, action: accept, for: 20s, match: { protocol: 99 } }]\n';

const OTHER_ICMP =
  '    icmp: { echo-reply: false, echo-broadcast: true, unreachables: false, time-exceeded: false, parameter-problems: false, redirects: false, frag-needed: false, timestamp-reply: true, address-mask-reply: true, router-discovery: true, probe: true, extensions: [incoming], extension-fields: [mtu], redirects-by-tos: true, source: ingress, rate-limit: { per-second: 7, burst: 3, per-destination: { per-second: 2, burst: 2 } } }\n';

/** What the file says at one time or another; the first is what it says at the start and at the end. */
export const FILES: readonly string[] = [
  file({ r1: `${ROUTES}${FILTERS}`, r2: '    routes: [{ to: default, via: 192.0.2.1 }]\n' }),
  // Nothing is as it was, so that the first gives back all that it names.
  file({
    core: '{ preset: dsl, delay: 3ms, jitter: 1ms, loss: 1%, burst: 2, duplicate: 1%, reorder: 1%, corrupt: 1%, rate: 9mbit, queue: 50, seed: 7, mtu: 1400, from: { r1: { loss: 2% } } }',
    red: '{ delay: 1ms, mtu: 1300 }',
    r1: OTHER_ICMP,
    r2: OTHER_ICMP,
    schedule: ', { at: 1h, do: link reset red }',
  }),
  file({
    core: '{ delay: 5ms }',
    r1: `${ROUTES.replace('192.0.2.2', '192.0.2.3').replace('10.7', '10.6')}    filters: [{ name: f1, in: core, action: reject, match: { protocol: udp } }]\n`,
    r2: '    routes: [{ to: default, nexthops: [{ via: 192.0.2.1 }, { via: 192.0.2.3, weight: 2 }] }]\n    filters: [{ name: x, out: edge, action: drop, probability: 50%, limit: 9 }]\n',
    hosts: '  carol: { interfaces: { red: { address: 198.51.100.20/24 } } }\n',
  }),
  // Without half of it.
  `
links: { red: { loss: 3% }, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
routers:
  r1: { interfaces: { red: { address: 198.51.100.1/24, igmp: {} }, blue: { address: 203.0.113.1/24 } } }
`,
];

const LINKS = ['red', 'core', 'blue', 'edge'] as const;
const OWNERS = ['alice', 'bob', 'dave', 'carol', 'r1', 'r2'] as const;
const INTERFACES = ['r1.red', 'r1.core', 'r2.core', 'r2.blue', 'r2.edge', 'red', 'core', 'r1.blue'] as const;
const ADDRESSES = [
  '203.0.113.10',
  '198.51.100.10',
  '198.18.5.200',
  '10.1.2.3',
  '10.7.0.1',
  '9.9.9.9',
] as const;
/** In whole quarters of a second as all waiting is, so that nothing ends while another lab catches up. */
const FORS = ['1s', '2s', '5s', '30s'] as const;

const one = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);

/** Some of these options, each with one of its values: `--loss 5% --seed 3`. */
const options = (values: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> =>
  fc.record(values, { requiredKeys: [] }).map((given) =>
    Object.entries(given)
      .flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]))
      .join(' '),
  );

/** A word before another, or nothing. */
const maybe = (word: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.option(value, { nil: undefined }).map((text) => (text === undefined ? '' : ` ${word} ${text}`));

const words = (...parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((each) => each.join(' ').replaceAll(/ +/g, ' ').trim());

const linkSet = words(
  'link set',
  one(...LINKS),
  options({
    delay: one('0', '1ms', '20ms'),
    jitter: one('0', '1ms'),
    loss: one('0', '5%', '100%'),
    burst: one('0', '1', '3.5'),
    duplicate: one('0', '1%'),
    reorder: one('0', '2%'),
    corrupt: one('0', '0.5%'),
    rate: one('0', '1mbit', '1.5gbit'),
    queue: one('0', '10', '1000'),
    seed: one('0', '42'),
    mtu: one('1500', '1400', '576'),
    preset: one(...PRESET_NAMES),
  }),
  maybe('--from', one(...OWNERS)),
  maybe('--for', one(...FORS)),
);
/** Of a preset, one key at a time is in dispute. */
const linkOne = words(
  'link set',
  one(...LINKS),
  one('--loss 0', '--loss 100%', '--delay 0', '--delay 1ms', '--rate 0', '--mtu 1280', '--queue 5'),
  maybe('--for', one(...FORS)),
);
const linkTurn = words('link', one('down', 'up'), one(...LINKS), maybe('--for', one(...FORS)));
const linkReset = words('link reset', one(...LINKS), maybe('--from', one(...OWNERS)));

const filterAdd = words(
  'filter add',
  maybe('--in', one(...INTERFACES)),
  maybe('--out', one(...INTERFACES)),
  options({
    protocol: one('udp', 'tcp', 'icmp', '47'),
    source: one('198.51.100.10', '198.51.100.0/24'),
    destination: one('203.0.113.10', '203.0.113.0/24', 'default'),
    'source-port': one('1000'),
    'destination-port': one('53', '80'),
    'size-over': one('100', '1400'),
    df: one('true', 'false'),
    probability: one('30%', '0.3'),
    limit: one('1', '3'),
    for: one(...FORS),
    name: one('first', 'f1', 'f2', 'x', 'mine'),
    with: one('net-unreachable', 'frag-needed', 'admin-prohibited'),
    router: one('r1', 'r2'),
  }),
  one('--action drop', '--action reject', '--action accept', '--action reject'),
);
const filterDel = words(
  'filter del',
  one('first', 'soon', 'f1', 'f2', 'x', 'mine'),
  maybe('-r', one('r1', 'r2')),
);

const PREFIXES = one(
  '10.1.0.0/16',
  '10.2.0.0/16',
  '10.3.0.0/16',
  '10.7.0.0/16',
  '10.8.0.0/16',
  '203.0.113.0/24',
  'default',
  '198.18.5.200/32',
  '192.0.2.0/29',
);
const way = one(
  'via 192.0.2.2',
  'via 192.0.2.1',
  'via 192.0.2.3 dev core',
  'via 203.0.113.10',
  'via 198.18.5.77 dev edge',
  'via 198.18.5.200',
  'nexthop via 192.0.2.2 weight 3 nexthop via 192.0.2.3',
);
const keyOfRoute = words(maybe('metric', one('5', '7')), maybe('tos', one('0x10', '0x08')));
const router = words('-r', one('r1', 'r2'));
const routePut = words('route', one('add', 'replace'), PREFIXES, way, keyOfRoute, router);
const routeSilent = words(
  'route',
  one('add', 'replace'),
  one('blackhole', 'unreachable', 'prohibit'),
  PREFIXES,
  keyOfRoute,
  router,
);
const routeDel = words('route del', PREFIXES, keyOfRoute, router);

const anyValueOf = (key: Key): fc.Arbitrary<string> => {
  switch (key.kind) {
    case 'flag':
      return one('true', 'false');
    case 'choice':
      return one(...key.words.map(String));
    case 'list':
      return one('incoming', 'incoming,next-hop', 'name,mtu', 'index');
    default:
      return one('1', '5', '100');
  }
};
const icmpSet = words(
  'icmp set',
  options(
    Object.fromEntries(
      Object.entries(flattened(ICMP_KEYS as Section)).map(([name, key]) => [name, anyValueOf(key)]),
    ),
  ),
  router,
);
const igmp = fc.oneof(
  words(
    'igmp query',
    one(...INTERFACES),
    maybe('--group', one('239.1.2.3')),
    maybe('--max-response', one('1s')),
  ),
  words('igmp leave', one(...INTERFACES), one('239.1.2.3')),
);

const typed = fc
  .oneof(
    { weight: 3, arbitrary: linkSet },
    { weight: 2, arbitrary: linkOne },
    { weight: 2, arbitrary: linkTurn },
    { weight: 2, arbitrary: linkReset },
    { weight: 3, arbitrary: filterAdd },
    filterDel,
    { weight: 3, arbitrary: routePut },
    routeSilent,
    { weight: 2, arbitrary: routeDel },
    icmpSet,
    igmp,
  )
  .map((line): Step => ({ kind: 'type', line }));
const other = fc.oneof(
  fc.nat(FILES.length - 1).map((at): Step => ({ kind: 'reload', file: at })),
  fc.integer({ min: 1, max: 12 }).map((quarters): Step => ({ kind: 'wait', milliseconds: quarters * 250 })),
  fc
    .record({ from: fc.nat(3), to: one(...ADDRESSES, '239.1.2.3'), port: fc.constantFrom(53, 80, 23) })
    .map((given): Step => ({ kind: 'send', ...given })),
);

/** Whatever may happen to a lab, in any order. */
export const anySteps = fc.array(fc.oneof({ weight: 4, arbitrary: typed }, { weight: 3, arbitrary: other }), {
  size: 'max',
  maxLength: 30,
});
