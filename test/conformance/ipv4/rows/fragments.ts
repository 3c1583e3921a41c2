import { FLAG_DONT_FRAGMENT, FLAG_MORE_FRAGMENTS } from '../../../../src/ip/header.js';
import { pattern } from '../../../support/datagram.js';
import { ANYTHING, kase, type Row, row } from '../../case.js';
import { forwarded, fragments } from '../../expectation.js';
import { REMOTE } from '../../topology.js';
import { error } from '../expects.js';
import { fragmentFault, optionTypes } from '../judgement.js';
import { icmpErrorAbout, transit } from '../sends.js';

const DF = FLAG_DONT_FRAGMENT;
const MF = FLAG_MORE_FRAGMENTS;
/** Behind the port with MTU 600, and behind the one with MTU 68. */
const NARROW = { destination: REMOTE[2] };
const NARROWEST = { destination: REMOTE[3] };

const RECORD_ROUTE = [7, 7, 4, 0, 0, 0, 0];
const ROUTER_ALERT = [148, 4, 0, 0];
const WITH_BOTH = transit({
  ...NARROW,
  options: [...RECORD_ROUTE, ...ROUTER_ALERT, 0],
  payload: pattern(1408),
});
/** One option of 40 octets that is copied into every fragment. */
const FULL_HEADER = [130, 40, ...pattern(38)];

