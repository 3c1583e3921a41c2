import { FLAG_DONT_FRAGMENT, FLAG_MORE_FRAGMENTS } from '../../../../src/ip/header.js';
import { pattern } from '../../../support/datagram.js';
import { inapplicable, kase, type Row, row } from '../../case.js';
import { forwarded } from '../../expectation.js';
import { HOST, NO_ROUTE, REMOTE, ROUTER } from '../../topology.js';
import { echoReply, error } from '../expects.js';
import { echoRequest, transit } from '../sends.js';

export const timeToLive: readonly Row[] = [
  row('TT1', 'MUST', 'RFC 1812 §5.2.7.3, §5.3.1', 'a datagram whose TTL runs out is answered with 11/0', [
    kase('TTL 1', {
      send: transit({ ttl: 1 }),
      on: 0,
      expect: [error({ on: 0, type: 11, code: 0, mayQuoteForwarded: true })],
      drop: 'ttl-expired',
    }),
    kase('TTL 1 and 1000 octets: as much is quoted as 576 octets hold', {
      send: transit({ ttl: 1, payload: pattern(980) }),
      on: 0,
      expect: [error({ on: 0, type: 11, code: 0, mayQuoteForwarded: true })],
      drop: 'ttl-expired',
    }),
  ]),
  row('TT2', 'MUST', 'RFC 1812 §5.3.1', 'TTL 0 is answered with 11/0 and never wraps around', [
    kase('TTL 0', {
      send: transit({ ttl: 0 }),
      on: 0,
      expect: [error({ on: 0, type: 11, code: 0 })],
      drop: 'ttl-expired',
    }),
  ]),
  row('TT3', 'MUST', 'RFC 1812 §5.3.1', 'a TTL that will run out at the next hop is no reason to drop', [
    kase('TTL 2 leaves with TTL 1', { send: transit({ ttl: 2 }), on: 0, expect: [forwarded({ on: 1 })] }),
  ]),
  row('TT4', 'MUST', 'RFC 1812 §4.2.2.9', 'what is addressed to the router is delivered whatever its TTL', [
    ...[0, 1].flatMap((ttl) => [
      kase(`an echo request with TTL ${ttl} to the address of the port`, {
        send: echoRequest({ ttl }),
        on: 0,
        expect: [echoReply({ on: 0 })],
      }),
      kase(`an echo request with TTL ${ttl} to the address of another port`, {
        send: echoRequest({ ttl, destination: ROUTER[2] }),
        on: 0,
        expect: [echoReply({ on: 0 })],
      }),
    ]),
  ]),
  row('TT5', '—', 'RFC 1812 §5.2.1.2 (5), (7)', 'the route is looked up before the TTL is', [
    kase('TTL 1 and no route is 3/0', {
      send: transit({ ttl: 1, destination: NO_ROUTE }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 0 })],
      drop: 'no-route',
    }),
  ]),
  row('TT6', '—', 'RFC 1812 §5.2.1.2 (7), (9)', 'the TTL counts before the length does', [
    kase('TTL 1, DF and too long for the egress is 11/0', {
      send: transit({ ttl: 1, flags: FLAG_DONT_FRAGMENT, destination: REMOTE[2], payload: pattern(680) }),
      on: 0,
      expect: [error({ on: 0, type: 11, code: 0, mayQuoteForwarded: true })],
      drop: 'ttl-expired',
    }),
  ]),
  row('TT7', '—', 'RFC 1812 §5.2.1.2 (7), (12)', 'what is not forwarded redirects nobody', [
    kase('TTL 1 towards a gateway on the same port is 11/0 alone', {
      send: transit({ ttl: 1, destination: REMOTE[0] }),
      on: 0,
      expect: [error({ on: 0, type: 11, code: 0, mayQuoteForwarded: true })],
      drop: 'ttl-expired',
    }),
  ]),
  row('TT8', 'MUST', 'RFC 1812 §5.3.1, §4.3.2.7', 'multicast whose TTL runs out is dropped without a word', [
    kase('TTL 1 to a group', {
      send: transit({ ttl: 1, destination: '239.1.2.3' }),
      on: 0,
      drop: 'multicast-no-member',
    }),
  ]),
  row('TT9', 'MUST', 'RFC 1812 §4.3.2.7', 'a first fragment whose TTL runs out is answered', [
    kase('TTL 1, offset 0, more to follow', {
      send: transit({ ttl: 1, flags: FLAG_MORE_FRAGMENTS, payload: pattern(64) }),
      on: 0,
      expect: [error({ on: 0, type: 11, code: 0, mayQuoteForwarded: true })],
      drop: 'ttl-expired',
    }),
  ]),
  row('TT10', 'MUST', 'RFC 1812 §4.3.2.7', 'a later fragment whose TTL runs out is not', [
    kase('TTL 1, offset 64, more to follow', {
      send: transit({ ttl: 1, flags: FLAG_MORE_FRAGMENTS, offset: 64, payload: pattern(64) }),
      on: 0,
      drop: 'ttl-expired',
    }),
    kase('TTL 1, offset 64, the last one', {
      send: transit({ ttl: 1, offset: 64, source: HOST[0], payload: pattern(64) }),
      on: 0,
      drop: 'ttl-expired',
    }),
  ]),
  inapplicable(
    'TT11',
    'MAY',
    'RFC 1812 §5.3.1',
    'a datagram that waited in the router for more than a second may lose more of its TTL',
    'the router forwards at once or not at all: no datagram in transit waits in it',
  ),
];
