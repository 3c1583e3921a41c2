import * as ipv4 from '../../../../src/ip/header.js';
import { isChecksumRight } from '../../../../src/ip/octets.js';
import { pattern } from '../../../support/datagram.js';
import { ANYTHING, kase, type Output, type Row, row } from '../../case.js';
import { forwarded } from '../../expectation.js';
import { GATEWAY, HOST, NO_ROUTE, REMOTE, UNREACHABLE } from '../../topology.js';
import { echoReply, error, redirect } from '../expects.js';
import { extended, portObject, QUOTE_LENGTH } from '../extensions.js';
import { echoRequest, query, transit } from '../sends.js';

export const INCOMING = { icmp: { extensions: ['incoming'] } } as const;
export const OUTGOING = { icmp: { extensions: ['outgoing'] } } as const;

export const ALL = { icmp: { extensions: ['incoming', 'outgoing', 'next-hop'] } } as const;
export const NOT_THERE = 'it has one switch, and that later than Linux 6.18';

export const incoming = portObject(0, 0);

export const expired = (length = 28, fields: Parameters<typeof transit>[0] = {}): Uint8Array =>
  transit({ ttl: 1, payload: pattern(length - 20), ...fields });

/** A datagram of this length with TTL 1, and the error about it. */
const offenderOf = (length: number) =>
  kase(`an original of ${length} octets`, {
    send: expired(length),
    on: 0,
    expect: [extended({ objects: [incoming] })],
    drop: 'ttl-expired',
    settings: INCOMING,
    notOnLinux: NOT_THERE,
  });

export const extensions: readonly Row[] = [
  row('XT1', 'MUST', 'RFC 4884 §4', 'without extensions an error says nothing of a length', [
    ...[28, 128, 1428].map((length) =>
      kase(`by default, an original of ${length} octets`, {
        send: expired(length),
        on: 0,
        expect: [error({ on: 0, type: 11, code: 0, mayQuoteForwarded: true })],
        drop: 'ttl-expired',
      }),
    ),
    kase('by default, 3/0', {
      send: transit({ destination: NO_ROUTE }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 0 })],
      drop: 'no-route',
    }),
    kase('a role about which nothing is known adds nothing', {
      send: transit({ destination: NO_ROUTE }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 0 })],
      drop: 'no-route',
      settings: OUTGOING,
      notOnLinux: NOT_THERE,
    }),
  ]),
  row(
    'XT2',
    'MUST',
    'RFC 4884 §4, §5.3, §7',
    'in front of an extension a short quote is filled up to 128 octets',
    [
      offenderOf(60),
      offenderOf(28),
      kase('3/0', {
        send: transit({ destination: NO_ROUTE }),
        on: 0,
        expect: [extended({ type: 3, objects: [incoming] })],
        drop: 'no-route',
        settings: INCOMING,
        notOnLinux: NOT_THERE,
      }),
    ],
  ),
  row('XT3', 'MUST', 'RFC 4884 §5.3, §7', 'in front of an extension a long quote is cut off at 128 octets', [
    ...[127, 128, 129, 1400].map(offenderOf),
    kase('1400 octets with all roles: no more than 576 octets in all', {
      send: expired(1400),
      on: 0,
      expect: ANYTHING,
      judge: ([output]) =>
        output !== undefined && output.octets.length <= 576 ? undefined : 'none, or one that is too long',
      settings: ALL,
    }),
    kase('out of a port with MTU 68 there is no room: the quote comes without an extension', {
      send: expired(68, { source: HOST[3] }),
      on: 3,
      expect: [error({ on: 3, type: 11, code: 0, mayQuoteForwarded: true })],
      drop: 'ttl-expired',
      settings: ALL,
    }),
  ]),
  row('XT4', 'MUST', 'RFC 4884 §4.6', 'only types 3, 11 and 12 have an extension', [
    kase('12/0 has one', {
      send: transit({ options: [7, 1, 0, 0] }),
      on: 0,
      expect: [extended({ type: 12, pointer: 20, objects: [incoming] })],
      drop: 'bad-option',
      settings: INCOMING,
      notOnLinux: NOT_THERE,
    }),
    kase('3/1 has one', {
      send: transit({ destination: UNREACHABLE }),
      on: 0,
      expect: [extended({ type: 3, code: 1, objects: [incoming] })],
      drop: 'unreachable-route',
      settings: ALL,
      notOnLinux: NOT_THERE,
    }),
    kase('a redirect has none', {
      send: transit({ destination: REMOTE[0] }),
      on: 0,
      expect: [redirect({ on: 0, gateway: GATEWAY[0] }), forwarded({ on: 0 })],
      settings: ALL,
    }),
    kase('an echo reply has none', {
      send: echoRequest(),
      on: 0,
      expect: [echoReply({ on: 0 })],
      settings: ALL,
    }),
    kase('a timestamp reply has none', {
      send: query(13, { data: new Uint8Array(12) }),
      on: 0,
      expect: ANYTHING,
      judge: ([output]) => (output?.octets.length === 40 ? undefined : 'none, or one that is too long'),
      settings: { icmp: { ...ALL.icmp, 'timestamp-reply': true } },
    }),
  ]),
  row('XT5', 'MUST', 'RFC 4884 §4.1', 'in 3/4 the next-hop MTU stays beside the length', [
    kase('MTU 600', {
      send: transit({ destination: REMOTE[2], flags: ipv4.FLAG_DONT_FRAGMENT, payload: pattern(700) }),
      on: 0,
      expect: [extended({ type: 3, code: 4, mtu: 600, objects: [incoming] })],
      drop: 'would-fragment',
      settings: INCOMING,
      notOnLinux: NOT_THERE,
    }),
  ]),
  row('XT10', 'MUST', 'RFC 4884 §7', 'an extension has a checksum over all of it, which is never zero', [
    kase('60 errors about different originals', {
      send: Array.from({ length: 60 }, (_, at) => expired(28, { destination: `10.10.${at}.5` })),
      on: 0,
      expect: ANYTHING,
      judge: (outputs) =>
        outputs.length === 60 ? outputs.map(checksumFault).find(Boolean) : `${outputs.length} errors`,
      settings: ALL,
      notOnLinux: NOT_THERE,
    }),
  ]),
];

const checksumFault = ({ octets }: Output): string | undefined => {
  const at = ipv4.headerLength(octets) + 8 + QUOTE_LENGTH;
  if (octets[at] !== 0x20 || octets[at + 1] !== 0) return 'no extension of version 2';
  if (octets[at + 2] === 0 && octets[at + 3] === 0) return 'a checksum of zero';
  return isChecksumRight(octets, at, octets.length) ? undefined : 'a wrong checksum';
};
