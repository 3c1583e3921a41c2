import { milliseconds, seconds } from '../../../../src/time.js';
import { type Row, row, type Step } from '../../case.js';
import { at } from '../../expectation.js';
import { G, S1, S2, S3 } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { ends, host, passes } from '../scenes.js';
import { allow, block, isEx, isIn, report, toEx, toIn } from '../sends.js';

const ASK_GROUP = asks({ group: G });
const ask = (...sources: readonly string[]) => asks({ group: G, sources });
const askSuppressed = (...sources: readonly string[]) => asks({ group: G, sources, s: true });

const JOINED: Step = { ...host(0, toEx(G)), wait: seconds(10) };
const LEFT: Step = { ...host(0, toIn(G)), expect: [ASK_GROUP] };

/** Asked for by the host: sources 1 and 2. */
const BOTH: Step = { ...host(0, allow(G, S1, S2)), wait: seconds(10) };

export const leaving: readonly Row[] = [
  row(
    'E19',
    'MUST',
    'RFC 9776 §6.6.3.1',
    'a group is asked about at once and LMQC-1 times more, its timer lowered to LMQT',
    [
      kase('twice within two seconds', {
        steps: [
          JOINED,
          { ...LEFT, groups: { 0: [`${G} exclude=2`] } },
          { wait: seconds(5), expect: [at(1, ASK_GROUP)], groups: { 0: [] } },
        ],
      }),
      kase('as often, and as far apart, as is set', {
        igmp: { 'last-member-query-count': 4, 'last-member-query-interval': '500ms' },
        steps: [
          JOINED,
          { ...host(0, toIn(G)), expect: [asks({ group: G, code: 5 })], groups: { 0: [`${G} exclude=2`] } },
          {
            wait: seconds(1.999),
            expect: [0.5, 1, 1.5].map((time) => at(time, asks({ group: G, code: 5 }))),
          },
          { wait: milliseconds(1), groups: { 0: [] } },
        ],
      }),
      kase('a timer that has less left is not raised', {
        steps: [
          { ...host(0, toEx(G)), wait: seconds(269) },
          { ...LEFT, groups: { 0: [`${G} exclude=1`] } },
          { wait: seconds(0.999), groups: { 0: [`${G} exclude=0.001`] } },
          { wait: milliseconds(1), groups: { 0: [] } },
        ],
      }),
    ],
  ),
  row(
    'E20',
    'MUST',
    'RFC 9776 §6.6.3.2',
    'sources are asked about at once and LMQC-1 times more, their timers lowered to LMQT',
    [
      kase('twice within two seconds', {
        steps: [
          BOTH,
          { ...host(0, block(G, S1)), expect: [ask(S1)], groups: { 0: [`${G} include ${S1}=2 ${S2}=260`] } },
          { wait: seconds(1.999), expect: [at(1, ask(S1))] },
          passes([0]),
          { wait: milliseconds(1), groups: { 0: [`${G} include ${S2}=258`] } },
          ends(),
        ],
      }),
      kase('not the one with no more time left than that', {
        steps: [
          { ...host(0, allow(G, S1)), wait: seconds(268) },
          host(0, allow(G, S2)),
          {
            ...host(0, block(G, S1, S2)),
            expect: [ask(S2)],
            groups: { 0: [`${G} include ${S1}=2 ${S2}=2`] },
          },
          { wait: seconds(5), expect: [at(1, ask(S2))], groups: { 0: [] } },
        ],
      }),
    ],
  ),
  row(
    'E21',
    '—',
    'RFC 9776 §6.6.3.1',
    'the group is asked about again with S=1 where somebody has answered',
    [
      kase('an answer after half a second', {
        steps: [
          JOINED,
          { ...LEFT, wait: milliseconds(500) },
          { ...host(0, isEx(G)), groups: { 0: [`${G} exclude=270`] } },
          { wait: seconds(5), expect: [at(0.5, askSuppressed())] },
        ],
      }),
    ],
  ),
  row(
    'E22',
    '—',
    'RFC 9776 §6.6.3.2',
    'sources are asked about again in two messages: S=1 for those that were answered',
    [
      kase('one of two is answered', {
        steps: [
          BOTH,
          { ...host(0, block(G, S1, S2)), wait: milliseconds(500), expect: [ask(S1, S2)] },
          host(0, isIn(G, S1)),
          { wait: seconds(5), expect: [at(0.5, askSuppressed(S1)), at(0.5, ask(S2))] },
        ],
      }),
      kase('both are answered, and no empty message is sent', {
        steps: [
          BOTH,
          { ...host(0, block(G, S1, S2)), wait: milliseconds(500), expect: [ask(S1, S2)] },
          host(0, isIn(G, S1, S2)),
          { wait: seconds(5), expect: [at(0.5, askSuppressed(S1, S2))] },
        ],
      }),
      kase('none is answered', {
        steps: [
          BOTH,
          { ...host(0, block(G, S1, S2)), expect: [ask(S1, S2)] },
          { wait: seconds(5), expect: [at(1, ask(S1, S2))] },
        ],
      }),
    ],
  ),
  row(
    'E23',
    'MAY',
    'RFC 9776 §6.6.3.2',
    'beside a query about the group, the S=1 part about its sources may be left out',
    [
      kase('here it is sent all the same', {
        steps: [
          { ...host(0, toEx(G), allow(G, S1)), wait: seconds(10) },
          { ...host(0, toIn(G)), wait: milliseconds(500), expect: [ASK_GROUP, ask(S1)] },
          host(0, isIn(G, S1)),
          { wait: seconds(1), expect: [at(0.5, ASK_GROUP), at(0.5, askSuppressed(S1))] },
        ],
      }),
    ],
  ),
  row(
    'E24',
    '—',
    'RFC 9776 §6.6.3',
    'what is asked while repetitions wait joins their schedule, each source with its own count',
    [
      kase('a second source, half a second later', {
        steps: [
          BOTH,
          { ...host(0, block(G, S1)), wait: milliseconds(500), expect: [ask(S1)] },
          { ...host(0, block(G, S2)), expect: [ask(S2)] },
          { wait: seconds(5), expect: [at(0.5, ask(S1, S2))], groups: { 0: [] } },
        ],
      }),
      kase('a source three times, another that is asked about later just as often', {
        igmp: { robustness: 3 },
        steps: [
          BOTH,
          {
            ...host(0, block(G, S1)),
            wait: seconds(1.5),
            expect: [1, 2].map((_, time) => at(time, asks({ group: G, sources: [S1], qrv: 3 }))),
          },
          { ...host(0, block(G, S2)), expect: [asks({ group: G, sources: [S2], qrv: 3 })] },
          {
            wait: seconds(5),
            expect: [
              at(0.5, asks({ group: G, sources: [S1, S2], qrv: 3 })),
              at(1.5, asks({ group: G, sources: [S2], qrv: 3 })),
            ],
            groups: { 0: [] },
          },
        ],
      }),
    ],
  ),
  row(
    'E25',
    '—',
    'RFC 9776 §6.4.2',
    'who answers in time is forwarded to without a gap, and has the whole interval again',
    [
      kase('a group', {
        steps: [
          JOINED,
          { ...LEFT, wait: seconds(1.999), expect: [ASK_GROUP, at(1, ASK_GROUP)] },
          passes([0]),
          { ...host(0, isEx(G)), groups: { 0: [`${G} exclude=270`] } },
          passes([0]),
          { wait: seconds(3) },
          passes([0]),
        ],
      }),
      kase('a source', {
        steps: [
          BOTH,
          { ...host(0, block(G, S1)), wait: seconds(1.999), expect: [ask(S1), at(1, ask(S1))] },
          passes([0]),
          { ...host(0, isIn(G, S1)), groups: { 0: [`${G} include ${S1}=270 ${S2}=258.001`] } },
          { wait: seconds(3) },
          passes([0]),
        ],
      }),
    ],
  ),
  row(
    'E26',
    'MAY',
    'RFC 9776 §6.4.2',
    'where nobody answers, forwarding ends LMQT after the leave, and not before',
    [
      kase('a group', {
        steps: [
          JOINED,
          { ...LEFT, wait: seconds(1.999), expect: [ASK_GROUP, at(1, ASK_GROUP)], events: [`leave ${G}`] },
          passes([0]),
          { wait: milliseconds(1), events: [`expire ${G}`] },
          ends(),
        ],
      }),
      kase('the last source', {
        steps: [
          { ...host(0, allow(G, S1)), wait: seconds(10) },
          { ...host(0, block(G, S1)), wait: seconds(1.999), expect: [ask(S1), at(1, ask(S1))] },
          passes([0]),
          { wait: milliseconds(1), events: [`expire ${G} ${S1}`] },
          ends(),
        ],
      }),
    ],
  ),
  row('E27', '—', 'RFC 9776 §6.4.1', 'a report of the present state that leaves sources out asks nobody', [
    kase('IS_IN of fewer sources', {
      steps: [
        BOTH,
        { ...host(0, isIn(G, S2)), wait: seconds(5), groups: { 0: [`${G} include ${S1}=255 ${S2}=265`] } },
      ],
    }),
    kase('IS_IN after everything was wanted', {
      steps: [
        JOINED,
        { ...host(0, isIn(G, S2)), wait: seconds(5), groups: { 0: [`${G} exclude=255 ${S2}=265`] } },
      ],
    }),
    kase('IS_EX of a source that was asked for', {
      steps: [
        BOTH,
        { ...host(0, isEx(G, S1)), wait: seconds(5), groups: { 0: [`${G} exclude=265 ${S1}=255`] } },
      ],
    }),
  ]),
  row(
    'E28',
    '—',
    'RFC 9776 §6.3, Table 7',
    'INCLUDE forwards what is asked for, EXCLUDE all but what is blocked',
    [
      kase('INCLUDE', { steps: [BOTH, passes([0]), passes([0], { source: S2 }), ends({ source: S3 })] }),
      kase('EXCLUDE', {
        steps: [
          { send: report([toEx(G, S2), allow(G, S1)]) },
          passes([0]),
          ends({ source: S2 }),
          passes([0], { source: S3 }),
        ],
      }),
    ],
  ),
];
