import * as ipv4 from '../../../../src/ip/header.js';
import { FLAG_DONT_FRAGMENT } from '../../../../src/ip/header.js';
import { addressOctets, pattern } from '../../../support/datagram.js';
import { kase, type Row, row } from '../../case.js';
import { originated } from '../../expectation.js';
import { BLACKHOLED, HOST, NO_ROUTE, NOBODY_AT, REMOTE, ROUTER } from '../../topology.js';
import { error } from '../expects.js';
import { FOLLOWING } from '../option-cases.js';
import { about, pieces } from '../pieces.js';
import { joined, transit, udp } from '../sends.js';
import { answered, CLOSED, expired, TIMED_OUT, TROUBLES, truncated } from '../troubles.js';

const LOOPBACK = '10.255.0.1';

const RECORDING = { options: [7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0] };
const STAMPING = { options: [68, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0] };

/** The header of 60 octets and 8 more of a datagram without a route, quoted over an MTU of 68. */
const LONG_HEADED = transit({
  source: HOST[3],
  destination: NO_ROUTE,
  options: new Array<number>(40).fill(1),
  payload: pattern(100),
});
const ERROR_ABOUT_LONG_HEADED = error({ on: 3, type: 3, code: 0, longest: 96 })([LONG_HEADED]).octets;

