import type { MulticastRouteView } from '../../../../src/ip/multicast.js';
import { seconds } from '../../../../src/time.js';
import { type Row, row } from '../../case.js';
import { forwarded } from '../../expectation.js';
import type { Dut } from '../../target.js';
import { G, LOCAL_SOURCE, LOWER } from '../addresses.js';
import { reports } from '../expects.js';
import { kase } from '../kase.js';
import { ends, host, passes } from '../scenes.js';
import { data, isEx, query, toEx, v2Report } from '../sends.js';

const SCOPES = 'RFC 2365 §5, §8';
const LOCAL = '239.255.1.1';
/** The boundary of 239.0.0.0/8 on port 0. */
const ON_0 = { scopeOn: { 0: { 'multicast-boundary': ['239.0.0.0/8'] } } } as const;

/** Says what is wrong unless the one route that is remembered is so. */
const routeFault =
  (look: (route: MulticastRouteView) => unknown, wanted: string) =>
  ({ router }: Dut): string | undefined => {
    const found = [...router.multicast.views()].map(look).join('; ');
    return found === wanted ? undefined : `${found} instead of ${wanted}`;
  };

/** The interfaces that a boundary keeps it from. */
const bounded = ({ blocked }: MulticastRouteView): string =>
  blocked.flatMap(({ interface: each, why }) => (why.includes('boundary') ? [each.link] : [])).join();

