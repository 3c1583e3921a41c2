import * as ipv4 from '../../../../src/ip/header.js';
import { addressOctets, pattern, withOctets } from '../../../support/datagram.js';
import { kase, type Row, row } from '../../case.js';
import { forwarded, passedOn } from '../../expectation.js';
import { HOST, ROUTER } from '../../topology.js';
import { echoReply } from '../expects.js';
import { echoRequest, spoilt, transit, udp } from '../sends.js';

/** A datagram in transit whose header checksum is this, by choice of its identification. */
const withChecksum = (wanted: number): Uint8Array => {
  for (let id = 0; id < 0x10000; id += 1) {
    const candidate = transit({ id });
    if (ipv4.headerChecksum(candidate) === wanted) return candidate;
  }
  throw new Error(`no identification gives the checksum ${wanted.toString(16)}`);
};

const RIGHT = ipv4.headerChecksum(transit());

export const checksums: readonly Row[] = [
  row('CK1', 'MUST', 'RFC 1812 §4.2.2.5', 'a wrong header checksum is dropped without a word', [
    kase('one bit wrong', { send: spoilt(transit(), 11, (RIGHT & 255) ^ 1), on: 0, drop: 'bad-checksum' }),
    kase('zero', { send: spoilt(transit(), 10, 0, 0), on: 0, drop: 'bad-checksum' }),
    kase('to the router itself', { send: spoilt(echoRequest(), 8, 65), on: 0, drop: 'bad-checksum' }),
  ]),
  row('CK2', 'MUST', 'RFC 1624 §2, §3', 'a checksum that becomes zero is written as 0000h, never as FFFFh', [
    kase('FEFFh with TTL 64', {
      send: withChecksum(0xfeff),
      on: 0,
      expect: [forwarded({ on: 1, as: spoilt(withChecksum(0xfeff), 8, 63, ipv4.PROTOCOL_UDP, 0, 0) })],
    }),
  ]),
  row('CK3', '—', 'RFC 1071 §1', 'FFFFh is as good as 0000h in what comes in', [
    kase('FFFFh where 0000h is canonical', {
      send: spoilt(withChecksum(0), 10, 0xff, 0xff),
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
  ]),
  row('CK4', 'MUST', 'RFC 791 §3.1', 'where an option is changed the checksum is made anew', [
    kase('record route', {
      send: transit({ options: [7, 7, 4, 0, 0, 0, 0, 0] }),
      on: 0,
      expect: [
        forwarded({
          on: 1,
          as: passedOn(transit({ options: [7, 7, 8, ...addressOctets(ROUTER[1]), 0] })),
        }),
      ],
    }),
    kase('loose source route', {
      settings: { ip: { options: { 'loose-source-route': 'process' } } },
      send: transit({ destination: ROUTER[0], options: [131, 7, 4, ...addressOctets(HOST[1]), 0] }),
      on: 0,
      expect: [
        forwarded({
          on: 1,
          as: passedOn(
            transit({ destination: HOST[1], options: [131, 7, 8, ...addressOctets(ROUTER[1]), 0] }),
          ),
        }),
      ],
    }),
  ]),
  row(
    'CK5',
    'MUST',
    'RFC 1812 §5.2',
    "the checksum of what is inside a datagram in transit is nobody's business here",
    [
      ...[0x1234, 0xffff, 0].map((checksum) =>
        kase(`UDP with checksum ${checksum.toString(16)}h`, {
          send: transit({ payload: udp({ checksum, data: pattern(33) }) }),
          on: 0,
          expect: [forwarded({ on: 1 })],
        }),
      ),
      kase('ICMP with a wrong checksum', {
        send: transit({ protocol: 1, payload: [8, 0, 0x12, 0x34, 0, 1, 0, 1] }),
        on: 0,
        expect: [forwarded({ on: 1 })],
      }),
    ],
  ),
  row(
    'CK6',
    'MUST',
    'RFC 1071 §1, RFC 792',
    'a message of odd length is summed as if a zero octet followed',
    [
      ...[1, 3, 333].map((length) =>
        kase(`${length} octets of echo data`, {
          send: echoRequest({ data: pattern(length).map((octet) => octet ^ 0xa5) }),
          on: 0,
          expect: [echoReply({ on: 0 })],
        }),
      ),
      kase('a header that was made right by hand', {
        send: withOctets(echoRequest({ data: [255] }), 1, 0x10),
        on: 0,
        expect: [echoReply({ on: 0 })],
      }),
    ],
  ),
];
