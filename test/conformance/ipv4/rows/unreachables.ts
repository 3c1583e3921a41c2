import { FLAG_DONT_FRAGMENT } from '../../../../src/ip/header.js';
import { addressOctets, datagram, pattern } from '../../../support/datagram.js';
import { ANYTHING, type Case, inapplicable, kase, type Row, row } from '../../case.js';
import { forwarded } from '../../expectation.js';
import {
  BLACKHOLED,
  GATEWAY,
  HOST,
  NO_ROUTE,
  NOBODY_AT,
  ONLY_BY_TOS,
  PROHIBITED,
  REMOTE,
  ROUTER,
} from '../../topology.js';
import { echoReply, error } from '../expects.js';
import { FOLLOWING } from '../option-cases.js';
import { echoRequest, icmpErrorAbout, transit } from '../sends.js';
import { TROUBLES, troubled } from '../troubles.js';

/** Something about a datagram of the router's own comes in, and changes nothing. */
const ignored = (title: string, message: Uint8Array): Case =>
  kase(title, {
    steps: [
      {
        send: transit({ destination: ROUTER[0], protocol: 1, payload: message }),
        on: 0,
        drop: 'icmp-ignored',
      },
      {
        send: transit({ destination: REMOTE[1], flags: FLAG_DONT_FRAGMENT, payload: pattern(1480) }),
        on: 0,
        expect: [forwarded({ on: 1 })],
      },
      { send: ECHO, on: 0, expect: [echoReply({ on: 0 })] },
    ],
  });
const ECHO = echoRequest({ data: pattern(1472) });

/** What the router may have sent: its answer to an echo request, and something that it forwarded. */
const OWN = datagram({ source: ROUTER[0], destination: HOST[0], protocol: 1, payload: pattern(64) });
const PASSED_ON = transit({ ttl: 63, payload: pattern(64) });

