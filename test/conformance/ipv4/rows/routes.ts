import { formatPrefix, prefixOf } from '../../../../src/address.js';
import { ip } from '../../../support/datagram.js';
import { inapplicable, kase, proof, type Row, row, type Step } from '../../case.js';
import { forwarded } from '../../expectation.js';
import {
  BETTER_BY_TOS,
  BLACKHOLED,
  GATEWAY,
  HOST,
  NO_ROUTE,
  NOBODY_AT,
  ONLY_BY_TOS,
  PROHIBITED,
  REMOTE,
  type RouteWords,
  UNREACHABLE,
} from '../../topology.js';
import { error } from '../expects.js';
import { gatewayFault, replacementFault } from '../proofs/routes.js';
import { transit } from '../sends.js';

const NO_NEIGHBORS = 'behind a TUN device Linux knows no neighbors, so none can be missing';

const NESTED = ip('172.21.66.129');

/** A route of every length to prefixes that hold one address, odd lengths by port 1 and even ones by port 2. */
const NESTED_ROUTES: readonly RouteWords[] = Array.from({ length: 32 }, (_, at) => ({
  to: formatPrefix(prefixOf(NESTED, at + 1)),
  via: [GATEWAY[at % 2 === 0 ? 1 : 2]],
}));

/** For each length an address that its prefix holds and the next longer one does not. */
const NESTED_STEPS: readonly Step[] = Array.from({ length: 32 }, (_, at) => at + 1)
  .map((length) => ({ length, address: length === 32 ? NESTED : (NESTED ^ (0x8000_0000 >>> length)) >>> 0 }))
  // One bit further is a group.
  .filter(({ address }) => address >>> 28 !== 0xe)
  .map(({ length, address }) => ({
    send: transit({ destination: address }),
    on: 0,
    expect: [forwarded({ on: length % 2 === 1 ? 1 : 2 })],
  }));

