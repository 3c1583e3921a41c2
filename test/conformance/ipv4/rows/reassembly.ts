import * as ipv4 from '../../../../src/ip/header.js';
import { seconds } from '../../../../src/time.js';
import { pattern, withOctets } from '../../../support/datagram.js';
import { kase, type Output, type Row, row, type Step } from '../../case.js';
import { originated } from '../../expectation.js';
import { ROUTER } from '../../topology.js';
import { echoReply, error } from '../expects.js';
import { about, piece, pieces } from '../pieces.js';
import { echoRequest, transit } from '../sends.js';
import {
  ANSWERED,
  FIRST,
  held,
  LAST,
  MIDDLE,
  overlap,
  REQUEST,
  UDP_TO_ROUTER,
  WAITS,
  withOptions,
} from '../waiting-fragments.js';

const ORDERS: readonly (readonly [string, readonly Uint8Array[]])[] = [
  ['in order', [FIRST, MIDDLE, LAST]],
  ['in reverse', [LAST, MIDDLE, FIRST]],
  ['the first one last', [MIDDLE, LAST, FIRST]],
  ['the last one first', [LAST, FIRST, MIDDLE]],
  ['the first two swapped', [MIDDLE, FIRST, LAST]],
  ['the last two swapped', [FIRST, LAST, MIDDLE]],
];

/** The same, with another payload in every octet but those of the ICMP header. */
const OTHER_OCTETS = REQUEST.map((octet, at) => (at < 28 ? octet : octet ^ 0xff));

const LARGEST = echoRequest({ id: 0x7002, data: pattern(65_507) });
const STEPS_OF_1480 = Array.from({ length: 44 }, (_, at) => 1480 * (at + 1));
const LARGEST_REPLY = echoReply({ on: 0 })([LARGEST]).octets;

/** Says what is wrong unless all that came out has one identification. */
const oneIdentification = (outputs: readonly Output[]): string | undefined =>
  new Set(outputs.map(({ octets }) => ipv4.identification(octets))).size === 1
    ? undefined
    : 'fragments with several identifications';

/** Sends the last missing fragment. */
const completed = (fragment: Uint8Array): Step => ({ send: fragment, on: 0, expect: ANSWERED });