export const errorMessages: readonly Row[] = [
  row('EG10', 'SHOULD', 'RFC 1812 §4.3.2.3', 'an error is as long as 576 octets, and no longer', [
    expired('1428 octets', { payload: pattern(1408) }),
    expired('577 octets', { payload: pattern(557) }),
    expired('549 octets: one is left out', { payload: pattern(529) }),
    kase('also where the router is the destination', {
      send: transit({ destination: ROUTER[0], payload: udp({ destinationPort: 9, data: pattern(1400) }) }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 3 })],
      drop: 'port-unreachable',
    }),
  ]),
  row('EG11', 'SHOULD', 'RFC 1812 §4.3.2.3', 'what fits is quoted whole', [
    expired('548 octets', { payload: pattern(528) }),
    expired('23 octets', { protocol: 253, payload: [1, 2, 3] }),
    expired('20 octets', { protocol: 253, payload: [] }),
    kase('and not what stood behind the datagram', {
      send: joined(transit({ destination: NO_ROUTE }), pattern(30)),
      on: 0,
      expect: [about(transit({ destination: NO_ROUTE }), error({ on: 0, type: 3, code: 0 }))],
      drop: 'no-route',
    }),
  ]),
  row(
    'EG12',
    'MUST',
    'RFC 1812 §4.3.2.3, RFC 792',
    'the quote shrinks with the MTU, but not below header and 8',
    [
      kase('40 octets over an MTU of 68', {
        send: transit({ source: HOST[3], destination: NO_ROUTE, payload: pattern(48) }),
        on: 3,
        expect: [error({ on: 3, type: 3, code: 0 })],
        drop: 'no-route',
      }),
      kase('40 of 1400 octets that came in by another port', {
        send: transit({ source: HOST[3], destination: NO_ROUTE, payload: pattern(1380) }),
        on: 0,
        expect: [error({ on: 3, type: 3, code: 0 })],
        drop: 'no-route',
      }),
      kase('a header of 60 octets and 8 more, in two fragments', {
        send: LONG_HEADED,
        on: 0,
        expect: pieces(ERROR_ABOUT_LONG_HEADED, 48).map((octets) => originated(3, octets)),
        drop: 'no-route',
        judge: (outputs) =>
          new Set(outputs.map(({ octets }) => ipv4.identification(octets))).size === 1
            ? undefined
            : 'two identifications',
      }),
    ],
  ),
  row(
    'EG13',
    'MUST',
    'RFC 1812 §4.3.2.3',
    'the quote is what came, with a header checksum that is right for it',
    [
      ...TROUBLES.filter(({ fields }) => fields.options === undefined).flatMap((trouble) => [
        answered('record route', trouble, RECORDING),
        answered('timestamp', trouble, STAMPING),
      ]),
      kase('record route to a closed port of the router', {
        send: transit({ ...RECORDING, destination: ROUTER[0], ...CLOSED }),
        on: 0,
        expect: [error({ on: 0, type: 3, code: 3 })],
        drop: 'port-unreachable',
      }),
      kase('a source route that ends at another address of the router', {
        settings: FOLLOWING,
        send: transit({
          destination: ROUTER[0],
          options: [131, 7, 4, ...addressOctets(ROUTER[1])],
          ...CLOSED,
        }),
        on: 0,
        expect: [
          error({
            on: 0,
            type: 3,
            code: 3,
            from: ROUTER[0],
            quotes: transit({
              destination: ROUTER[0],
              options: [131, 7, 4, ...addressOctets(ROUTER[1])],
              ...CLOSED,
            }),
          }),
        ],
        drop: 'port-unreachable',
      }),
    ],
  ),
  row('EG14', 'MUST', 'RFC 1812 §4.3.3.5', 'the octet that a parameter problem points at is as it came', [
    ...(
      [
        ['a second record route behind one with room', [7, 7, 4, 0, 0, 0, 0, 7, 7, 4, 0, 0, 0, 0], 27],
        ['a full timestamp behind a record route', [7, 7, 4, 0, 0, 0, 0, 68, 8, 9, 0xf0, 1, 2, 3, 4], 30],
        ['a pointer', [7, 7, 3, 0, 0, 0, 0], 22],
      ] as const
    ).map(([title, options, pointer]) =>
      kase(title, {
        send: transit({ options }),
        on: 0,
        expect: [error({ on: 0, type: 12, code: 0, parameter: pointer * 0x100_0000 })],
        drop: 'bad-option',
      }),
    ),
    kase('the total length', {
      send: truncated({}),
      on: 0,
      expect: [error({ on: 0, type: 12, code: 0, parameter: 2 * 0x100_0000 })],
      drop: 'truncated',
    }),
  ]),
  row('EG15', 'MUST', 'RFC 1812 §4.3.2.4', 'an error carries the address of the port that it leaves by', [
    ...(
      [
        ['egress, as usual', undefined, ROUTER[1]],
        ['source: ingress', 'ingress', ROUTER[0]],
        ['source: loopback', 'loopback', LOOPBACK],
      ] as const
    ).map(([title, source, from]) =>
      kase(`it leaves by another port than its original came in by, ${title}`, {
        settings: { ip: { loopback: LOOPBACK }, icmp: source === undefined ? {} : { source } },
        send: transit({ source: HOST[1], destination: REMOTE[2], ttl: 1 }),
        on: 0,
        expect: [error({ on: 1, ...TIMED_OUT, from, mayQuoteForwarded: true })],
        drop: 'ttl-expired',
      }),
    ),
  ]),
  row(
    'EG16',
    '—',
    'RFC 1122 §3.2.2',
    'an error about a datagram to the router comes from where it was sent to',
    [
      ...([undefined, 'ingress', 'loopback'] as const).map((source) =>
        kase(`to the address of another port, source: ${source ?? 'egress'}`, {
          settings: { ip: { loopback: LOOPBACK }, icmp: source === undefined ? {} : { source } },
          send: transit({ destination: ROUTER[2], ...CLOSED }),
          on: 0,
          expect: [error({ on: 0, type: 3, code: 3, from: ROUTER[2] })],
          drop: 'port-unreachable',
        }),
      ),
    ],
  ),
  row('EG17', 'MUST', 'RFC 1812 §4.3.2.2', 'the TTL of an error is its own', [
    ...[2, 17, 255].map((ttl) =>
      kase(`about a datagram with TTL ${ttl}`, {
        send: transit({ ttl, destination: NO_ROUTE }),
        on: 0,
        expect: [error({ on: 0, type: 3, code: 0 })],
        drop: 'no-route',
      }),
    ),
  ]),
  row(
    'EG18',
    'SHOULD',
    'RFC 1812 §4.3.2.5',
    'an error has precedence 6 and the type of service of its original',
    [
      expired('TOS 58h', { tos: 0x58 }, { tos: 0xd8 }),
      expired('TOS 08h', { tos: 0x08 }, { tos: 0xc8 }),
      expired('TOS 10h', { tos: 0x10 }, { tos: 0xd0 }),
      expired('TOS e0h', { tos: 0xe0 }, { tos: 0xc0 }),
      expired('TOS 0', { tos: 0 }, { tos: 0xc0 }),
    ],
  ),
  row('EG19', '—', 'RFC 3168 §5', 'an error is not ECN-capable, and is marked by nobody else’s congestion', [
    expired('ECT(1)', { tos: 0x01 }, { tos: 0xc0 }),
    expired('ECT(0)', { tos: 0x02 }, { tos: 0xc0 }),
    expired('CE', { tos: 0x03 }, { tos: 0xc0 }),
    expired('all bits', { tos: 0xff }, { tos: 0xdc }),
  ]),
  row('EG20', '—', 'RFC 6864 §4', 'an error has an identification of its own, and DF clear', [
    kase('two errors about datagrams with the same identification and DF', {
      steps: [1, 2].map(() => ({
        send: transit({ id: 0x1234, flags: FLAG_DONT_FRAGMENT, destination: NO_ROUTE }),
        on: 0 as const,
        expect: [error({ on: 0, type: 3, code: 0 })],
        drop: 'no-route' as const,
      })),
      judge: ([first, second]) =>
        ipv4.identification(first!.octets) === ipv4.identification(second!.octets)
          ? 'the same identification twice'
          : undefined,
    }),
  ]),
  row('EG21', 'MUST', 'RFC 792', 'both checksums of an error are right, and what is unused is zero', [
    ...TROUBLES.map((trouble) => answered('whole', trouble, {})),
    expired('an odd number of octets', { payload: pattern(33) }),
  ]),
  row(
    'EG22',
    'MUST',
    'RFC 1812 §4.3.2',
    'an error that finds no way back is not sent, and none is about it',
    [
      kase('no route to the sender', {
        send: transit({ source: NO_ROUTE, ttl: 1 }),
        on: 0,
        drop: 'ttl-expired',
      }),
      kase('no route in either direction', {
        send: transit({ source: NO_ROUTE, destination: '10.98.0.5' }),
        on: 0,
        drop: 'no-route',
      }),
      kase('a blackhole route to the sender', {
        send: transit({ source: BLACKHOLED, ttl: 1 }),
        on: 0,
        drop: 'ttl-expired',
      }),
      kase('a sender on the link of another port, where nobody owns its address', {
        send: transit({ source: NOBODY_AT[1], ttl: 1 }),
        on: 0,
        drop: 'ttl-expired',
      }),
    ],
  ),
  row('EG23', '—', 'RFC 1812 §4.3.2.4, §5.2.4.3', 'an error goes where the route to the sender leads', [
    kase('a sender on the link of another port', {
      send: transit({ source: HOST[1], destination: NO_ROUTE }),
      on: 0,
      expect: [error({ on: 1, type: 3, code: 0 })],
      drop: 'no-route',
    }),
    kase('a sender behind the gateway of another port', {
      send: transit({ source: REMOTE[2], destination: NO_ROUTE }),
      on: 0,
      expect: [error({ on: 2, type: 3, code: 0 })],
      drop: 'no-route',
    }),
  ]),
  row('EG24', '—', 'RFC 1812 §4.3.2.6', 'an error has no options but a source route', [
    expired('record route', RECORDING, { mayQuoteForwarded: false }),
    expired('timestamp', STAMPING, { mayQuoteForwarded: false }),
    expired('router alert', { options: [148, 4, 0, 0] }),
    kase('record route beside a source route', {
      settings: FOLLOWING,
      send: transit({
        source: REMOTE[0],
        ttl: 1,
        options: [7, 7, 4, 0, 0, 0, 0, 131, 7, 8, ...addressOctets('10.0.1.254')],
      }),
      on: 0,
      expect: [
        error({ on: 0, ...TIMED_OUT, to: '10.0.1.254', options: [131, 7, 4, ...addressOctets(REMOTE[0])] }),
      ],
      drop: 'ttl-expired',
    }),
  ]),
];