export const routes: readonly Row[] = [
  row(
    'RT1',
    'MUST',
    'RFC 1812 §5.2.4.3 (1), (2)',
    'the longest prefix wins, a host route over all, and the default is the shortest',
    [
      kase('a /16', { send: transit({ destination: '10.40.1.1' }), on: 0, expect: [forwarded({ on: 1 })] }),
      kase('a /24 in it', {
        send: transit({ destination: '10.40.5.1' }),
        on: 0,
        expect: [forwarded({ on: 2 })],
      }),
      kase('a host in that', {
        send: transit({ destination: '10.40.5.5' }),
        on: 0,
        expect: [forwarded({ on: 3 })],
      }),
      kase('the default for what nothing else holds', {
        topology: { routes: [{ to: '0.0.0.0/0', via: [GATEWAY[3]] }] },
        steps: [
          { send: transit({ destination: NO_ROUTE }), on: 0, expect: [forwarded({ on: 3 })] },
          { send: transit({ destination: '10.40.1.1' }), on: 0, expect: [forwarded({ on: 1 })] },
        ],
      }),
    ],
  ),
  row('RT2', 'MUST', 'RFC 1812 §4.2.3.4', 'prefixes of every length, wherever they are', [
    kase('32 nested prefixes', { topology: { routes: NESTED_ROUTES }, steps: NESTED_STEPS }),
    kase('two halves of a network by different ports', {
      topology: {
        routes: [
          { to: '192.168.7.0/25', via: [GATEWAY[1]] },
          { to: '192.168.7.128/25', via: [GATEWAY[2]] },
        ],
      },
      steps: [
        { send: transit({ destination: '192.168.7.127' }), on: 0, expect: [forwarded({ on: 1 })] },
        { send: transit({ destination: '192.168.7.128' }), on: 0, expect: [forwarded({ on: 2 })] },
      ],
    }),
  ]),
  row('RT3', 'MUST', 'RFC 1812 §4.3.3.1, §5.2.7.1', 'no route is answered with 3/0', [
    kase('to a neighbor', {
      send: transit({ destination: NO_ROUTE }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 0 })],
      drop: 'no-route',
    }),
    kase('to a sender behind another router', {
      send: transit({ source: REMOTE[0], destination: NO_ROUTE }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 0 })],
      drop: 'no-route',
    }),
  ]),
  row('RT4', 'MUST', 'RFC 1812 §5.3.9', 'a blackhole route swallows without a word', [
    kase('a blackhole route', { send: transit({ destination: BLACKHOLED }), on: 0, drop: 'blackhole' }),
    kase('with TTL 1', { send: transit({ destination: BLACKHOLED, ttl: 1 }), on: 0, drop: 'blackhole' }),
  ]),
  row('RT5', '—', 'RFC 1812 §5.2.7.1', 'an unreachable route is answered with 3/1', [
    kase('an unreachable route', {
      send: transit({ destination: UNREACHABLE }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 1 })],
      drop: 'unreachable-route',
    }),
  ]),
  row('RT6', 'SHOULD', 'RFC 1812 §5.2.7.1, §5.3.9', 'a prohibit route is answered with 3/13', [
    kase('a prohibit route', {
      send: transit({ destination: PROHIBITED }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 13 })],
      drop: 'prohibit-route',
    }),
  ]),
  inapplicable(
    'RT7',
    '—',
    'RFC 1812 §5.2.4.3',
    'a miss in one routing table goes on in the next',
    'a router has one routing table, so a lookup has nowhere to go on',
  ),
  row(
    'RT8',
    'MUST',
    'RFC 1812 §4.3.3.1, §5.3.2',
    'a route for another type of service only is answered with 3/11, or 3/12 for an attached network',
    [
      kase('a remote network', {
        send: transit({ destination: ONLY_BY_TOS }),
        on: 0,
        expect: [error({ on: 0, type: 3, code: 11 })],
        drop: 'tos-route',
      }),
      kase('a host of an attached network', {
        topology: { routes: [{ to: '10.0.2.64/26', via: [GATEWAY[1]], tos: 0x10 }] },
        announce: { 1: ['10.0.2.70'] },
        send: transit({ destination: '10.0.2.70' }),
        on: 0,
        expect: [error({ on: 0, type: 3, code: 12 })],
        drop: 'tos-route',
      }),
    ],
  ),
  row('RT9', 'SHOULD', 'RFC 1812 §5.2.4.3 (3)', 'a route for the type of service comes before one for any', [
    kase('its own type of service', {
      send: transit({ destination: BETTER_BY_TOS, tos: 0x10 }),
      on: 0,
      expect: [forwarded({ on: 2 })],
    }),
    kase('another type of service', {
      send: transit({ destination: BETTER_BY_TOS, tos: 0x08 }),
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
    kase('the only one there is', {
      send: transit({ destination: ONLY_BY_TOS, tos: 0x10 }),
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
  ]),
  row(
    'RT15',
    'MUST',
    'RFC 1812 §5.2.7.1',
    'a host of an attached network that is not there is 3/1, never 3/0',
    [
      kase('an address that nobody owns', {
        notOnLinux: NO_NEIGHBORS,
        send: transit({ destination: NOBODY_AT[1] }),
        on: 0,
        expect: [error({ on: 0, type: 3, code: 1 })],
        drop: 'host-unreachable',
      }),
      kase('a host whose port is down', {
        steps: [
          { setDown: 1 },
          {
            send: transit({ destination: HOST[1] }),
            on: 0,
            expect: [error({ on: 0, type: 3, code: 1 })],
            drop: 'host-unreachable',
          },
        ],
      }),
      kase('a next hop that nobody owns', {
        notOnLinux: NO_NEIGHBORS,
        topology: { routes: [{ to: '10.72.0.0/16', via: [NOBODY_AT[1]] }] },
        send: transit({ destination: '10.72.0.5' }),
        on: 0,
        expect: [error({ on: 0, type: 3, code: 1 })],
        drop: 'host-unreachable',
      }),
    ],
  ),
  row('RT16', '—', 'RFC 1812 §5.2.4', 'a route through a gateway that is on no attached network is refused', [
    proof('in the configuration file', gatewayFault),
  ]),
  row(
    'RT17',
    '—',
    'RFC 1812 §5.2.4',
    'where a route is replaced each datagram goes the old way or the new one',
    [proof('100 replacements between two datagrams each', replacementFault)],
  ),
];
