import * as ipv4 from '../../../src/ip/header.js';
import { isChecksumRight } from '../../../src/ip/octets.js';
import { pattern } from '../../support/datagram.js';
import { ANYTHING, kase, type Output, type Row, row } from '../case.js';
import { echoReply, error, forwarded, octetsOf, redirect } from '../expectation.js';
import { extended, named, object, portObject, QUOTE_LENGTH, word } from '../extensions.js';
import { echoRequest, query, transit } from '../stimulus.js';
import { DUT, GATEWAY, HOST, linkOf, NO_ROUTE, REMOTE, ROUTER, UNREACHABLE } from '../topology.js';

const INCOMING = { icmp: { extensions: ['incoming'] } } as const;
const OUTGOING = { icmp: { extensions: ['outgoing'] } } as const;
const NEXT_HOP = { icmp: { extensions: ['next-hop'] } } as const;
const ALL = { icmp: { extensions: ['incoming', 'outgoing', 'next-hop'] } } as const;
const NOT_THERE = 'it has one switch, and that later than Linux 6.18';

const incoming = portObject(0, 0);
const outgoing = portObject(2, 1);
const nextHop = object(0xc4, [0, 1, 0, 0, ...octetsOf(GATEWAY[1])]);

const expired = (length = 28, fields: Parameters<typeof transit>[0] = {}): Uint8Array =>
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

  row(
    'XT6',
    'MUST',
    'RFC 5837 §4.1 to §4.3',
    'the incoming interface: index, address, name and MTU in order',
    [
      kase('port 0', {
        send: expired(),
        on: 0,
        expect: [extended({ objects: [incoming] })],
        drop: 'ttl-expired',
        settings: INCOMING,
        notOnLinux: NOT_THERE,
      }),
      kase('port 2, whose MTU is another', {
        send: expired(28, { source: HOST[2] }),
        on: 2,
        expect: [extended({ on: 2, objects: [portObject(0, 2, 600)] })],
        drop: 'ttl-expired',
        settings: INCOMING,
        notOnLinux: NOT_THERE,
      }),
      kase('a secondary address, in the subnet of the sender', {
        send: expired(28, { source: HOST[0] }),
        on: 0,
        expect: [extended({ objects: [incoming] })],
        drop: 'ttl-expired',
        settings: INCOMING,
        topology: { addresses: { 0: ['10.1.1.1/24', '10.0.1.1/24'] } },
        notOnLinux: NOT_THERE,
      }),
    ],
  ),

  row('XT7', 'MUST', 'RFC 5837 §3, §4.5', 'each role has at most one object, in one order', [
    kase('the outgoing interface when the TTL runs out', {
      send: expired(),
      on: 0,
      expect: [extended({ objects: [outgoing] })],
      drop: 'ttl-expired',
      settings: OUTGOING,
      notOnLinux: NOT_THERE,
    }),
    kase('the outgoing interface and its MTU in 3/4', {
      send: transit({ destination: REMOTE[2], flags: ipv4.FLAG_DONT_FRAGMENT, payload: pattern(700) }),
      on: 0,
      expect: [extended({ type: 3, code: 4, mtu: 600, objects: [portObject(2, 2, 600)] })],
      drop: 'would-fragment',
      settings: OUTGOING,
      notOnLinux: NOT_THERE,
    }),
    kase('the next hop by its address', {
      send: expired(),
      on: 0,
      expect: [extended({ objects: [nextHop] })],
      drop: 'ttl-expired',
      settings: NEXT_HOP,
      notOnLinux: NOT_THERE,
    }),
    kase('the next hop on an attached link is the destination', {
      send: expired(28, { destination: HOST[1] }),
      on: 0,
      expect: [extended({ objects: [object(0xc4, [0, 1, 0, 0, ...octetsOf(HOST[1])])] })],
      drop: 'ttl-expired',
      settings: NEXT_HOP,
      notOnLinux: NOT_THERE,
    }),
    kase('all three', {
      send: expired(),
      on: 0,
      expect: [extended({ objects: [incoming, outgoing, nextHop] })],
      drop: 'ttl-expired',
      settings: ALL,
      notOnLinux: NOT_THERE,
    }),
    kase('told twice and in another order', {
      send: expired(),
      on: 0,
      expect: [extended({ objects: [incoming, outgoing, nextHop] })],
      drop: 'ttl-expired',
      settings: { icmp: { extensions: ['next-hop', 'outgoing', 'incoming', 'outgoing', 'next-hop'] } },
      notOnLinux: NOT_THERE,
    }),
    kase('without a route only the incoming interface is known', {
      send: transit({ destination: NO_ROUTE }),
      on: 0,
      expect: [extended({ type: 3, objects: [incoming] })],
      drop: 'no-route',
      settings: ALL,
      notOnLinux: NOT_THERE,
    }),
    kase('what was for the router has no way onward', {
      send: transit({ destination: ROUTER[0] }),
      on: 0,
      expect: [extended({ type: 3, code: 3, objects: [incoming] })],
      drop: 'port-unreachable',
      settings: ALL,
      notOnLinux: NOT_THERE,
    }),
  ]),

  row('XT8', 'SHOULD', 'RFC 5837 §6', 'each role and each part has its own switch', [
    ...partsOfIncoming(),
    kase('names and indexes only, of both interfaces; of the next hop nothing is left', {
      send: expired(),
      on: 0,
      expect: [
        extended({
          objects: [
            object(0x0a, word(1), named(`${DUT}.${linkOf(0)}`)),
            object(0x8a, word(2), named(`${DUT}.${linkOf(1)}`)),
          ],
        }),
      ],
      drop: 'ttl-expired',
      settings: { icmp: { ...ALL.icmp, 'extension-fields': ['name', 'index'] } },
      notOnLinux: NOT_THERE,
    }),
    kase('no part at all: no extension', {
      send: expired(),
      on: 0,
      expect: [error({ on: 0, type: 11, code: 0, mayQuoteForwarded: true })],
      drop: 'ttl-expired',
      settings: { icmp: { ...ALL.icmp, 'extension-fields': [] } },
      notOnLinux: NOT_THERE,
    }),
  ]),

  row('XT9', 'SHOULD', 'RFC 5837 §4', 'an unnumbered interface is told by index and name', [
    kase('in by an unnumbered port', {
      send: expired(28, { source: '10.0.1.200' }),
      on: 0,
      expect: [
        (sent) => {
          const objects = [object(0x0b, word(1), named(`${DUT}.${linkOf(0)}`), word(1500))];
          const wanted = extended({ objects })(sent);
          wanted.octets.set(octetsOf('10.255.0.1'), 12);
          for (const other of wanted.orElse) other.set(octetsOf('10.255.0.1'), 12);
          return wanted;
        },
      ],
      drop: 'ttl-expired',
      settings: { ...INCOMING, ip: { loopback: '10.255.0.1' } },
      topology: { addresses: { 0: [] } },
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

function partsOfIncoming() {
  const parts = {
    index: object(0x08, word(1)),
    address: object(0x04, [0, 1, 0, 0, ...octetsOf(ROUTER[0])]),
    name: object(0x02, named(`${DUT}.${linkOf(0)}`)),
    mtu: object(0x01, word(1500)),
  } as const;
  return (Object.keys(parts) as (keyof typeof parts)[]).map((part) =>
    kase(`only the ${part} of the incoming interface`, {
      send: expired(),
      on: 0,
      expect: [extended({ objects: [parts[part]] })],
      drop: 'ttl-expired',
      settings: { icmp: { ...INCOMING.icmp, 'extension-fields': [part] } },
      notOnLinux: NOT_THERE,
    }),
  );
}

const checksumFault = ({ octets }: Output): string | undefined => {
  const at = ipv4.headerLength(octets) + 8 + QUOTE_LENGTH;
  if (octets[at] !== 0x20 || octets[at + 1] !== 0) return 'no extension of version 2';
  if (octets[at + 2] === 0 && octets[at + 3] === 0) return 'a checksum of zero';
  return isChecksumRight(octets, at, octets.length) ? undefined : 'a wrong checksum';
};
