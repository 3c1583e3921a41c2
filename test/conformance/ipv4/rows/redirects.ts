import { FLAG_MORE_FRAGMENTS } from '../../../../src/ip/header.js';
import { addressOctets, pattern } from '../../../support/datagram.js';
import { kase, type Row, row } from '../../case.js';
import { type Expectation, forwarded } from '../../expectation.js';
import { GATEWAY, NOBODY_AT, OTHER_HOST, REMOTE, ROUTER } from '../../topology.js';
import { redirect } from '../expects.js';
import { echoRequest, icmpErrorAbout, query, transit } from '../sends.js';

/** By a gateway on the link it comes from. */
export const detour = (fields: Parameters<typeof transit>[0] = {}): Uint8Array =>
  transit({ destination: REMOTE[0], ...fields });

export const toldAndForwarded: readonly Expectation[] = [
  redirect({ on: 0, gateway: GATEWAY[0] }),
  forwarded({ on: 0 }),
];
export const onlyForwarded: readonly Expectation[] = [forwarded({ on: 0 })];

/** A second subnet on the wire of port 0. */
const TWO_SUBNETS = { addresses: { 0: ['10.0.1.1/24', '10.1.1.1/24'] } } as const;
/** One more way to the same place, for one type of service. */
const BY_TOS = { routes: [{ to: '10.9.0.0/16', via: [GATEWAY[0]], tos: 0x10 }] } as const;

