import * as ipv4 from '../../../../src/ip/header.js';
import { addressOctets, pattern } from '../../../support/datagram.js';
import { kase, type Row, row } from '../../case.js';
import { DUT, GATEWAY, HOST, linkOf, NO_ROUTE, REMOTE, ROUTER } from '../../topology.js';
import { error } from '../expects.js';
import { extended, named, object, portObject, word } from '../extensions.js';
import { transit } from '../sends.js';
import { ALL, expired, INCOMING, incoming, NOT_THERE, OUTGOING } from './extensions.js';

const NEXT_HOP = { icmp: { extensions: ['next-hop'] } } as const;

const outgoing = portObject(2, 1);
const nextHop = object(0xc4, [0, 1, 0, 0, ...addressOctets(GATEWAY[1])]);

export const interfaceObjects: readonly Row[] = [
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
      expect: [extended({ objects: [object(0xc4, [0, 1, 0, 0, ...addressOctets(HOST[1])])] })],
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
          wanted.octets.set(addressOctets('10.255.0.1'), 12);
          for (const other of wanted.orElse) other.set(addressOctets('10.255.0.1'), 12);
          return wanted;
        },
      ],
      drop: 'ttl-expired',
      settings: { ...INCOMING, ip: { loopback: '10.255.0.1' } },
      topology: { addresses: { 0: [] } },
      notOnLinux: NOT_THERE,
    }),
  ]),
];

function partsOfIncoming() {
  const parts = {
    index: object(0x08, word(1)),
    address: object(0x04, [0, 1, 0, 0, ...addressOctets(ROUTER[0])]),
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
