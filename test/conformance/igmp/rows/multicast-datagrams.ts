import { pattern } from '../../../support/datagram.js';
import { ANYTHING, type Row, row } from '../../case.js';
import { forwarded, fragments } from '../../expectation.js';
import { pieces } from '../../ipv4/pieces.js';
import { echoRequest, udp } from '../../ipv4/sends.js';
import { HOST, OTHER_HOST } from '../../topology.js';
import { G, LOCAL_SOURCE, S1 } from '../addresses.js';
import { kase } from '../kase.js';
import { ends, host, passes } from '../scenes.js';
import { data, toEx } from '../sends.js';

const NO_ERRORS = 'RFC 1812 §4.3.2.7';
const DONT_FRAGMENT = 0x4000;
const BOTH = [host(0, toEx(G)), host(1, toEx(G))];
/** A thousand octets of UDP: 1008 of payload. */
const LONG = udp({ data: pattern(1000) });
const NARROW = { topology: { mtu: { 0: 600 } } } as const;

export const multicastDatagrams: readonly Row[] = [
  row(
    'I18',
    'MUST',
    'RFC 791 §2.3, RFC 1812 §4.2.2.7',
    'what is too long for an interface goes there in fragments, and whole elsewhere',
    [
      kase('MTU 600 and 1500', {
        ...NARROW,
        steps: [
          ...BOTH,
          {
            send: data({ payload: LONG }),
            on: 3,
            expect: [
              ...fragments({ on: 0 }, [
                [0, 576, true],
                [576, 432, false],
              ]),
              forwarded({ on: 1 }),
            ],
          },
        ],
      }),
    ],
  ),
  row(
    'I19',
    'MUST',
    NO_ERRORS,
    'what is too long and may not be fragmented is dropped there, and nobody is told',
    [
      kase('one of two interfaces', {
        ...NARROW,
        steps: [
          ...BOTH,
          {
            send: data({ payload: LONG, flags: DONT_FRAGMENT }),
            on: 3,
            expect: [forwarded({ on: 1 })],
            drop: 'would-fragment',
          },
        ],
      }),
      kase('the only interface', {
        ...NARROW,
        steps: [host(0, toEx(G)), ends({ payload: LONG, flags: DONT_FRAGMENT }, 'would-fragment')],
      }),
    ],
  ),
  row(
    'I20',
    '—',
    'RFC 1812 §5.2.1.3',
    'fragments are forwarded one by one, in whatever order, and not put together',
    [
      kase('three of 4000 octets, the last one first', {
        steps: [
          host(0, toEx(G)),
          {
            send: pieces(data({ payload: udp({ data: pattern(3992) }) }), 1480, 2960).reverse(),
            on: 3,
            expect: [0, 1, 2].map((of) => forwarded({ on: 0, of: of + 1 })),
          },
        ],
      }),
      kase('one whose others never come', {
        steps: [
          host(0, toEx(G)),
          {
            send: pieces(data({ payload: LONG }), 504).slice(1),
            on: 3,
            expect: [forwarded({ on: 0 })],
          },
        ],
      }),
    ],
  ),
  row('I21', 'MUST', NO_ERRORS, 'source routes and bad options end it, and nobody is told', [
    kase('a loose source route', {
      steps: [...BOTH, ends({ options: [131, 7, 4, 10, 0, 1, 10, 0] }, 'option-refused')],
    }),
    kase('a strict source route', {
      steps: [...BOTH, ends({ options: [137, 7, 4, 10, 0, 1, 10, 0] }, 'option-refused')],
    }),
    kase('an option that is longer than the header', {
      steps: [...BOTH, ends({ options: [7, 40, 4, 0] }, 'bad-option')],
    }),
  ]),
  row(
    'I22',
    'MUST',
    'RFC 1122 §3.2.2, RFC 1812 §4.3.2.7',
    'whatever is wrong with a datagram to a group, no ICMP is sent',
    [
      kase('TTL', { steps: [...BOTH, ends({ ttl: 1 }, 'multicast-ttl')] }),
      kase('length', {
        ...NARROW,
        steps: [host(0, toEx(G)), ends({ payload: LONG, flags: DONT_FRAGMENT }, 'would-fragment')],
      }),
      kase('option', { steps: [...BOTH, ends({ options: [7, 40, 4, 0] }, 'bad-option')] }),
      kase('way', { steps: [...BOTH, { send: data(), on: 0, drop: 'multicast-reverse-path' }] }),
      kase('nobody there', ends()),
      kase('a group of the link', ends({ destination: '224.0.0.5' }, 'multicast-link-local')),
      kase(
        'a port of a group of the router’s own',
        ends({ destination: '224.0.0.1' }, 'multicast-link-local'),
      ),
      kase('multicast is switched off', {
        multicast: { routing: false },
        steps: [...BOTH, ends({}, 'forwarding-off')],
      }),
    ],
  ),
  row(
    'I23',
    '—',
    'RFC 1122 §3.2.2.6',
    'an echo request to a group is forwarded like data, and not answered by the router',
    [
      kase('two members', {
        steps: [
          ...BOTH,
          {
            send: echoRequest({ source: S1, destination: G, ttl: 8 }),
            on: 3,
            expect: [forwarded({ on: 0 }), forwarded({ on: 1 })],
          },
        ],
      }),
      kase('no member', {
        send: echoRequest({ source: S1, destination: G }),
        on: 3,
        drop: 'multicast-no-member',
      }),
      kase('the TTL that ping gives it unless told, 1', {
        steps: [
          ...BOTH,
          { send: echoRequest({ source: S1, destination: G, ttl: 1 }), on: 3, drop: 'multicast-ttl' },
        ],
      }),
      kase('a group that the router itself has joined', {
        igmpOn: { 0: { 'join-groups': [{ group: G }] }, 1: 'none', 2: 'none' },
        steps: [
          { expect: ANYTHING },
          { send: echoRequest({ destination: G, ttl: 1 }), on: 0, drop: 'icmp-ignored' },
        ],
      }),
    ],
  ),
  row('I24', '—', 'RFC 1812 §5.2.1.3', 'what comes back by another interface is not forwarded again', [
    kase('a copy that a bridge carried from port 0 to port 1', {
      steps: [
        ...BOTH,
        { send: data({ source: LOCAL_SOURCE[0] }), on: 0, expect: [forwarded({ on: 1 })] },
        { send: data({ source: LOCAL_SOURCE[0], ttl: 63 }), on: 1, drop: 'multicast-reverse-path' },
      ],
    }),
  ]),
  row(
    'I25',
    '—',
    'RFC 1812 §5.2.1.3',
    'a host on two links gets what it sends by one on the other, if it wants it',
    [
      kase('from its address on port 0, wanted on port 1', {
        steps: [
          host(1, toEx(G)),
          { send: data({ source: HOST[0] }), on: 0, expect: [forwarded({ on: 1 })] },
          { send: data({ source: OTHER_HOST[0] }), on: 0, expect: [forwarded({ on: 1 })] },
        ],
      }),
    ],
  ),
  row('I26', '—', 'design', 'the first datagram of a flow is forwarded as all others are', [
    kase('the first of a source, a second after the join', { steps: [...BOTH, passes([0, 1])] }),
    kase('the first of each of a hundred sources', {
      steps: [
        host(0, toEx(G)),
        {
          send: Array.from({ length: 100 }, (_, at) => data({ source: `10.13.1.${at + 1}` })),
          on: 3,
          expect: Array.from({ length: 100 }, (_, of) => forwarded({ on: 0, of: of + 1 })),
        },
      ],
    }),
  ]),
];
