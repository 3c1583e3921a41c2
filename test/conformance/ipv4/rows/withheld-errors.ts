import * as ipv4 from '../../../../src/ip/header.js';
import { FLAG_DONT_FRAGMENT, FLAG_MORE_FRAGMENTS } from '../../../../src/ip/header.js';
import { type DatagramFields, pattern, withOctets } from '../../../support/datagram.js';
import { type Case, kase, type Row, row } from '../../case.js';
import { GATEWAY, NO_ROUTE, REMOTE, ROUTER } from '../../topology.js';
import { error } from '../expects.js';
import { icmp, icmpErrorAbout, spoilt, transit } from '../sends.js';
import {
  answered,
  CLOSED,
  expired,
  TIMED_OUT,
  TROUBLES,
  type Trouble,
  troubled,
  truncated,
} from '../troubles.js';

const LIMITED = '255.255.255.255';
const HERE = '10.0.1.255';
const THERE = '10.0.3.255';
const GROUP = '239.1.2.3';

/** What would be answered with an error, and is not, for what it is. */
const unanswered = (title: string, trouble: Trouble, fields: DatagramFields): Case =>
  kase(`${title}, ${trouble.title}`, {
    send: troubled(trouble, fields),
    on: 0,
    drop: trouble.drop,
  });

const EXPIRED = TROUBLES[0]!;

const message = (type: number): DatagramFields => ({
  protocol: ipv4.PROTOCOL_ICMP,
  payload: icmp(type, 0, [0x42, 0x42, 0, 1, ...pattern(40)]),
});

/** An ICMP error about a datagram that came from behind the port by which it leaves. */
const errorMessage = (type: number, length = 8): DatagramFields => ({
  protocol: ipv4.PROTOCOL_ICMP,
  payload: icmpErrorAbout(transit({ source: REMOTE[1], payload: pattern(length) }), type, type === 5 ? 1 : 0),
});

const NAMES_OF_ERRORS = [
  ['destination unreachable', 3],
  ['source quench', 4],
  ['redirect', 5],
  ['time exceeded', 11],
  ['parameter problem', 12],
] as const;

/** Sources that are no single host. */
const NO_SINGLE_HOST = [
  ['the unspecified address', '0.0.0.0'],
  ['0/8', '0.1.2.3'],
  ['127/8', '127.0.0.1'],
  ['a group', '224.1.1.1'],
  ['240/4', '240.0.0.1'],
  ['the limited broadcast', LIMITED],
  ['the directed broadcast of the ingress', HERE],
  ['the directed broadcast of another port', THERE],
  ['{net, 0} of the ingress', '10.0.1.0'],
] as const;

