import { formatAddress } from '../../../../src/address.js';
import * as ipv4 from '../../../../src/ip/header.js';
import { FLAG_DONT_FRAGMENT } from '../../../../src/ip/header.js';
import { seconds } from '../../../../src/time.js';
import { addressOctets, pattern, withOctets } from '../../../support/datagram.js';
import { ANYTHING, kase, proof, type Row, row, type Step } from '../../case.js';
import { configurationOf } from '../../configuration.js';
import { forwarded } from '../../expectation.js';
import { VirtualRouter } from '../../targets/virtual-router.js';
import { ROUTER } from '../../topology.js';
import { echoReply, error } from '../expects.js';
import { fragmentFault, optionTypes } from '../judgement.js';
import { about, piece, pieces } from '../pieces.js';
import { echoRequest, transit, udp } from '../sends.js';
import {
  ANSWERED,
  FIRST,
  held,
  LAST,
  MIDDLE,
  overlap,
  REQUEST,
  timeout,
  UDP_TO_ROUTER,
  WAITS,
  withOptions,
} from '../waiting-fragments.js';

const withTos = (fragment: Uint8Array, tos: number): Uint8Array => withOctets(fragment, 1, tos);

/** A reassembly in which each fragment has its own ECN mark; the answer has the mark of the whole. */
const marked = (title: string, marks: readonly [number, number, number], whole: number | undefined) =>
  kase(title, {
    send: [FIRST, MIDDLE, LAST].map((fragment, at) => withTos(fragment, marks[at]!)),
    on: 0,
    ...(whole === undefined
      ? { drop: overlap(3) }
      : { expect: [about(withTos(REQUEST, whole), echoReply({ on: 0 }))] }),
  });

const LONG_REQUEST = echoRequest({ data: pattern(1480) });
const PIECES_OF_LONG = pieces(LONG_REQUEST, 1480) as [Uint8Array, Uint8Array];

/** The first or the second fragment of an echo request, from one of many sources. */
const fromSource = (source: number, which: 0 | 1): Uint8Array =>
  withOctets(PIECES_OF_LONG[which], 12, 10, 9, Math.floor(source / 50), (source % 50) + 1);
const SOURCES = 4000;

/** First fragments of as many sources, a few at a time so that no device's queue overflows. */
const FLOOD = Array.from(
  { length: SOURCES / 50 },
  (_, round): Step => ({
    send: Array.from({ length: 50 }, (_, at) => fromSource(50 * round + at, 0)),
    on: 0,
    expect: ANYTHING,
  }),
);

/** How much waits after the flood, in octets of what came. */
const floodFault = (): string | undefined => {
  const virtual = new VirtualRouter(configurationOf());
  for (let source = 0; source < SOURCES; source += 1) virtual.host(0).send(fromSource(source, 0));
  const octets = virtual.router.ledger.held * 1500;
  return octets <= 4 * 1024 * 1024 ? undefined : `${octets} octets wait`;
};

const ROOM_FOR_THREE = [7, 15, 4, ...new Array<number>(12).fill(0), 0];
const RECORDED = [7, 15, 12, ...addressOctets(ROUTER[0]), ...addressOctets(ROUTER[0]), 0, 0, 0, 0];
const RECORDING = echoRequest({ id: 0x7003, options: ROOM_FOR_THREE, data: pattern(40) });
const LONG_RECORDING = echoRequest({ id: 0x7004, options: ROOM_FOR_THREE, data: pattern(2000) });
const LONG_REPLY = echoReply({ on: 0, options: RECORDED })([LONG_RECORDING]).octets;

const LONG_UDP = transit({
  destination: ROUTER[0],
  payload: udp({ destinationPort: 9, data: pattern(2000) }),
});