export const fragmentation: readonly Row[] = [
  row(
    'FR1',
    'MUST',
    'RFC 791 §3.2, RFC 1812 §4.2.2.7',
    'what is too long leaves in order, in as few fragments as possible',
    [
      kase('1428 octets over an MTU of 600', {
        send: transit({ ...NARROW, tos: 0xb8, payload: pattern(1408) }),
        on: 0,
        expect: fragments({ on: 2 }, [
          [0, 576, true],
          [576, 576, true],
          [1152, 256, false],
        ]),
      }),
    ],
  ),
  row('FR2', 'MUST', 'RFC 791 §3.2', 'what is as long as the MTU leaves whole', [
    ...[0, DF].map((flags) =>
      kase(`600 octets, DF ${flags === 0 ? 'clear' : 'set'}`, {
        send: transit({ ...NARROW, flags, payload: pattern(580) }),
        on: 0,
        expect: [forwarded({ on: 2 })],
      }),
    ),
  ]),
  row(
    'FR3',
    'MUST',
    'RFC 1812 §5.2.7.1, RFC 1191 §4',
    'what is too long with DF is answered with 3/4 and the MTU of the egress',
    [
      kase('601 octets over an MTU of 600', {
        send: transit({ ...NARROW, flags: DF, payload: pattern(581) }),
        on: 0,
        expect: [error({ on: 0, type: 3, code: 4, parameter: 600 })],
        drop: 'would-fragment',
      }),
      kase('69 octets over an MTU of 68', {
        send: transit({ ...NARROWEST, flags: DF, payload: pattern(49) }),
        on: 0,
        expect: [error({ on: 0, type: 3, code: 4, parameter: 68 })],
        drop: 'would-fragment',
      }),
    ],
  ),
  row(
    'FR4',
    'MUST',
    'RFC 791 §3.2',
    'fragments of a fragment go on from its offset, and more follow all of them',
    [
      kase('offset 800 with more to follow', {
        send: transit({ ...NARROW, flags: MF, offset: 800, payload: pattern(1200) }),
        on: 0,
        expect: fragments({ on: 2 }, [
          [800, 576, true],
          [1376, 576, true],
          [1952, 48, true],
        ]),
      }),
    ],
  ),
  row('FR5', 'MUST', 'RFC 791 §3.2', 'of the fragments of a last fragment only the last is the last', [
    kase('offset 800 with none to follow', {
      send: transit({ ...NARROW, offset: 800, payload: pattern(1205) }),
      on: 0,
      expect: fragments({ on: 2 }, [
        [800, 576, true],
        [1376, 576, true],
        [1952, 53, false],
      ]),
    }),
  ]),
  row(
    'FR6',
    'MUST',
    'RFC 1812 §4.3.2.7',
    'a later fragment that is too long with DF is dropped without a word',
    [
      kase('offset 800, DF', {
        send: transit({ ...NARROW, flags: DF | MF, offset: 800, payload: pattern(1200) }),
        on: 0,
        drop: 'would-fragment',
      }),
    ],
  ),
  row(
    'FR7',
    'MUST',
    'RFC 1812 §4.3.2.7',
    'an ICMP error that is too long with DF is dropped without a word',
    [
      kase('a time exceeded of 828 octets', {
        send: transit({
          ...NARROW,
          flags: DF,
          protocol: 1,
          payload: icmpErrorAbout(transit({ source: REMOTE[2], payload: pattern(780) }), 11, 0),
        }),
        on: 0,
        drop: 'would-fragment',
      }),
    ],
  ),
  row(
    'FR8',
    'MUST',
    'RFC 791 §3.1',
    'options are in the first fragment, and in the others those that are to be copied',
    [
      kase('record route and router alert', {
        send: WITH_BOTH,
        on: 0,
        expect: ANYTHING,
        judge: (outputs) => {
          const fault = fragmentFault(outputs, WITH_BOTH, 600);
          if (fault !== undefined) return fault;
          const types = outputs.map(({ octets }) => optionTypes(octets).join());
          return types[0] === '7,148' && types.slice(1).every((each) => each === '148')
            ? undefined
            : `options ${types.join('; ')}`;
        },
      }),
    ],
  ),
  row('FR9', 'MUST', 'RFC 791 §3.2', 'the longest header leaves room for 8 octets in the smallest MTU', [
    kase('40 octets of options over an MTU of 68', {
      send: transit({ ...NARROWEST, options: FULL_HEADER, payload: pattern(24) }),
      on: 0,
      expect: fragments({ on: 3 }, [
        [0, 8, true],
        [8, 8, true],
        [16, 8, false],
      ]),
    }),
  ]),
  row('FR10', 'MUST', 'RFC 791 §3.2, RFC 1191 §3', 'an MTU of 68 carries 68 octets whole', [
    kase('68 octets with DF', {
      send: transit({ ...NARROWEST, flags: DF, payload: pattern(48) }),
      on: 0,
      expect: [forwarded({ on: 3 })],
    }),
    kase('69 octets in two fragments', {
      send: transit({ ...NARROWEST, payload: pattern(49) }),
      on: 0,
      expect: fragments({ on: 3 }, [
        [0, 48, true],
        [48, 1, false],
      ]),
    }),
  ]),
  row('FR11', 'MUST', 'RFC 6864 §4.1', 'an identification of 0 is kept', [
    kase('in the fragments', {
      send: transit({ ...NARROW, id: 0, payload: pattern(700) }),
      on: 0,
      expect: fragments({ on: 2 }, [
        [0, 576, true],
        [576, 124, false],
      ]),
    }),
    kase('in a datagram that leaves whole', {
      send: transit({ id: 0 }),
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
  ]),
  row('FR12', 'MUST', 'RFC 6864 §4.2', 'DF is never cleared', [
    kase('in what leaves whole', { send: transit({ flags: DF }), on: 0, expect: [forwarded({ on: 1 })] }),
    kase('in a fragment that leaves whole', {
      send: transit({ flags: DF | MF, payload: pattern(64) }),
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
    kase('in a first fragment that is too long', {
      send: transit({ ...NARROW, flags: DF | MF, payload: pattern(640) }),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 4, parameter: 600 })],
      drop: 'would-fragment',
    }),
  ]),
  row('FR13', 'MUST', 'RFC 1812 §5.2.6', 'fragments in transit go through as they are, each when it comes', [
    kase('the last one before the first', {
      steps: [
        { send: transit({ offset: 64, payload: pattern(40) }), on: 0, expect: [forwarded({ on: 1 })] },
        { send: transit({ flags: MF, payload: pattern(64) }), on: 0, expect: [forwarded({ on: 1 })] },
      ],
    }),
  ]),
  row('FR14', 'SHOULD', 'RFC 1812 §4.2.2.7', 'a fragment is as long as fits, in steps of 8 octets', [
    kase('an MTU of 607', {
      topology: { mtu: { 2: 607 } },
      send: transit({ ...NARROW, payload: pattern(1000) }),
      on: 0,
      expect: fragments({ on: 2 }, [
        [0, 584, true],
        [584, 416, false],
      ]),
    }),
  ]),
  row('FR15', '—', 'RFC 1858 §4', "a TCP fragment with offset 8 is a filter's business, and is forwarded", [
    kase('offset 8, TCP', {
      send: transit({ protocol: 6, offset: 8, payload: pattern(32) }),
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
  ]),
  row('FR16', '—', 'RFC 1191 §4', 'a new MTU counts from the next datagram on', [
    kase('600 becomes 400', {
      steps: [
        {
          send: transit({ ...NARROW, flags: DF, payload: pattern(480) }),
          on: 0,
          expect: [forwarded({ on: 2 })],
        },
        { setMtu: { 2: 400 } },
        {
          send: transit({ ...NARROW, flags: DF, payload: pattern(480) }),
          on: 0,
          expect: [error({ on: 0, type: 3, code: 4, parameter: 400 })],
          drop: 'would-fragment',
        },
        {
          send: transit({ ...NARROW, payload: pattern(480) }),
          on: 0,
          expect: fragments({ on: 2 }, [
            [0, 376, true],
            [376, 104, false],
          ]),
        },
      ],
    }),
  ]),
];
