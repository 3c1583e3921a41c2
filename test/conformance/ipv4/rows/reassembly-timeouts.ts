import { seconds } from '../../../../src/time.js';
import { pattern } from '../../../support/datagram.js';
import { kase, type Row, row } from '../../case.js';
import { ROUTER } from '../../topology.js';
import { error } from '../expects.js';
import { about, piece } from '../pieces.js';
import { icmpErrorAbout, transit, udp } from '../sends.js';
import {
  FIRST,
  held,
  LAST,
  MIDDLE,
  overlap,
  REQUEST,
  timeout,
  UDP_TO_ROUTER,
  WAITS,
} from '../waiting-fragments.js';

export const reassemblyTimeouts: readonly Row[] = [
  row(
    'RA12',
    'MUST',
    'RFC 1122 §3.3.2, RFC 792',
    'when the time is over and the first fragment is there, 11/1 quotes it',
    [
      kase('the first fragment of an echo request', {
        virtualOnly: WAITS,
        steps: [
          held(FIRST),
          { wait: seconds(59) },
          {
            wait: seconds(2),
            expect: [about(FIRST, error({ on: 0, type: 11, code: 1 }))],
            drop: 'reassembly-timeout',
          },
          { wait: seconds(120) },
        ],
      }),
      kase('later fragments win no time', {
        virtualOnly: WAITS,
        steps: [
          held(LAST),
          { wait: seconds(50) },
          held(FIRST),
          { wait: seconds(9) },
          {
            wait: seconds(2),
            expect: [about(FIRST, error({ on: 0, type: 11, code: 1 }))],
            drop: timeout(2),
          },
        ],
      }),
      kase('the first fragment of a UDP datagram', {
        virtualOnly: WAITS,
        steps: [
          held(piece(UDP_TO_ROUTER, 0, 16), piece(UDP_TO_ROUTER, 32, 48)),
          {
            wait: seconds(61),
            expect: [about(piece(UDP_TO_ROUTER, 0, 16), error({ on: 0, type: 11, code: 1 }))],
            drop: timeout(2),
          },
        ],
      }),
      kase('not with time-exceeded off', {
        virtualOnly: WAITS,
        settings: { icmp: { 'time-exceeded': false } },
        steps: [held(FIRST), { wait: seconds(61), drop: 'reassembly-timeout' }],
      }),
    ],
  ),
  row('RA13', 'MUST', 'RFC 1122 §3.3.2, RFC 792', 'without the first fragment the end is silent', [
    kase('two later fragments', {
      virtualOnly: WAITS,
      steps: [held(MIDDLE, LAST), { wait: seconds(61), drop: timeout(2) }],
    }),
  ]),
  row('RA14', 'MUST', 'RFC 1812 §4.3.2.7', 'nothing is said about what no error may be sent about', [
    kase('the first fragment of an ICMP error', {
      virtualOnly: WAITS,
      steps: [
        held(
          piece(
            transit({
              destination: ROUTER[0],
              protocol: 1,
              payload: icmpErrorAbout(transit({ source: ROUTER[0] }), 3, 1),
            }),
            0,
            16,
          ),
        ),
        { wait: seconds(61), drop: 'reassembly-timeout' },
      ],
    }),
    kase('the first fragment of a broadcast', {
      virtualOnly: WAITS,
      steps: [
        held(piece(transit({ destination: '255.255.255.255', payload: udp({ data: pattern(40) }) }), 0, 16)),
        { wait: seconds(61), drop: 'reassembly-timeout' },
      ],
    }),
  ]),
  row('RA15', '—', 'RFC 5722 §4', 'nothing is said about a datagram that an overlap has ended', [
    kase('though its first fragment had come', {
      virtualOnly: WAITS,
      steps: [
        held(FIRST),
        { send: piece(REQUEST, 8, 32), on: 0, drop: overlap(2) },
        { wait: seconds(61) },
        { wait: seconds(61) },
      ],
    }),
  ]),
];