export const reassembled: readonly Row[] = [
  row(
    'RA16',
    'MUST',
    'RFC 1812 §4.2.2.8, RFC 1858 §4',
    'what waits is bounded: the oldest makes room, and forwarding goes on',
    [
      kase('one source begins 65 datagrams', {
        steps: [
          ...Array.from({ length: 64 }, (_, at) => held(withOctets(FIRST, 4, 0x60, at))),
          { send: FIRST, on: 0, drop: 'reassembly-limit' },
          { send: transit(), on: 0, expect: [forwarded({ on: 1 })] },
          { send: [MIDDLE, LAST], on: 0, expect: ANSWERED },
          {
            send: [MIDDLE, LAST].map((each) => withOctets(each, 4, 0x60, 1)),
            on: 0,
            expect: [about(withOctets(REQUEST, 4, 0x60, 1), echoReply({ on: 0 }))],
          },
          held(...[MIDDLE, LAST].map((each) => withOctets(each, 4, 0x60, 0))),
        ],
      }),
      kase('4000 sources begin one each: the newest is answered, the oldest is not', {
        steps: [
          ...FLOOD,
          { send: transit(), on: 0, expect: [forwarded({ on: 1 })] },
          { send: fromSource(0, 1), on: 0, expect: ANYTHING },
          { send: fromSource(SOURCES - 1, 1), on: 0, expect: ANYTHING },
        ],
        judge: ([, ...replies]) => {
          const to = replies.map(({ octets }) => formatAddress(ipv4.destination(octets))).join();
          return to === '10.9.79.50,10.9.79.50' ? undefined : `answers to ${to || 'nobody'}`;
        },
      }),
      proof('no more than 4 MB wait', floodFault),
    ],
  ),
  row(
    'RA17',
    '—',
    'RFC 1122 §3.2.1.8 (c)',
    'the options of the first fragment are those of the whole, and of the answer',
    [
      kase('record route, there and back', {
        send: pieces(RECORDING, 16, 32),
        on: 0,
        expect: [about(RECORDING, echoReply({ on: 0, options: RECORDED }))],
      }),
      kase('record route in a later fragment counts for nothing', {
        send: [FIRST, withOptions(MIDDLE, ROOM_FOR_THREE), LAST],
        on: 0,
        expect: ANSWERED,
      }),
      kase('an answer in fragments has it in its first', {
        send: pieces(LONG_RECORDING, 1440),
        on: 0,
        expect: ANYTHING,
        judge: (outputs) => {
          const id = ipv4.identification(outputs[0]?.octets ?? LONG_REPLY);
          const fault = fragmentFault(outputs, withOctets(LONG_REPLY, 4, id >>> 8, id & 255), 1500);
          const types = outputs.map(({ octets }) => optionTypes(octets).join());
          return fault ?? (types.join(';') === '7;' ? undefined : `options ${types.join('; ')}`);
        },
      }),
    ],
  ),
  row('RA18', 'MUST', 'RFC 3168 §5.3', 'a mark of congestion on one fragment is one on the whole', [
    marked('CE on the last, ECT(0) on the others', [2, 2, 3], 3),
    marked('CE on the first, ECT(0) on the others', [3, 2, 2], 3),
    marked('CE in the middle, ECT(1) on the others', [1, 3, 1], 3),
    marked('CE on all', [3, 3, 3], 3),
    marked('ECT(0) on all', [2, 2, 2], 2),
    marked('none on all', [0, 0, 0], 0),
    marked('CE on one and not-ECT on another ends it', [0, 2, 3], undefined),
    marked('CE and not-ECT alone, too', [3, 3, 0], undefined),
  ]),
  row('RA19', '—', 'RFC 6864 §4', 'fragments with DF are put together like others', [
    kase('DF on all of them', {
      send: pieces(echoRequest({ id: 0x7001, flags: FLAG_DONT_FRAGMENT, data: pattern(40) }), 16, 32),
      on: 0,
      expect: ANSWERED,
    }),
  ]),
  row(
    'RA20',
    '—',
    'RFC 1812 §5.2.4.1',
    'a first fragment with a bad option is answered at once, and not kept',
    [
      kase('record route with pointer 1', {
        virtualOnly: WAITS,
        steps: [
          held(MIDDLE, LAST),
          {
            send: piece(
              echoRequest({ id: 0x7001, options: [7, 7, 1, 0, 0, 0, 0], data: pattern(40) }),
              0,
              16,
            ),
            on: 0,
            expect: [error({ on: 0, type: 12, code: 0, parameter: 22 * 0x100_0000 })],
            drop: 'bad-option',
          },
          { wait: seconds(61), drop: timeout(2) },
        ],
      }),
    ],
  ),
  row('RA21', '—', 'RFC 1812 §4.3.2.3', 'an error about a datagram in fragments quotes the whole', [
    kase('UDP to a closed port', {
      send: pieces(UDP_TO_ROUTER, 16, 32),
      on: 0,
      expect: [about(UDP_TO_ROUTER, error({ on: 0, type: 3, code: 3 }))],
      drop: ['port-unreachable', 'port-unreachable', 'port-unreachable'],
    }),
    kase('more of it than 576 octets hold', {
      send: pieces(LONG_UDP, 1480),
      on: 0,
      expect: [about(LONG_UDP, error({ on: 0, type: 3, code: 3 }))],
      drop: ['port-unreachable', 'port-unreachable'],
    }),
  ]),
];
