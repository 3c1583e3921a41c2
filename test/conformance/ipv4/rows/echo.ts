import * as ipv4 from '../../../../src/ip/header.js';
import { datagram, pattern } from '../../../support/datagram.js';
import { kase, type Output, type Row, row } from '../../case.js';
import { forwarded, originated } from '../../expectation.js';
import { OTHER_HOST, REMOTE, ROUTER } from '../../topology.js';
import { echoReply } from '../expects.js';
import { pieces } from '../pieces.js';
import { echoRequest, icmp, query, spoilt, transit } from '../sends.js';

const ECHO_BROADCAST = { icmp: { 'echo-broadcast': true } } as const;
/** An echo request from the host on port 0 to the router with this much data, which tells its place. */
const withData = (length: number): Uint8Array => echoRequest({ data: pattern(length) });

const identifications = (outputs: readonly Output[]): Set<number> =>
  new Set(outputs.map(({ octets }) => ipv4.identification(octets)));

export const echo: readonly Row[] = [
  row('EC1', 'MUST', 'RFC 1812 §4.3.3.6, §4.3.2.2', 'an echo request to the router is answered in kind', [
    ...ROUTER.map((destination, port) =>
      kase(`to the address of port ${port}`, {
        send: echoRequest({ destination }),
        on: 0,
        expect: [echoReply({ on: 0 })],
      }),
    ),
    kase('to the loopback address', {
      send: echoRequest({ destination: '10.255.0.1' }),
      on: 0,
      expect: [echoReply({ on: 0 })],
      settings: { ip: { loopback: '10.255.0.1' } },
    }),
    kase('the second address of a port', {
      send: echoRequest({ destination: '10.1.1.1' }),
      on: 0,
      expect: [echoReply({ on: 0 })],
      topology: { addresses: { 0: ['10.0.1.1/24', '10.1.1.1/24'] } },
    }),
    ...[1, 5, 255].map((ttl) =>
      kase(`with TTL ${ttl}; the reply has a fresh one`, {
        send: echoRequest({ ttl }),
        on: 0,
        expect: [echoReply({ on: 0 })],
      }),
    ),
    kase('with other identifiers and sequence numbers', {
      send: [
        echoRequest({ identifier: 0, sequence: 0 }),
        echoRequest({ identifier: 0xffff, sequence: 0xffff }),
        echoRequest({ identifier: 1, sequence: 0x8000 }),
      ],
      on: 0,
      expect: [0, 1, 2].map((of) => echoReply({ on: 0, of })),
    }),
    kase('from behind a gateway on another port: the reply goes there', {
      send: echoRequest({ source: REMOTE[1] }),
      on: 0,
      expect: [echoReply({ on: 1 })],
    }),
  ]),
  row(
    'EC2',
    'MUST',
    'RFC 1812 §4.3.2.5',
    'a reply has the type of service and the precedence of the request',
    [
      ...[0xb8, 0x10, 0x08, 0xe0, 0x02].map((tos) =>
        kase(`TOS ${tos.toString(16)}h`, {
          send: echoRequest({ tos }),
          on: 0,
          expect: [echoReply({ on: 0 })],
        }),
      ),
    ],
  ),
  row('EC3', 'MUST', 'RFC 1812 §4.3.3.6', 'all data come back', [
    ...[0, 1, 3, 64, 1472].map((length) =>
      kase(`${length} octets of data`, { send: withData(length), on: 0, expect: [echoReply({ on: 0 })] }),
    ),
    ...[1473, 65507].map((length) =>
      kase(`${length} octets of data, in fragments`, {
        send: cut(withData(length), 1500),
        on: 0,
        expect: cut(replyTo(withData(length)), 1500).map((piece) => originated(0, piece)),
        judge: (outputs) =>
          identifications(outputs).size === 1 ? undefined : 'fragments of the reply differ in identification',
      }),
    ),
  ]),
  row('EC4', '—', 'RFC 791 §3.2, RFC 1812 §4.3.3.6', 'a reply may be fragmented, whatever the request said', [
    kase('DF in the request is not in the reply', {
      send: echoRequest({ flags: ipv4.FLAG_DONT_FRAGMENT }),
      on: 0,
      expect: [echoReply({ on: 0 })],
    }),
    kase('1000 octets with DF, answered over MTU 600 in two fragments without DF', {
      send: farRequest(),
      on: 0,
      expect: cut(replyTo(farRequest()), 600).map((piece) => originated(2, piece)),
      judge: (outputs) =>
        identifications(outputs).size === 1 ? undefined : 'fragments of the reply differ in identification',
    }),
  ]),
  row('EC5', '—', 'RFC 792', 'a code that has no meaning comes back as it was', [
    ...[1, 255].map((code) =>
      kase(`code ${code}`, { send: echoRequest({ code }), on: 0, expect: [echoReply({ on: 0 })] }),
    ),
  ]),
  row('EC6', 'MUST', 'RFC 792', 'a request with a wrong ICMP checksum gets no answer', [
    kase('one bit of the data is wrong', {
      send: spoilt(echoRequest(), 28, 0xdf),
      on: 0,
      drop: 'icmp-bad-checksum',
    }),
    kase('the checksum is zero', { send: spoilt(echoRequest(), 22, 0, 0), on: 0, drop: 'icmp-bad-checksum' }),
  ]),
  row('EC7', '—', 'RFC 792', 'a request that is shorter than its header gets no answer', [
    ...[4, 5, 7].map((length) =>
      kase(`${length} octets, the checksum right`, {
        send: transit({
          destination: ROUTER[0],
          protocol: ipv4.PROTOCOL_ICMP,
          payload: icmp(8, 0, pattern(length - 4)),
        }),
        on: 0,
        drop: 'icmp-malformed',
      }),
    ),
    ...[0, 1, 2, 3].map((length) =>
      kase(`${length} octets`, {
        send: transit({
          destination: ROUTER[0],
          protocol: ipv4.PROTOCOL_ICMP,
          payload: icmp(8, 0, []).subarray(0, length),
        }),
        on: 0,
        drop: 'icmp-malformed',
      }),
    ),
  ]),
  row('EC8', 'MUST', 'RFC 1812 §4.2.2.11, §5.3.7', 'who is no single host gets no answer', [
    ...Object.entries({
      'the limited broadcast address': '255.255.255.255',
      'the broadcast address of the link': '10.0.1.255',
      'the broadcast address of another link': '10.0.2.255',
      'the network itself': '10.0.1.0',
      'a group': '224.1.1.1',
      nobody: '0.0.0.0',
      'this network': '0.1.2.3',
      loopback: '127.0.0.1',
      'class E': '240.0.0.1',
      'the router on this port': ROUTER[0],
      'the router on another port': ROUTER[1],
    }).map(([title, source]) =>
      kase(`from ${title}`, { send: echoRequest({ source }), on: 0, drop: 'martian-source' }),
    ),
  ]),
  row('EC9', 'MAY', 'RFC 1812 §4.3.3.6, RFC 2644 §3', 'a request to everybody is answered only if told to', [
    ...(
      [
        ['the limited broadcast address', '255.255.255.255', 'icmp-ignored'],
        ['the broadcast address of the link', '10.0.1.255', 'broadcast'],
        ['all systems', '224.0.0.1', 'icmp-ignored'],
        ['all routers', '224.0.0.2', 'icmp-ignored'],
      ] as const
    ).flatMap(([title, destination, drop]) => [
      kase(`to ${title}, by default`, { send: echoRequest({ destination }), on: 0, drop }),
      kase(`to ${title}, switched on: the address of the port answers`, {
        send: echoRequest({ destination }),
        on: 0,
        expect: [echoReply({ on: 0, from: ROUTER[0] })],
        settings: ECHO_BROADCAST,
      }),
    ]),
    kase('to the broadcast address of another link, switched on: not for us', {
      send: echoRequest({ destination: '10.0.2.255' }),
      on: 0,
      drop: 'broadcast',
      settings: ECHO_BROADCAST,
    }),
    kase('to the broadcast address of the link, directed broadcasts received but not answered', {
      send: echoRequest({ destination: '10.0.1.255' }),
      on: 0,
      drop: 'icmp-ignored',
      settings: { ip: { 'directed-broadcast': true } },
    }),
    kase('to everybody by whom has no address yet, switched on: there is nobody to answer', {
      send: echoRequest({ source: '0.0.0.0', destination: '255.255.255.255' }),
      on: 0,
      drop: 'icmp-ignored',
      settings: ECHO_BROADCAST,
    }),
  ]),
  row('EC10', 'SHOULD', 'RFC 1812 §4.3.3.6', 'all requests are ignored if told to', [
    kase('off', {
      send: echoRequest(),
      on: 0,
      drop: 'icmp-ignored',
      settings: { icmp: { 'echo-reply': false } },
    }),
    kase('off, and a request to everybody that would be answered', {
      send: echoRequest({ destination: '255.255.255.255' }),
      on: 0,
      drop: 'icmp-ignored',
      settings: { icmp: { 'echo-reply': false, 'echo-broadcast': true } },
    }),
    kase('off, and a request in transit is forwarded', {
      send: echoRequest({ destination: REMOTE[1] }),
      on: 0,
      expect: [forwarded({ on: 1 })],
      settings: { icmp: { 'echo-reply': false } },
    }),
    kase('on', {
      send: echoRequest(),
      on: 0,
      expect: [echoReply({ on: 0 })],
      settings: { icmp: { 'echo-reply': true } },
    }),
  ]),
  row('EC15', 'MUST', 'RFC 6864 §4', 'each reply has an identification of the router, not of the request', [
    kase('200 requests with one identification get replies with 200', {
      send: Array.from({ length: 200 }, (_, sequence) => echoRequest({ id: 0x1234, sequence })),
      on: 0,
      expect: Array.from({ length: 200 }, (_, of) => echoReply({ on: 0, of })),
      judge: (outputs) => {
        const { size } = identifications(outputs);
        return size === 200 ? undefined : `only ${size} identifications`;
      },
    }),
  ]),
  row('EC16', 'MUST', 'RFC 1812 §4.3.3.6', 'an echo reply that nobody asked for goes unanswered', [
    kase('from a host', { send: query(0), on: 0, drop: 'icmp-ignored' }),
    kase('from a host to everybody, requests to everybody answered', {
      send: query(0, { source: OTHER_HOST[0], destination: '255.255.255.255' }),
      on: 0,
      drop: 'icmp-ignored',
      settings: ECHO_BROADCAST,
    }),
  ]),
];

/** From somebody whom the router reaches over MTU 600. */
function farRequest(): Uint8Array {
  return echoRequest({ source: REMOTE[2], flags: ipv4.FLAG_DONT_FRAGMENT, data: pattern(1000) });
}

function replyTo(request: Uint8Array): Uint8Array {
  return datagram({
    protocol: ipv4.PROTOCOL_ICMP,
    source: ipv4.destination(request),
    destination: ipv4.source(request),
    payload: icmp(0, 0, request.subarray(24)),
  });
}

/** In as few fragments as an MTU allows. */
function cut(whole: Uint8Array, mtu: number): Uint8Array[] {
  const room = (mtu - ipv4.MINIMUM_HEADER_LENGTH) & ~7;
  const count = Math.ceil(ipv4.payloadLength(whole) / room);
  return pieces(whole, ...Array.from({ length: count - 1 }, (_, at) => room * (at + 1)));
}
