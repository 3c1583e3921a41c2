import { addressOctets } from '../../../support/datagram.js';
import { kase, type Row, row } from '../../case.js';
import type { Expectation } from '../../expectation.js';
import { GATEWAY, HOST, REMOTE, ROUTER } from '../../topology.js';
import { clockFault } from '../clock.js';
import { echoReply } from '../expects.js';
import { echoRequest } from '../sends.js';

const SOURCE_ROUTES = {
  ip: { options: { 'loose-source-route': 'process', 'strict-source-route': 'process' } },
} as const;

/** Record Route with these addresses recorded and room for more. */
const recordRoute = (slots: number, ...recorded: readonly string[]): number[] => [
  7,
  3 + 4 * slots,
  4 + 4 * recorded.length,
  ...recorded.flatMap(addressOctets),
  ...Array.from({ length: 4 * (slots - recorded.length) }, () => 0),
];

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

const stamp = (address: string): number[] => [...addressOctets(address), 0, 0, 0, 0];

/** An echo reply with the time of day at some octets of its datagram. */
const stamped =
  ({ options, times }: { options: readonly number[]; times: readonly number[] }): Expectation =>
  (sent) => ({
    ...echoReply({ on: 0, options })(sent),
    free: times.map((at) => [at, 4] as const),
    also: (octets) => times.map((at) => clockFault(octets, at)).find((fault) => fault !== undefined),
  });

export const echoOptions: readonly Row[] = [
  row('EC11', 'SHOULD', 'RFC 1812 §4.3.3.6', 'a recorded route comes back with the way in and the way out', [
    kase('three slots free', {
      send: echoRequest({ options: recordRoute(3) }),
      on: 0,
      expect: [echoReply({ on: 0, options: recordRoute(3, ROUTER[0], ROUTER[0]) })],
    }),
    kase('one recorded, eight slots free, asked by the address of another port', {
      send: echoRequest({ destination: ROUTER[2], options: recordRoute(9, '10.9.0.1') }),
      on: 0,
      expect: [echoReply({ on: 0, options: recordRoute(9, '10.9.0.1', ROUTER[2], ROUTER[0]) })],
    }),
    kase('the reply leaves by another port', {
      send: echoRequest({ source: REMOTE[1], options: recordRoute(4) }),
      on: 0,
      expect: [echoReply({ on: 1, options: recordRoute(4, ROUTER[0], ROUTER[1]) })],
    }),
    kase('one slot free', {
      send: echoRequest({ options: recordRoute(1) }),
      on: 0,
      expect: [echoReply({ on: 0, options: recordRoute(1, ROUTER[0]) })],
    }),
    kase('full', {
      send: echoRequest({ options: recordRoute(1, '10.9.0.1') }),
      on: 0,
      expect: [echoReply({ on: 0, options: recordRoute(1, '10.9.0.1') })],
    }),
  ]),
  row('EC12', 'SHOULD', 'RFC 1812 §4.3.3.6', 'timestamps come back with the way in and the way out', [
    kase('times only', {
      send: echoRequest({ options: [68, 16, 5, 0, ...zeros(12)] }),
      on: 0,
      expect: [stamped({ options: [68, 16, 13, 0, ...zeros(12)], times: [24, 28] })],
    }),
    kase('addresses and times', {
      send: echoRequest({ options: [68, 28, 5, 1, ...zeros(24)] }),
      on: 0,
      expect: [
        stamped({
          options: [68, 28, 21, 1, ...stamp(ROUTER[0]), ...stamp(ROUTER[0]), ...zeros(8)],
          times: [28, 36],
        }),
      ],
    }),
    kase('prespecified addresses, one of ours and one not', {
      send: echoRequest({ options: [68, 20, 5, 3, ...stamp(ROUTER[2]), ...stamp(HOST[1])] }),
      on: 0,
      expect: [stamped({ options: [68, 20, 13, 3, ...stamp(ROUTER[2]), ...stamp(HOST[1])], times: [28] })],
    }),
    kase('one slot free: the second time finds no room, and is not counted', {
      send: echoRequest({ options: [68, 8, 5, 0, ...zeros(4)] }),
      on: 0,
      expect: [stamped({ options: [68, 8, 9, 0, ...zeros(4)], times: [24] })],
    }),
    kase('full: the router is counted once', {
      send: echoRequest({ options: [68, 8, 9, 0, 0, 0, 0, 7] }),
      on: 0,
      expect: [echoReply({ on: 0, options: [68, 8, 9, 0x10, 0, 0, 0, 7] })],
    }),
  ]),
  row('EC13', 'MUST', 'RFC 1812 §4.3.3.6, RFC 1122 §3.2.1.8 (c)', 'a source route is followed back', [
    ...([131, 137] as const).map((type) =>
      kase(`${type === 131 ? 'loose' : 'strict'}, through one gateway`, {
        send: echoRequest({ source: REMOTE[0], options: [type, 7, 8, ...addressOctets(GATEWAY[0])] }),
        on: 0,
        expect: [echoReply({ on: 0, to: GATEWAY[0], options: [type, 7, 4, ...addressOctets(REMOTE[0])] })],
        settings: SOURCE_ROUTES,
      }),
    ),
    kase('loose, through two gateways', {
      send: echoRequest({
        source: REMOTE[0],
        options: [131, 11, 12, ...addressOctets('10.9.7.7'), ...addressOctets(GATEWAY[0])],
      }),
      on: 0,
      expect: [
        echoReply({
          on: 0,
          to: GATEWAY[0],
          options: [131, 11, 4, ...addressOctets('10.9.7.7'), ...addressOctets(REMOTE[0])],
        }),
      ],
      settings: SOURCE_ROUTES,
    }),
    kase('by default a source route is refused', {
      send: echoRequest({ source: REMOTE[0], options: [131, 7, 8, ...addressOctets(GATEWAY[0])] }),
      on: 0,
      drop: 'option-refused',
    }),
  ]),
  row('EC14', '—', 'RFC 1812 §4.3.3.6', 'an option that nobody knows stays out of the reply', [
    kase('option 94 with two octets', {
      send: echoRequest({ options: [94, 4, 0xaa, 0x55] }),
      on: 0,
      expect: [echoReply({ on: 0 })],
    }),
    kase('Router Alert', {
      send: echoRequest({ options: [148, 4, 0, 0] }),
      on: 0,
      expect: [echoReply({ on: 0 })],
    }),
  ]),
];