export const scopes: readonly Row[] = [
  /**
   * Linux asks for a TTL above the threshold, RFC 1812 for one that is no lower: 16 passes a threshold of 16.
   *
   * What comes in counts, not what goes out; TTL 1 is used up whatever the threshold.
   */
  row(
    'I04',
    '—',
    'RFC 1812 §5.2.1.3',
    'what arrives with at least the threshold of an interface leaves by it; 1 unless told',
    [
      kase('unless told, TTL 2 passes and TTL 1 does not', {
        steps: [
          ...([0, 1, 2] as const).map((on) => host(on, toEx(G))),
          passes([0, 1, 2], { ttl: 2 }),
          ends({ ttl: 1 }, 'multicast-ttl'),
        ],
      }),
      kase('equal passes, less does not', {
        scopeOn: { 0: { 'multicast-ttl-threshold': 16 } },
        steps: [
          host(0, toEx(G)),
          passes([0], { ttl: 16 }),
          passes([0], { ttl: 255 }),
          ends({ ttl: 15 }, 'multicast-ttl'),
          ends({ ttl: 1 }, 'multicast-ttl'),
          passes([0], { ttl: 16 }),
        ],
      }),
      kase('each interface has its own', {
        scopeOn: { 0: { 'multicast-ttl-threshold': 16 }, 1: { 'multicast-ttl-threshold': 64 } },
        steps: [
          ...([0, 1, 2] as const).map((on) => host(on, toEx(G))),
          passes([0, 1, 2], { ttl: 64 }),
          { ...passes([0, 2], { ttl: 63 }), drop: 'multicast-ttl' },
          { ...passes([0, 2], { ttl: 16 }), drop: 'multicast-ttl' },
          { ...passes([2], { ttl: 15 }), drop: ['multicast-ttl', 'multicast-ttl'] },
          {
            check: ({ router }) => {
              const [view] = [...router.multicast.views()];
              const out = view?.outgoing.map(({ link }) => link).join();
              const short = view?.blocked.filter(({ why }) =>
                why.startsWith('TTL 15 is below its threshold of '),
              );
              const found = `${out}, not ${short?.map((each) => each.interface.link).join()}`;
              return found === 'p2, not p0,p1' ? undefined : found;
            },
          },
          ends({ ttl: 1 }, 'multicast-ttl'),
        ],
      }),
      kase('255 lets out what has gone through no router', {
        scopeOn: { 0: { 'multicast-ttl-threshold': 255 } },
        steps: [host(0, toEx(G)), passes([0], { ttl: 255 }), ends({ ttl: 254 }, 'multicast-ttl')],
      }),
      kase('that of the interface it comes in by is none', {
        scopeOn: { 3: { 'multicast-ttl-threshold': 255 } },
        steps: [host(0, toEx(G)), passes([0], { ttl: 2 })],
      }),
      kase('a static route knows it, too', {
        scopeOn: { 0: { 'multicast-ttl-threshold': 16 } },
        multicast: { routes: [{ group: G, in: 'p3', out: ['p0'] }] },
        steps: [passes([0], { ttl: 16 }), ends({ ttl: 15 }, 'multicast-ttl')],
      }),
    ],
  ),
  row(
    'I35',
    '—',
    'RFC 1812 §5.3.1',
    'what arrives on an interface with a TTL for multicast of its own goes on with that, and with `pass` TTL 1 goes on',
    [
      kase('TTL 1 goes on with TTL 1, and any other with one less', {
        scopeOn: { 3: { 'multicast-ttl': 'pass' } },
        steps: [
          host(0, toEx(G)),
          passes([0], { ttl: 1 }, 1),
          passes([0], { ttl: 2 }, 1),
          passes([0], { ttl: 64 }, 63),
          ends({ ttl: 0 }, 'multicast-ttl'),
        ],
      }),
      kase('16, whatever it was', {
        scopeOn: { 3: { 'multicast-ttl': 16 } },
        steps: [
          host(0, toEx(G)),
          passes([0], { ttl: 1 }, 16),
          passes([0], { ttl: 255 }, 16),
          ends({ ttl: 0 }, 'multicast-ttl'),
        ],
      }),
      kase('only of that interface, and thresholds count with it', {
        scopeOn: {
          0: { 'multicast-ttl': 'pass', 'multicast-ttl-threshold': 16 },
          1: { 'multicast-ttl-threshold': 17 },
          3: { 'multicast-ttl': 16 },
        },
        steps: [
          host(0, toEx(G)),
          passes([0], { ttl: 1 }, 16),
          host(1, toEx(G)),
          { ...passes([0], { ttl: 255 }, 16), drop: 'multicast-ttl' },
        ],
      }),
      kase('TTL 1 that is passed does not reach a threshold of 2', {
        scopeOn: { 0: { 'multicast-ttl-threshold': 2 }, 3: { 'multicast-ttl': 'pass' } },
        steps: [host(0, toEx(G)), ends({ ttl: 1 }, 'multicast-ttl'), passes([0], { ttl: 2 }, 1)],
      }),
    ],
  ),
  row(
    'I14',
    'MUST',
    SCOPES,
    'a boundary of a scope lets its groups neither in nor out; there is none unless told',
    [
      ...['239.0.0.1', '239.192.0.1', '239.255.0.1', '239.255.255.255'].map((group) =>
        kase(`unless told, ${group} is forwarded like any group`, {
          steps: [host(0, toEx(group)), passes([0], { destination: group })],
        }),
      ),
      kase('not out: nobody behind it can join, and that is why it goes nowhere', {
        ...ON_0,
        steps: [
          {
            ...host(0, toEx(G)),
            drop: 'igmp-ignored',
            counted: ['received report-v3', 'refused boundary'],
            groups: { 0: [] },
          },
          { send: v2Report(), drop: 'igmp-ignored', groups: { 0: [] } },
          { ...ends({}, 'multicast-boundary'), check: routeFault(bounded, 'p0') },
          {
            ...ends({}, 'multicast-boundary'),
            check: routeFault(({ reason }) => reason, 'multicast-boundary'),
          },
        ],
      }),
      kase('not out, while others get it', {
        ...ON_0,
        steps: [
          host(1, toEx(G)),
          { ...host(0, toEx(G)), drop: 'igmp-ignored' },
          { ...passes([1]), check: routeFault(bounded, 'p0') },
        ],
      }),
      kase('not in', {
        ...ON_0,
        steps: [
          host(1, toEx(G)),
          {
            send: data({ source: LOCAL_SOURCE[0] }),
            on: 0,
            drop: 'multicast-boundary',
            check: routeFault(
              ({ reason, outgoing }) => `${reason} ${outgoing.length}`,
              'multicast-boundary 0',
            ),
          },
        ],
      }),
      kase('other groups pass, both ways', {
        ...ON_0,
        steps: [
          host(0, toEx('238.1.1.1')),
          passes([0], { destination: '238.1.1.1' }),
          host(1, toEx('238.1.1.1')),
          {
            send: data({ source: LOCAL_SOURCE[0], destination: '238.1.1.1' }),
            expect: [forwarded({ on: 1 })],
          },
        ],
      }),
      kase('what the settings ask for does not cross it either', {
        ...ON_0,
        igmpOn: { 0: { 'static-groups': [{ group: G }] } },
        multicast: { routes: [{ group: G, in: 'p3', out: ['p0'] }] },
        ...ends({}, 'multicast-boundary'),
      }),
      kase('an upstream gets neither the datagrams nor the reports of a proxy', {
        scopeOn: { 3: { 'multicast-boundary': ['239.0.0.0/8'] } },
        multicast: { upstream: 'p3' },
        steps: [
          host(0, toEx(G)),
          { send: query({ from: LOWER[3] }), on: 3, wait: seconds(10) },
          { send: data({ source: LOCAL_SOURCE[0] }), drop: 'multicast-boundary' },
          { ...host(0, isEx('238.1.1.1')), expect: [reports(toEx('238.1.1.1'), { on: 3 })] },
        ],
      }),
      kase('without IGMP on the interface it holds as well', {
        scopeOn: { 3: { 'multicast-boundary': ['239.0.0.0/8'] } },
        steps: [host(0, toEx(G)), ends({}, 'multicast-boundary')],
      }),
    ],
  ),
  row('I15', 'MAY', SCOPES, 'the local and the organization-local scope are offered by name', [
    ...(
      [
        ['local', LOCAL, '239.254.255.255'],
        ['local', '239.255.255.255', '238.255.255.255'],
        ['organization-local', '239.192.0.1', '239.191.255.255'],
        ['organization-local', '239.195.255.255', '239.196.0.0'],
      ] as const
    ).map(([scope, inside, outside]) =>
      kase(`${scope}: ${inside} is in it, ${outside} is not`, {
        scopeOn: { 0: { 'multicast-boundary': [scope] } },
        steps: [
          { ...host(0, toEx(inside)), drop: 'igmp-ignored', groups: { 0: [] } },
          ends({ destination: inside }, 'multicast-boundary'),
          host(0, toEx(outside)),
          passes([0], { destination: outside }),
        ],
      }),
    ),
  ]),
];
