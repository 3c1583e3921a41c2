import { writeUint16 } from '../../../../src/ip/octets.js';
import { pattern } from '../../../support/datagram.js';
import { type Case, kase, type Row, row } from '../../case.js';
import { ROUTER } from '../../topology.js';
import { error } from '../expects.js';
import { joined, transit, type UdpFields, udp } from '../sends.js';
import { SYN, transportChecksum } from '../transport.js';

const CLOSED = 9;
const LIMITED = '255.255.255.255';

/** UDP to a closed port of the router. */
const toRouter = (fields: UdpFields = {}): Uint8Array =>
  transit({ destination: ROUTER[0], payload: udp({ destinationPort: CLOSED, ...fields }) });

/** UDP to a closed port of the router, its checksum right, and octets behind it that are not its own. */
const withChecksum = (fields: UdpFields, padding: readonly number[] = []): Uint8Array => {
  const message = udp({ destinationPort: CLOSED, ...fields });
  writeUint16(message, 6, transportChecksum(17, message) || 0xffff);
  return transit({ destination: ROUTER[0], payload: joined(message, padding) });
};

const RIGHT = withChecksum({ data: pattern(9) });
const WRONG = RIGHT.map((octet, at) => (at === RIGHT.length - 1 ? octet ^ 1 : octet));

const closed = (title: string, send: Uint8Array): Case =>
  kase(title, { send, on: 0, expect: [error({ on: 0, type: 3, code: 3 })], drop: 'port-unreachable' });

const unspoken = (title: string, protocol: number, payload: Uint8Array): Case =>
  kase(title, {
    send: transit({ destination: ROUTER[0], protocol, payload }),
    on: 0,
    expect: [error({ on: 0, type: 3, code: 2 })],
    drop: 'protocol-unreachable',
  });

export const closedPorts: readonly Row[] = [
  row('DU2', 'SHOULD', 'RFC 1122 §3.2.2.1', 'a protocol that the router does not speak is 3/2', [
    ...[253, 255, 46, 0].map((protocol) => unspoken(`protocol ${protocol}`, protocol, pattern(32))),
    unspoken('without a payload', 253, pattern(0)),
  ]),
  row('DU3', 'SHOULD', 'RFC 1122 §3.2.2.1, §4.1.3.1', 'a UDP port on which nothing listens is 3/3', [
    closed('without a checksum', toRouter()),
    closed('with a right checksum', RIGHT),
    closed('port 0', toRouter({ destinationPort: 0 })),
    closed('the largest that is quoted whole', toRouter({ data: pattern(520) })),
    kase('an address of another port says so itself', {
      send: transit({ destination: ROUTER[3], payload: udp({ destinationPort: CLOSED }) }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 3, from: ROUTER[3] })],
      drop: 'port-unreachable',
    }),
  ]),
  row('DU3b', 'MUST', 'RFC 1122 §4.1.3.4, RFC 768', 'a broken UDP datagram is dropped without a word', [
    kase('a wrong checksum', { send: WRONG, on: 0, drop: 'udp-bad-checksum' }),
    kase('a length beyond the datagram', { send: toRouter({ length: 17 }), on: 0, drop: 'udp-bad-checksum' }),
    kase('a length of 7', { send: toRouter({ length: 7 }), on: 0, drop: 'udp-bad-checksum' }),
    kase('a length of 0', { send: toRouter({ length: 0 }), on: 0, drop: 'udp-bad-checksum' }),
    kase('4 octets', {
      send: transit({ destination: ROUTER[0], payload: [0x03, 0xe8, 0, CLOSED] }),
      on: 0,
      drop: 'udp-bad-checksum',
    }),
    closed('checksum 0 says that there is none', toRouter({ checksum: 0 })),
    closed('octets behind its length are not its own', withChecksum({}, [0xde, 0xad])),
  ]),
  row('DU3c', 'MUST', 'RFC 1122 §3.2.2', 'a closed port is no news to whoever sent to many', [
    kase('the limited broadcast', {
      send: transit({ destination: LIMITED, payload: udp({ destinationPort: CLOSED }) }),
      on: 0,
      drop: 'port-unreachable',
    }),
    kase('the directed broadcast', {
      send: transit({ destination: '10.0.1.255', payload: udp({ destinationPort: CLOSED }) }),
      on: 0,
      drop: 'broadcast',
    }),
    kase('the directed broadcast, received by leave', {
      settings: { ip: { 'directed-broadcast': true } },
      send: transit({ destination: '10.0.1.255', payload: udp({ destinationPort: CLOSED }) }),
      on: 0,
      drop: 'port-unreachable',
    }),
    kase('all systems on the link', {
      send: transit({ destination: '224.0.0.1', payload: udp({ destinationPort: CLOSED }) }),
      on: 0,
      drop: 'multicast-link-local',
    }),
    kase('a group', {
      send: transit({ destination: '239.1.2.3', payload: udp({ destinationPort: CLOSED }) }),
      on: 0,
      drop: 'multicast-no-member',
    }),
  ]),
  row('DU16', '—', 'RFC 1122 §3.2.2.1', 'TCP to the router, which has none, is 3/2', [
    unspoken('a SYN', 6, SYN),
  ]),
];
