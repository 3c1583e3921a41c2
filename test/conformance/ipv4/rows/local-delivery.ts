import { addressOctets } from '../../../support/datagram.js';
import { kase, type Row, row } from '../../case.js';
import { forwarded, passedOn } from '../../expectation.js';
import { HOST, REMOTE, ROUTER } from '../../topology.js';
import { echoReply, error } from '../expects.js';
import { echoRequest, transit, udp } from '../sends.js';

const SLASH_31 = { addresses: { 1: ['10.0.2.0/31'] }, onlyTheseRoutes: true };
const PEER_31 = { 1: ['10.0.2.1'] };

/** Port 1 has no address of its own; the router's identity is another. */
const UNNUMBERED = { addresses: { 1: [] }, onlyTheseRoutes: true };
const LOOPBACK = '10.255.0.1';
const WITH_LOOPBACK = { ip: { loopback: LOOPBACK } };
/** The neighbor on port 1 that an unnumbered interface knows by configuration. */
const NEIGHBOR = '10.0.2.200';

const TWO_SUBNETS = { addresses: { 0: ['10.0.1.1/24', '10.0.5.1/24'] } };

export const localDelivery: readonly Row[] = [
  row(
    'LD1',
    'MUST',
    'RFC 1812 §5.2.3, §4.3.3.6',
    'every address of the router is reached by every port, and answers as itself',
    [
      ...[1, 2, 3].map((port) =>
        kase(`an echo request by port 0 to the address of port ${port}`, {
          send: echoRequest({ destination: ROUTER[port]! }),
          on: 0,
          expect: [echoReply({ on: 0 })],
        }),
      ),
    ],
  ),
  row('LD2', '—', 'RFC 1122 §3.3.4.2', 'an address answers though its own port is down', [
    kase('an echo request to the address of a port that is down', {
      steps: [
        { setDown: 1 },
        { send: echoRequest({ destination: ROUTER[1] }), on: 0, expect: [echoReply({ on: 0 })] },
      ],
    }),
  ]),
  row('LD7', 'MUST', 'RFC 3021 §2.1, §2.2', 'both addresses of a /31 are ordinary hosts', [
    kase('the lower one is ours and answers', {
      topology: SLASH_31,
      announce: PEER_31,
      send: echoRequest({ destination: '10.0.2.0' }),
      on: 0,
      expect: [echoReply({ on: 0 })],
    }),
    kase('the upper one is reached', {
      topology: SLASH_31,
      announce: PEER_31,
      send: transit({ destination: '10.0.2.1' }),
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
    kase('the upper one may send', {
      topology: SLASH_31,
      announce: PEER_31,
      send: transit({ source: '10.0.2.1', destination: HOST[0] }),
      on: 1,
      expect: [forwarded({ on: 0 })],
    }),
    kase('the upper one is told of errors', {
      topology: SLASH_31,
      announce: PEER_31,
      send: transit({ source: '10.0.2.1', destination: HOST[0], ttl: 1 }),
      on: 1,
      expect: [error({ on: 1, type: 11, code: 0, from: '10.0.2.0', mayQuoteForwarded: true })],
      drop: 'ttl-expired',
    }),
  ]),
  row(
    'LD8',
    'MUST',
    'RFC 1812 §4.2.2.2, §2.2.7',
    "a port without an address speaks under the router's identity",
    [
      kase('forwards through it', {
        topology: UNNUMBERED,
        settings: WITH_LOOPBACK,
        send: transit({ destination: NEIGHBOR }),
        on: 0,
        expect: [forwarded({ on: 1 })],
      }),
      kase('an error that leaves by it', {
        topology: UNNUMBERED,
        settings: WITH_LOOPBACK,
        send: transit({ source: NEIGHBOR, destination: HOST[0], ttl: 1 }),
        on: 1,
        expect: [error({ on: 1, type: 11, code: 0, from: LOOPBACK, mayQuoteForwarded: true })],
        drop: 'ttl-expired',
      }),
      kase('a route recorded on the way out of it', {
        topology: UNNUMBERED,
        settings: WITH_LOOPBACK,
        send: transit({ destination: NEIGHBOR, options: [7, 7, 4, 0, 0, 0, 0, 0] }),
        on: 0,
        expect: [
          forwarded({
            on: 1,
            as: passedOn(
              transit({ destination: NEIGHBOR, options: [7, 7, 8, ...addressOctets(LOOPBACK), 0] }),
            ),
          }),
        ],
      }),
      kase('its identity answers', {
        topology: UNNUMBERED,
        settings: WITH_LOOPBACK,
        send: echoRequest({ destination: LOOPBACK }),
        on: 0,
        expect: [echoReply({ on: 0 })],
      }),
    ],
  ),
  row(
    'LD9',
    'MUST',
    'RFC 1812 §4.3.2.4',
    "of several addresses on a port an error carries the one in the sender's subnet, else the primary",
    [
      kase('a sender in the second subnet', {
        topology: TWO_SUBNETS,
        announce: { 0: ['10.0.5.10'] },
        send: transit({ source: '10.0.5.10', ttl: 1 }),
        on: 0,
        expect: [error({ on: 0, type: 11, code: 0, from: '10.0.5.1', mayQuoteForwarded: true })],
        drop: 'ttl-expired',
      }),
      kase('a sender in the first subnet', {
        topology: TWO_SUBNETS,
        send: transit({ ttl: 1 }),
        on: 0,
        expect: [error({ on: 0, type: 11, code: 0, mayQuoteForwarded: true })],
        drop: 'ttl-expired',
      }),
      kase('a sender in neither', {
        topology: TWO_SUBNETS,
        send: transit({ source: REMOTE[0], ttl: 1 }),
        on: 0,
        expect: [error({ on: 0, type: 11, code: 0, mayQuoteForwarded: true })],
        drop: 'ttl-expired',
      }),
    ],
  ),
  row('LD10', 'MUST', 'RFC 1812 §5.3.11', 'nothing transits a port that does not forward, without a word', [
    kase('comes in by it', {
      topology: { forwardingOff: [0] },
      send: transit(),
      on: 0,
      drop: 'forwarding-off',
    }),
    kase('comes in by it with TTL 1', {
      topology: { forwardingOff: [0] },
      send: transit({ ttl: 1 }),
      on: 0,
      drop: 'forwarding-off',
    }),
    kase('what is for the router itself is still delivered', {
      topology: { forwardingOff: [0] },
      send: echoRequest(),
      on: 0,
      expect: [echoReply({ on: 0 })],
    }),
  ]),
  row('LD11', 'MUST', 'RFC 1812 §5.3.11', 'nothing in transit leaves by a port that does not forward', [
    kase('would leave by it', {
      topology: { forwardingOff: [1] },
      send: transit(),
      on: 0,
      drop: 'forwarding-off',
    }),
  ]),
  row('LD12', 'MUST', 'RFC 1812 §5.2.1 (4)', 'local delivery leaves the header as it came', [
    kase('as a port unreachable about it shows', {
      send: transit({
        destination: ROUTER[0],
        ttl: 5,
        tos: 0x10,
        options: [1, 1, 1, 0],
        payload: udp({ destinationPort: 9 }),
      }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 3 })],
      drop: 'port-unreachable',
    }),
  ]),
];