export const withheldErrors: readonly Row[] = [
  row('EG1', 'MUST', 'RFC 1812 §4.3.2.7', 'no error answers an ICMP error', [
    ...NAMES_OF_ERRORS.map(([title, type]) => unanswered(title, EXPIRED, errorMessage(type))),
    ...TROUBLES.slice(1).map((trouble) =>
      unanswered('destination unreachable', trouble, errorMessage(3, trouble.isLong ? 700 : 8)),
    ),
  ]),
  row('EG2', '—', 'RFC 1812 §4.3.2.7', 'no error answers an ICMP message of a type that nobody knows', [
    ...[1, 2, 6, 7, 19, 30, 39, 40, 41, 44, 99, 253, 255].map((type) =>
      unanswered(`type ${type}`, EXPIRED, message(type)),
    ),
    ...[42, 43].map((type) => answered(`type ${type}, which is known`, EXPIRED, message(type))),
  ]),
  row('EG3', 'MUST', 'RFC 1812 §4.3.2.7', 'an ICMP query is answered with errors like any other datagram', [
    ...[0, 8, 13, 14, 15, 16, 17, 18].map((type) => answered(`type ${type}`, EXPIRED, message(type))),
    ...TROUBLES.slice(1).map((trouble) =>
      answered('an echo request', trouble, {
        protocol: ipv4.PROTOCOL_ICMP,
        payload: icmp(8, 0, pattern(trouble.isLong ? 700 : 40)),
      }),
    ),
  ]),
  row('EG4', 'MUST', 'RFC 1812 §4.3.2.7', 'no error answers a broadcast', [
    kase('a protocol that is not spoken, to the limited broadcast', {
      send: transit({ destination: LIMITED, protocol: 253 }),
      on: 0,
      drop: 'protocol-unreachable',
    }),
    kase('a closed port, to the limited broadcast', {
      send: transit({ destination: LIMITED, ...CLOSED }),
      on: 0,
      drop: 'port-unreachable',
    }),
    kase('a closed port, to the directed broadcast that is received by leave', {
      settings: { ip: { 'directed-broadcast': true } },
      send: transit({ destination: HERE, ...CLOSED }),
      on: 0,
      drop: 'port-unreachable',
    }),
    kase('a protocol that is not spoken, to the directed broadcast that is received by leave', {
      settings: { ip: { 'directed-broadcast': true } },
      send: transit({ destination: HERE, protocol: 253 }),
      on: 0,
      drop: 'protocol-unreachable',
    }),
    kase('TTL 1, to the directed broadcast of another port that is forwarded by leave', {
      settings: { ip: { 'directed-broadcast': true } },
      send: transit({ destination: THERE, ttl: 1 }),
      on: 0,
      drop: 'ttl-expired',
    }),
    kase('too long with DF, to the directed broadcast of another port that is forwarded by leave', {
      settings: { ip: { 'directed-broadcast': true } },
      send: transit({ destination: THERE, flags: FLAG_DONT_FRAGMENT, payload: pattern(700) }),
      on: 0,
      drop: 'would-fragment',
    }),
    ...[LIMITED, HERE, THERE, '10.0.1.0'].map((destination) =>
      kase(`truncated, to ${destination}`, { send: truncated({ destination }), on: 0, drop: 'truncated' }),
    ),
  ]),
  row('EG5', 'MUST', 'RFC 1812 §4.3.2.7, §5.3.1', 'no error answers multicast', [
    kase('TTL 1', { send: transit({ destination: GROUP, ttl: 1 }), on: 0, drop: 'multicast-no-member' }),
    kase('UDP', { send: transit({ destination: GROUP, ...CLOSED }), on: 0, drop: 'multicast-no-member' }),
    kase('too long with DF', {
      send: transit({ destination: GROUP, flags: FLAG_DONT_FRAGMENT, payload: pattern(1400) }),
      on: 0,
      drop: 'multicast-no-member',
    }),
    kase('a protocol that is not spoken, to all systems on the link', {
      send: transit({ destination: '224.0.0.1', protocol: 253 }),
      on: 0,
      drop: 'multicast-link-local',
    }),
    kase('a closed port, to all routers on the link', {
      send: transit({ destination: '224.0.0.2', ...CLOSED }),
      on: 0,
      drop: 'multicast-link-local',
    }),
    kase('truncated', { send: truncated({ destination: GROUP }), on: 0, drop: 'truncated' }),
  ]),
  row(
    'EG6',
    'MUST',
    'RFC 1812 §4.3.2.7, §5.3.7, RFC 1122 §3.2.2',
    'no error goes to what is no single host',
    [
      ...NO_SINGLE_HOST.flatMap(([title, source]) => [
        kase(`${title}, TTL 1`, { send: transit({ source, ttl: 1 }), on: 0, drop: 'martian-source' }),
        kase(`${title}, no route`, {
          send: transit({ source, destination: NO_ROUTE }),
          on: 0,
          drop: 'martian-source',
        }),
        kase(`${title}, a closed port of the router`, {
          send: transit({ source, destination: ROUTER[0], ...CLOSED }),
          on: 0,
          drop: 'martian-source',
        }),
        kase(`${title}, truncated, though there is a route back`, {
          topology: { routes: [{ to: '0.0.0.0/0', via: [GATEWAY[0]] }] },
          send: truncated({ source }),
          on: 0,
          drop: 'truncated',
        }),
      ]),
      kase('a host of 240/4 where class-e makes it one', {
        settings: { ip: { 'class-e': true } },
        topology: { routes: [{ to: '240.0.0.0/4', via: [GATEWAY[0]] }] },
        send: transit({ source: '240.0.0.1', ttl: 1 }),
        on: 0,
        expect: [error({ on: 0, ...TIMED_OUT, mayQuoteForwarded: true })],
        drop: 'ttl-expired',
      }),
    ],
  ),
  row('EG7', 'MUST', 'RFC 1812 §4.3.2.7', 'no error answers a fragment but the first', [
    ...TROUBLES.map((trouble) => unanswered('offset 64', trouble, { offset: 64 })),
    ...TROUBLES.map((trouble) =>
      answered('offset 0, more to follow', trouble, {
        flags: FLAG_MORE_FRAGMENTS,
        payload: pattern(trouble.isLong ? 704 : 64),
      }),
    ),
    kase('offset 64, truncated', {
      send: truncated({ offset: 64 }),
      on: 0,
      drop: 'truncated',
    }),
  ]),
  row('EG8', 'MUST', 'RFC 1812 §4.3.2.7', 'no error answers what fails the checks of the header', [
    kase('a wrong checksum', { send: spoilt(transit({ ttl: 1 }), 10, 0x12), on: 0, drop: 'bad-checksum' }),
    kase('a header of 4 words', {
      send: withOctets(transit({ ttl: 1 }), 0, 0x44),
      on: 0,
      drop: 'bad-header-length',
    }),
    kase('a total length of 19', {
      send: withOctets(transit({ ttl: 1 }), 2, 0, 19),
      on: 0,
      drop: 'bad-total-length',
    }),
    kase('19 octets', { send: transit({ ttl: 1 }).subarray(0, 19), on: 0, drop: 'too-short' }),
  ]),
  row(
    'EG9',
    '—',
    'RFC 1812 §4.3.2.7',
    'no error answers an ICMP message without a type that can be believed',
    [
      ...[[], [8], [8, 0], [3, 1], [8, 0, 0xf7]].map((payload) =>
        kase(`${payload.length} octets${payload.length > 0 ? `, type ${payload[0]}` : ''}`, {
          send: transit({ ttl: 1, protocol: ipv4.PROTOCOL_ICMP, payload }),
          on: 0,
          drop: 'ttl-expired',
        }),
      ),
      expired('type, code and checksum alone', {
        protocol: ipv4.PROTOCOL_ICMP,
        payload: icmp(8, 0, []),
      }),
    ],
  ),
];