export const redirects: readonly Row[] = [
  row('RD1', 'MUST', 'RFC 1812 §5.2.7.2, RFC 792', 'who has a better gateway on its own link is told of it', [
    kase('in and out by one port, sender and next hop in one subnet', {
      send: detour(),
      on: 0,
      expect: toldAndForwarded,
    }),
    kase('1000 octets: as much is quoted as 576 octets hold', {
      send: detour({ payload: pattern(980) }),
      on: 0,
      expect: toldAndForwarded,
    }),
    kase('an echo request is answered by a redirect too', {
      send: echoRequest({ destination: REMOTE[0] }),
      on: 0,
      expect: toldAndForwarded,
    }),
    kase('out by another port there is nothing to tell', {
      send: transit(),
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
  ]),
  row('RD2', '—', 'RFC 1812 §5.2.7.2', 'for a host on the same link, the host itself is the better gateway', [
    kase('the next hop is the destination', {
      send: transit({ destination: OTHER_HOST[0] }),
      on: 0,
      expect: [redirect({ on: 0, gateway: OTHER_HOST[0] }), forwarded({ on: 0 })],
    }),
  ]),
  row('RD3', 'MUST', 'RFC 1812 §5.2.7.2', 'nobody is told of a gateway outside its own subnet', [
    kase('a sender from off the link', {
      send: transit({ source: '10.9.0.77', destination: OTHER_HOST[0] }),
      on: 0,
      expect: onlyForwarded,
    }),
    kase('a sender in another subnet of the same port', {
      send: detour({ source: '10.1.1.10' }),
      on: 0,
      expect: onlyForwarded,
      topology: TWO_SUBNETS,
      announce: { 0: ['10.1.1.10'] },
    }),
  ]),
  row('RD4', '—', 'RFC 1812 §5.2.7.2', 'a gateway is not told to use itself', [
    kase('the sender is the next hop', {
      send: detour({ source: GATEWAY[0] }),
      on: 0,
      expect: onlyForwarded,
    }),
    kase('the sender is the destination', {
      send: transit({ source: OTHER_HOST[0], destination: OTHER_HOST[0] }),
      on: 0,
      expect: onlyForwarded,
    }),
  ]),
  row('RD5', 'MUST', 'RFC 1812 §5.2.7.2', 'a redirect is never for a network, whatever the route is', [
    ...['0.0.0.0/0', '10.60.0.0/16', '10.60.5.5/32'].map((to) =>
      kase(`by a route to ${to}`, {
        send: transit({ destination: '10.60.5.5' }),
        on: 0,
        expect: toldAndForwarded,
        topology: { routes: [{ to, via: [GATEWAY[0]] }] },
      }),
    ),
    ...[false, true].map((isOn) =>
      kase(`by a route for one type of service, redirects for that ${isOn ? 'on' : 'off'}`, {
        send: transit({ destination: '10.60.5.5', tos: 0x10 }),
        on: 0,
        expect: [redirect({ on: 0, gateway: GATEWAY[0], code: isOn ? 3 : 1 }), forwarded({ on: 0 })],
        topology: { routes: [{ to: '10.60.0.0/16', via: [GATEWAY[0]], tos: 0x10 }] },
        settings: { icmp: { 'redirects-by-tos': isOn } },
        ...(isOn ? { notOnLinux: 'it has no redirects by type of service' } : {}),
      }),
    ),
  ]),
  row('RD6', 'SHOULD', 'RFC 1812 §5.2.7.2', 'a path for one type of service redirects for that, if told to', [
    kase('by default the redirect is for the host', {
      send: detour({ tos: 0x10 }),
      on: 0,
      expect: toldAndForwarded,
      topology: BY_TOS,
    }),
    kase('switched on it is for type of service and host', {
      send: detour({ tos: 0x10 }),
      on: 0,
      expect: [redirect({ on: 0, gateway: GATEWAY[0], code: 3 }), forwarded({ on: 0 })],
      topology: BY_TOS,
      settings: { icmp: { 'redirects-by-tos': true } },
      notOnLinux: 'it has no redirects by type of service',
    }),
    kase('switched on, a path for all types of service still redirects for the host', {
      send: detour({ tos: 0x08 }),
      on: 0,
      expect: toldAndForwarded,
      topology: BY_TOS,
      settings: { icmp: { 'redirects-by-tos': true } },
    }),
  ]),
  row('RD7', 'MUST', 'RFC 1812 §4.3.2.7', 'what may not be answered by an error redirects nobody', [
    ...[3, 4, 5, 11, 12].map((type) =>
      kase(`an ICMP message of type ${type}`, {
        send: detour({ protocol: 1, payload: icmpErrorAbout(transit(), type, 1) }),
        on: 0,
        expect: onlyForwarded,
      }),
    ),
    kase('an ICMP message of a type that nobody knows', {
      send: query(99, { destination: REMOTE[0] }),
      on: 0,
      expect: onlyForwarded,
    }),
    kase('a later fragment', {
      send: detour({ offset: 64, payload: pattern(64) }),
      on: 0,
      expect: onlyForwarded,
    }),
    kase('a first fragment may be', {
      send: detour({ flags: FLAG_MORE_FRAGMENTS, payload: pattern(64) }),
      on: 0,
      expect: toldAndForwarded,
    }),
    kase('a broadcast', {
      send: transit({ destination: '255.255.255.255' }),
      on: 0,
      drop: 'port-unreachable',
    }),
  ]),
  row('RD8', 'MUST', 'RFC 1812 §5.2.7.2', 'a redirect comes from an address in the subnet of the host', [
    kase('from the second address of the port', {
      send: detour({ source: '10.1.1.10', destination: '10.60.0.5' }),
      on: 0,
      expect: [redirect({ on: 0, gateway: '10.1.1.254', from: '10.1.1.1' }), forwarded({ on: 0 })],
      topology: { ...TWO_SUBNETS, routes: [{ to: '10.60.0.0/16', via: ['10.1.1.254'], on: 0 }] },
      announce: { 0: ['10.1.1.10', '10.1.1.254'] },
    }),
    ...(['egress', 'ingress', 'loopback'] as const).map((source) =>
      kase(`whatever address errors come from: ${source}`, {
        send: detour(),
        on: 0,
        expect: toldAndForwarded,
        settings: { icmp: { source }, ip: { loopback: '10.255.0.1' } },
      }),
    ),
  ]),
  row(
    'RD9',
    'SHOULD',
    'RFC 1812 §4.3.2.5',
    'a redirect has the type of service of its cause and precedence 6',
    [
      ...[
        [0x08, 0xc8],
        [0x58, 0xd8],
        [0x03, 0xc0],
      ].map(([asked, told]) =>
        kase(`TOS ${asked!.toString(16)}h gives ${told!.toString(16)}h`, {
          send: detour({ tos: asked! }),
          on: 0,
          expect: [redirect({ on: 0, gateway: GATEWAY[0], tos: told! }), forwarded({ on: 0 })],
        }),
      ),
    ],
  ),
  row('RD12', 'MUST', 'RFC 1812 §5.2.7.2, §4.3.3.2', 'a redirect for the router changes none of its routes', [
    ...[0, 1, 2, 3].map((code) =>
      kase(`code ${code}, towards an address where nobody is`, {
        steps: [
          {
            send: query(5, {
              source: GATEWAY[1],
              destination: ROUTER[1],
              code,
              ...fieldsOfRedirect(NOBODY_AT[1], transit({ source: ROUTER[1] })),
            }),
            on: 1,
            drop: 'icmp-ignored',
          },
          { send: transit(), on: 0, expect: [forwarded({ on: 1 })] },
        ],
      }),
    ),
  ]),
  row('RD13', '—', 'RFC 1812 §5.2.7.2', 'redirects can be switched off', [
    kase('off: the datagram is forwarded, and nobody is told', {
      send: detour(),
      on: 0,
      expect: onlyForwarded,
      settings: { icmp: { redirects: false } },
    }),
    kase('on', { send: detour(), on: 0, expect: toldAndForwarded, settings: { icmp: { redirects: true } } }),
  ]),
  row('RD14', '—', 'RFC 1812 §4.3.2.7, §4.2.3.1', 'no broadcast of the link redirects anybody', [
    ...[false, true].flatMap((isOn) => [
      kase(`the broadcast address of the subnet, directed broadcasts ${isOn ? 'on' : 'off'}`, {
        send: transit({ destination: '10.0.1.255' }),
        on: 0,
        drop: isOn ? 'port-unreachable' : 'broadcast',
        settings: { ip: { 'directed-broadcast': isOn } },
      }),
      kase(`the obsolete one, with zeros, directed broadcasts ${isOn ? 'on' : 'off'}`, {
        send: transit({ destination: '10.0.1.0' }),
        on: 0,
        drop: 'broadcast',
        settings: { ip: { 'directed-broadcast': isOn } },
      }),
    ]),
  ]),
  row('RD15', 'MUST', 'RFC 792', 'a datagram that redirects its sender is forwarded all the same', [
    kase('also when its sender has been told already', {
      steps: [
        { send: detour(), on: 0, expect: toldAndForwarded },
        {
          send: [detour(), detour()],
          on: 0,
          expect: [forwarded({ on: 0, of: 1 }), forwarded({ on: 0, of: 2 })],
        },
      ],
    }),
    kase('as long as the port carries, with DF', {
      send: detour({ flags: 0x4000, payload: pattern(1480) }),
      on: 0,
      expect: toldAndForwarded,
    }),
  ]),
];

/** The gateway in place of identifier and sequence number, then the quote. */
function fieldsOfRedirect(gateway: string, quote: Uint8Array) {
  const [a, b, c, d] = addressOctets(gateway);
  return { identifier: (a! << 8) | b!, sequence: (c! << 8) | d!, data: quote };
}