export const unreachables: readonly Row[] = [
  row('DU0', 'MUST', 'RFC 1812 §4.3.3.1', 'no route is 3/0', [
    kase('a network that nobody told of', {
      send: transit({ destination: NO_ROUTE }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 0 })],
      drop: 'no-route',
    }),
    kase('not with unreachables off', {
      settings: { icmp: { unreachables: false } },
      send: transit({ destination: NO_ROUTE }),
      on: 0,
      drop: 'no-route',
    }),
  ]),
  row('DU1', 'MUST', 'RFC 1812 §5.2.7.1', 'a host of an attached network that cannot be reached is 3/1', [
    kase('nobody owns the address', {
      send: transit({ destination: NOBODY_AT[1] }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 1 })],
      drop: 'host-unreachable',
    }),
    kase('nobody owns it on the port that it came in by', {
      send: transit({ destination: NOBODY_AT[0] }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 1 })],
      drop: 'host-unreachable',
    }),
    kase('the port is down', {
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
  ]),
  row('DU4', 'MUST', 'RFC 1191 §4, RFC 1812 §4.3.3.3', 'too long with DF is 3/4 and the MTU of the egress', [
    kase('1500 octets over an MTU of 600', {
      send: transit({ destination: REMOTE[2], flags: FLAG_DONT_FRAGMENT, payload: pattern(1480) }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 4, parameter: 600 })],
      drop: 'would-fragment',
    }),
    kase('also with unreachables off', {
      settings: { icmp: { unreachables: false } },
      send: transit({ destination: REMOTE[2], flags: FLAG_DONT_FRAGMENT, payload: pattern(1480) }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 4, parameter: 600 })],
      drop: 'would-fragment',
    }),
    kase('frag-needed: false makes a black hole', {
      settings: { icmp: { 'frag-needed': false } },
      send: transit({ destination: REMOTE[2], flags: FLAG_DONT_FRAGMENT, payload: pattern(1480) }),
      on: 0,
      drop: 'would-fragment',
    }),
  ]),
  row('DU5', 'MUST', 'RFC 1812 §5.2.4.3, §4.3.3.1', 'a source route that cannot be met is 3/5', [
    kase('a loose one without a route to its next stop', {
      settings: FOLLOWING,
      send: transit({ destination: ROUTER[0], options: [131, 7, 4, ...addressOctets(NO_ROUTE)] }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 5 })],
      drop: 'source-route',
    }),
    kase('a strict one whose next stop is no neighbor', {
      settings: FOLLOWING,
      send: transit({ destination: ROUTER[0], options: [137, 7, 4, ...addressOctets(REMOTE[1])] }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 5 })],
      drop: 'source-route',
    }),
  ]),
  row('DU6', 'SHOULD', 'RFC 1812 §5.2.7.1', 'codes 6 and 8 are never used', [
    kase('whatever a datagram is dropped for', {
      steps: TROUBLES.map((trouble) => ({ send: troubled(trouble, {}), on: 0 as const, expect: ANYTHING })),
      judge: (outputs) => {
        const codes = outputs.filter(({ octets }) => octets[20] === 3).map(({ octets }) => octets[21]!);
        return codes.join() === '0,1,1,13,11,4' ? undefined : `codes ${codes.join()}`;
      },
    }),
  ]),
  inapplicable(
    'DU7',
    '—',
    'RFC 1812 §5.2.7.1',
    'a link that knows that a host does not exist makes it 3/7',
    'a link only knows who has spoken, never that nobody will: an address without an owner is 3/1',
  ),
  row('DU9/10', 'SHOULD', 'RFC 1812 §5.2.7.1', 'codes 9 and 10 are not used for what a rule forbids', [
    kase('a prohibit route to a network', {
      send: transit({ destination: PROHIBITED }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 13 })],
      drop: 'prohibit-route',
    }),
    kase('a prohibit route to a host', {
      topology: { routes: [{ to: '10.73.0.5/32', type: 'prohibit' }] },
      send: transit({ destination: '10.73.0.5' }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 13 })],
      drop: 'prohibit-route',
    }),
  ]),
  row(
    'DU11/12',
    'MUST',
    'RFC 1812 §4.3.3.1',
    'no route for the type of service is 3/11, or 3/12 for a neighbor',
    [
      kase('a remote network', {
        send: transit({ destination: ONLY_BY_TOS, tos: 0x08 }),
        on: 0,
        expect: [error({ on: 0, type: 3, code: 11 })],
        drop: 'tos-route',
      }),
      kase('a neighbor', {
        topology: { routes: [{ to: '10.0.2.64/26', via: [GATEWAY[1]], tos: 0x10 }] },
        announce: { 1: ['10.0.2.70'] },
        send: transit({ destination: '10.0.2.70', tos: 0x08 }),
        on: 0,
        expect: [error({ on: 0, type: 3, code: 12 })],
        drop: 'tos-route',
      }),
      kase('the type of service that there is a route for', {
        send: transit({ destination: ONLY_BY_TOS, tos: 0x10 }),
        on: 0,
        expect: [forwarded({ on: 1 })],
      }),
    ],
  ),
  row(
    'DU13',
    'SHOULD',
    'RFC 1812 §5.2.7.1, §5.3.9',
    'what is forbidden is 3/13, or silent where that is asked for',
    [
      kase('a prohibit route', {
        send: transit({ destination: PROHIBITED }),
        on: 0,
        expect: [error({ on: 0, type: 3, code: 13 })],
        drop: 'prohibit-route',
      }),
      kase('a blackhole route', { send: transit({ destination: BLACKHOLED }), on: 0, drop: 'blackhole' }),
      kase('a prohibit route with unreachables off', {
        settings: { icmp: { unreachables: false } },
        send: transit({ destination: PROHIBITED }),
        on: 0,
        drop: 'prohibit-route',
      }),
    ],
  ),
  row('DU14/15', 'SHOULD', 'RFC 1812 §5.3.3.3', 'nothing is cut off for its precedence', [
    ...Array.from({ length: 8 }, (_, precedence) =>
      kase(`precedence ${precedence}`, {
        send: transit({ tos: precedence << 5 }),
        on: 0,
        expect: [forwarded({ on: 1 })],
      }),
    ),
    kase('an ICMP error of precedence 0', {
      send: transit({ protocol: 1, payload: icmpErrorAbout(transit({ source: REMOTE[1] }), 3, 1) }),
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
  ]),
  row(
    'DU17',
    'MUST',
    'RFC 1812 §4.3.3.4, RFC 1122 §3.2.2',
    'an error to the router changes nothing in forwarding',
    [
      ...Array.from({ length: 16 }, (_, code) =>
        ignored(`3/${code} about its own`, icmpErrorAbout(OWN, 3, code)),
      ),
      ignored('11/0 about its own', icmpErrorAbout(OWN, 11, 0)),
      ignored('11/1 about its own', icmpErrorAbout(OWN, 11, 1)),
      ignored('12/0 about its own', icmpErrorAbout(OWN, 12, 0, [20, 0, 0, 0])),
      ignored('3/1 about what it forwarded', icmpErrorAbout(PASSED_ON, 3, 1)),
    ],
  ),
  row('DU18', '—', 'RFC 5927 §7, RFC 1191 §3', 'a forged 3/4 makes nothing smaller', [
    ...[0, 67, 68, 552, 1400].flatMap((mtu) => {
      const parameter = [0, 0, mtu >>> 8, mtu & 255] as const;
      return [
        ignored(`an MTU of ${mtu} for its own`, icmpErrorAbout(OWN, 3, 4, parameter)),
        ignored(`an MTU of ${mtu} for what it forwarded`, icmpErrorAbout(PASSED_ON, 3, 4, parameter)),
      ];
    }),
  ]),
];
