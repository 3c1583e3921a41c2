import { FLAG_DONT_FRAGMENT, FLAG_RESERVED } from '../../../../src/ip/header.js';
import { pattern, withOctets } from '../../../support/datagram.js';
import { kase, type Row, row } from '../../case.js';
import { forwarded, fragments } from '../../expectation.js';
import { NO_ROUTE, REMOTE } from '../../topology.js';
import { error } from '../expects.js';
import { echoRequest, joined, spoilt, transit } from '../sends.js';

const NOTHING_TO_CARRY = 'no TUN device carries a datagram of no octets';

/** Pieces of 1480 octets, and the rest. */
const PIECES_OF_LARGEST = Array.from({ length: 45 }, (_, at) => {
  const offset = at * 1480;
  return [offset, Math.min(1480, 65_515 - offset), at < 44] as const;
});

export const headers: readonly Row[] = [
  row(
    'HV1',
    'MUST',
    'RFC 1812 §5.2.1, §5.3.3.3 (4), RFC 3168 §5',
    'a good datagram leaves with its TTL one less and nothing else changed',
    [
      kase('a plain one', { send: transit(), on: 0, expect: [forwarded({ on: 1 })] }),
      kase('with TOS, an ECN mark and DF', {
        send: transit({ tos: 0xbb, id: 0xbeef, flags: FLAG_DONT_FRAGMENT, payload: pattern(1001) }),
        on: 0,
        expect: [forwarded({ on: 1 })],
      }),
      kase('with options that have no room to write in', {
        send: transit({ options: [1, 0x5e, 6, 1, 2, 3, 4, 1] }),
        on: 0,
        expect: [forwarded({ on: 1 })],
      }),
    ],
  ),
  row('HV2', 'MUST', 'RFC 1812 §5.2.2 (1)', 'what is shorter than a header is dropped without a word', [
    ...[1, 19].map((length) =>
      kase(`${length} octets`, { send: transit().slice(0, length), on: 0, drop: 'too-short' }),
    ),
    kase('no octet at all', {
      send: new Uint8Array(0),
      on: 0,
      drop: 'too-short',
      virtualOnly: NOTHING_TO_CARRY,
      notOnLinux: NOTHING_TO_CARRY,
    }),
  ]),
  row('HV3', 'MUST', 'RFC 1812 §5.2.2 (3)', 'another version than 4 is dropped without a word', [
    kase('version 5', { send: spoilt(transit(), 0, 0x55), on: 0, drop: 'bad-version' }),
    kase('version 0', { send: spoilt(transit(), 0, 0x05), on: 0, drop: 'bad-version' }),
    kase('version 6 is counted apart', {
      send: joined([0x60, 0, 0, 0, 0, 0, 59, 64], pattern(32)),
      on: 0,
      drop: 'ipv6',
    }),
  ]),
  row('HV4', 'MUST', 'RFC 1812 §5.2.2 (4)', 'a header length below 5 words is dropped', [
    ...[0, 1, 2, 3].map((words) =>
      kase(`${words} words`, { send: spoilt(transit(), 0, 0x40 | words), on: 0, drop: 'bad-header-length' }),
    ),
    kase('4 words, with a checksum that is right for them', {
      send: withOctets(transit(), 0, 0x44),
      on: 0,
      drop: 'bad-header-length',
    }),
  ]),
  row('HV5', 'MUST', 'RFC 1812 §5.2.2', 'a header longer than what was read is dropped', [
    kase('60 octets of header in 36', { send: spoilt(transit(), 0, 0x4f), on: 0, drop: 'bad-header-length' }),
  ]),
  row('HV6', 'MUST', 'RFC 1812 §5.2.2 (5)', 'a total length below the header length is dropped', [
    ...[0, 19].map((length) =>
      kase(`total length ${length}`, {
        send: withOctets(transit(), 2, 0, length),
        on: 0,
        drop: 'bad-total-length',
      }),
    ),
    kase('total length 20 with 24 octets of header', {
      send: withOctets(transit({ options: [1, 1, 1, 1] }), 2, 0, 20),
      on: 0,
      drop: 'bad-total-length',
    }),
  ]),
  row(
    'HV7',
    'MUST',
    'RFC 1812 §5.2.2',
    'a truncated datagram is dropped and answered with 12/0 that points at the total length',
    [
      kase('36 octets that say they are 60', {
        send: withOctets(transit(), 2, 0, 60),
        on: 0,
        expect: [error({ on: 0, type: 12, code: 0, parameter: 0x0200_0000 })],
        drop: 'truncated',
      }),
    ],
  ),
  row('HV8', '—', 'RFC 791 §3.1, RFC 1812 §5.2.2', 'octets behind the total length go no further', [
    kase('10 octets too many', {
      send: joined(transit(), pattern(10)),
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
    kase('behind one that is quoted', {
      send: joined(transit({ ttl: 1 }), pattern(10)),
      on: 0,
      expect: [error({ on: 0, type: 11, code: 0, quotes: transit({ ttl: 1 }), mayQuoteForwarded: true })],
      drop: 'ttl-expired',
    }),
  ]),
  row('HV9', 'MUST', 'RFC 1812 §4.2.2.3, §5.2.5', 'the reserved flag is no fault and is kept', [
    kase('reserved flag', { send: transit({ flags: FLAG_RESERVED }), on: 0, expect: [forwarded({ on: 1 })] }),
  ]),
  row('HV10', 'MUST', 'RFC 1812 §5.2.5', 'the reserved flag is in every fragment', [
    kase('1428 octets over an MTU of 600', {
      send: transit({ flags: FLAG_RESERVED, destination: REMOTE[2], payload: pattern(1408) }),
      on: 0,
      expect: fragments({ on: 2 }, [
        [0, 576, true],
        [576, 576, true],
        [1152, 256, false],
      ]),
    }),
  ]),
  row('HV11', '—', 'RFC 791 §3.1', 'a datagram without a payload is forwarded', [
    kase('20 octets', { send: transit({ payload: [] }), on: 0, expect: [forwarded({ on: 1 })] }),
  ]),
  row('HV12', 'MUST', 'RFC 1812 §5.2.1 (1), §5.2.2', 'the header is checked before anything comes of it', [
    kase('a wrong checksum and TTL 1', {
      send: spoilt(transit({ ttl: 1 }), 10, 0x12),
      on: 0,
      drop: 'bad-checksum',
    }),
    kase('a wrong checksum and no route', {
      send: spoilt(transit({ destination: NO_ROUTE }), 10, 0x12),
      on: 0,
      drop: 'bad-checksum',
    }),
    kase('a wrong checksum and a truncated payload', {
      send: spoilt(withOctets(transit(), 2, 0, 60), 10, 0x12),
      on: 0,
      drop: 'bad-checksum',
    }),
    kase('a wrong checksum and a bad option', {
      send: spoilt(transit({ options: [7, 3, 1, 0] }), 10, 0x12),
      on: 0,
      drop: 'bad-checksum',
    }),
    kase('a wrong checksum on an echo request to the router', {
      send: spoilt(echoRequest(), 10, 0x12),
      on: 0,
      drop: 'bad-checksum',
    }),
  ]),
  row('HV13', 'MUST', 'RFC 791 §3.1', 'the largest datagram that there is goes through', [
    kase('whole, where the egress carries it', {
      topology: { mtu: { 0: 65_535, 1: 65_535 } },
      send: transit({ payload: pattern(65_515) }),
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
    kase('in 45 fragments over an MTU of 1500', {
      topology: { mtu: { 0: 65_535 } },
      send: transit({ payload: pattern(65_515) }),
      on: 0,
      expect: fragments({ on: 1 }, PIECES_OF_LARGEST),
    }),
  ]),
];