export const reassembly: readonly Row[] = [
  row(
    'RA1',
    'MUST',
    'RFC 1812 §4.2.2.8, RFC 1122 §3.3.2',
    'fragments for the router are put together, in whatever order they come',
    [
      ...ORDERS.map(([title, send]) => kase(title, { send, on: 0, expect: ANSWERED })),
      kase('between those of another identification', {
        send: [FIRST, MIDDLE, LAST].flatMap((each) => [each, withOctets(each, 4, 0x70, 0x02)]),
        on: 0,
        expect: [...ANSWERED, ...ANSWERED],
      }),
      kase('between those of another protocol', {
        send: pieces(UDP_TO_ROUTER, 16, 32).flatMap((each, at) => [[FIRST, MIDDLE, LAST][at]!, each]),
        on: 0,
        expect: [...ANSWERED, about(UDP_TO_ROUTER, error({ on: 0, type: 3, code: 3 }))],
        drop: ['port-unreachable', 'port-unreachable', 'port-unreachable'],
      }),
    ],
  ),
  row(
    'RA2',
    'MUST',
    'RFC 1812 §4.2.2.8, §4.3.3.6, RFC 1122 §3.3.2',
    'the largest datagram that there is, is put together and answered whole',
    [
      kase('65,507 octets of echo data, there and back in 45 fragments', {
        send: pieces(LARGEST, ...STEPS_OF_1480),
        on: 0,
        expect: pieces(LARGEST_REPLY, ...STEPS_OF_1480).map((octets) => originated(0, octets)),
        judge: oneIdentification,
      }),
    ],
  ),
  row('RA3', 'MUST', 'RFC 791 §3.2', 'a fragment that comes twice counts once', [
    kase('the first', { send: [FIRST, FIRST, MIDDLE, LAST], on: 0, expect: ANSWERED }),
    kase('one in the middle', { send: [FIRST, MIDDLE, MIDDLE, LAST], on: 0, expect: ANSWERED }),
    kase('the last', { send: [LAST, LAST, MIDDLE, FIRST], on: 0, expect: ANSWERED }),
  ]),
  row('RA4', '—', 'RFC 791 §3.2', 'a fragment that brings nothing new changes nothing', [
    kase('8 of the octets that have come', {
      send: [FIRST, MIDDLE, piece(REQUEST, 24, 32), LAST],
      on: 0,
      expect: ANSWERED,
    }),
    kase('octets of two fragments that have come', {
      send: [FIRST, MIDDLE, piece(REQUEST, 8, 24), LAST],
      on: 0,
      expect: ANSWERED,
    }),
    kase('the same place with other octets', {
      send: [FIRST, MIDDLE, piece(OTHER_OCTETS, 24, 32), LAST],
      on: 0,
      expect: ANSWERED,
    }),
  ]),
  row(
    'RA5',
    '—',
    'RFC 1858 §4, RFC 5722 §4',
    'fragments that overlap in part end their datagram, without a word',
    [
      ...(
        [
          ['the same octets', REQUEST],
          ['other octets', OTHER_OCTETS],
        ] as const
      ).flatMap(([octets, from]) => [
        kase(`${octets}, over the end of what has come`, {
          steps: [
            held(FIRST),
            { send: piece(from, 8, 32), on: 0, drop: overlap(2) },
            { send: LAST, on: 0, drop: overlap(1) },
          ],
        }),
        kase(`${octets}, over the beginning of what has come`, {
          steps: [
            held(MIDDLE),
            { send: piece(from, 0, 24), on: 0, drop: overlap(2) },
            { send: LAST, on: 0, drop: overlap(1) },
          ],
        }),
        kase(`${octets}, around what has come`, {
          steps: [
            held(FIRST, piece(REQUEST, 24, 32)),
            { send: piece(from, 16, 40), on: 0, drop: overlap(3) },
            { send: [piece(REQUEST, 16, 24), LAST], on: 0, drop: overlap(2) },
          ],
        }),
      ]),
      kase('when its time is over the identification is free again', {
        virtualOnly: WAITS,
        steps: [
          held(FIRST),
          { send: piece(REQUEST, 8, 24), on: 0, drop: overlap(2) },
          { wait: seconds(61) },
          held(FIRST, MIDDLE),
          completed(LAST),
        ],
      }),
    ],
  ),
  row('RA6', '—', 'RFC 791 §3.2', 'a fragment of odd length that is not the last one is dropped', [
    kase('15 octets, more to follow; the right one is taken after it', {
      steps: [
        { send: piece(REQUEST, 0, 15), on: 0, drop: 'reassembly-overlap' },
        held(FIRST, MIDDLE),
        completed(LAST),
      ],
    }),
    kase('in the middle of a datagram that waits', {
      steps: [
        held(FIRST, LAST),
        { send: piece(REQUEST, 16, 31), on: 0, drop: 'reassembly-overlap' },
        completed(MIDDLE),
      ],
    }),
  ]),
  row('RA7', '—', 'RFC 1858 §4', 'a datagram whose fragments disagree about its end is over', [
    kase('more behind the last one', {
      steps: [
        held(piece(REQUEST, 16, 32, false)),
        { send: LAST, on: 0, drop: overlap(2) },
        { send: FIRST, on: 0, drop: overlap(1) },
      ],
    }),
    kase('a last one before what has come', {
      steps: [
        held(piece(REQUEST, 32, 48, true)),
        { send: piece(REQUEST, 16, 32, false), on: 0, drop: overlap(2) },
        { send: FIRST, on: 0, drop: overlap(1) },
      ],
    }),
    kase('two last ones', {
      steps: [
        held(LAST),
        { send: piece(REQUEST, 16, 32, false), on: 0, drop: overlap(2) },
        { send: [FIRST, MIDDLE], on: 0, drop: overlap(2) },
      ],
    }),
  ]),
  row(
    'RA8',
    'MUST',
    'RFC 791 §3.1, §3.2',
    'a fragment that reaches beyond the largest datagram is dropped, and nothing else suffers',
    [
      kase('16 octets at offset 65528', {
        steps: [
          {
            send: echoRequest({ id: 0x7001, offset: 65_528, data: pattern(8) }),
            on: 0,
            drop: 'reassembly-overlap',
          },
          { send: echoRequest(), on: 0, expect: [echoReply({ on: 0 })] },
        ],
      }),
      kase('one octet too many', {
        send: transit({ destination: ROUTER[0], protocol: 1, offset: 65_512, payload: pattern(4) }),
        on: 0,
        drop: 'reassembly-overlap',
      }),
      kase('to a datagram that waits', {
        steps: [
          held(FIRST, MIDDLE),
          {
            send: echoRequest({ id: 0x7001, offset: 65_528, data: pattern(8) }),
            on: 0,
            drop: 'reassembly-overlap',
          },
          completed(LAST),
        ],
      }),
      kase('options of the first fragment make the whole too long', {
        send: [
          withOptions(piece(LARGEST, 0, 1440), new Array<number>(40).fill(1)),
          ...pieces(LARGEST, ...STEPS_OF_1480.map((at) => at - 40), 65_480).slice(1),
        ],
        on: 0,
        drop: overlap(46),
      }),
    ],
  ),
  row('RA9', '—', 'RFC 791 §3.2', 'a fragment without a payload is dropped', [
    ...(
      [
        ['the first one', piece(REQUEST, 0, 0)],
        ['one in the middle', piece(REQUEST, 16, 16)],
        ['the last one', piece(REQUEST, 48, 48)],
      ] as const
    ).map(([title, empty]) =>
      kase(title, {
        steps: [
          held(FIRST, MIDDLE),
          { send: empty, on: 0, drop: 'reassembly-overlap' as const },
          completed(LAST),
        ],
      }),
    ),
  ]),
  row('RA10', '—', 'RFC 791 §3.2', 'it does not matter by which port a fragment comes', [
    kase('three fragments by three ports', {
      steps: [
        { send: LAST, on: 1 },
        { send: FIRST, on: 0 },
        { send: MIDDLE, on: 2, expect: ANSWERED },
      ],
    }),
  ]),
  row(
    'RA11',
    '—',
    'RFC 791 §3.2, RFC 6864 §4.1',
    'a whole datagram with the identification of one that waits is answered at once',
    [
      kase('and so is the other when it is complete', {
        steps: [held(FIRST, MIDDLE), { send: REQUEST, on: 0, expect: ANSWERED }, completed(LAST)],
      }),
    ],
  ),
];
