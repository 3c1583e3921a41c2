import { seconds } from '../../../../src/time.js';
import { type IgmpRow, kase, row } from '../case.js';
import { asks, at, forwarded } from '../expectation.js';
import { block, data, isEx, isIn, leave, query, report, toIn, v2Report } from '../messages.js';
import { G, HIGHER, LOWER, S1, S2 } from '../topology.js';
import { ALONE, KEPT, LOST } from './c-election.js';

export const C_OTHERS: readonly IgmpRow[] = [
  row(
    'C11',
    '—',
    'RFC 9776 §6.6.2, §6.6.3',
    'who is not the querier asks nothing, and knows and forwards all the same',
    [
      kase('a leave and a block are followed by nothing', {
        ...ALONE,
        steps: [
          { send: query() },
          { send: [report(isEx(G)), report(isIn('239.1.1.2', S1))] },
          { send: data(), on: 3, expect: [forwarded({ on: 0 })] },
          {
            send: report(toIn(G)),
            wait: seconds(3),
            groups: { 0: [`${G} exclude=267`, `239.1.1.2 include ${S1}=267`] },
          },
          { send: report(block('239.1.1.2', S1)), wait: seconds(200) },
          { send: data(), on: 3, expect: [forwarded({ on: 0 })] },
        ],
      }),
    ],
  ),
  row('C12', 'MUST', 'RFC 2236 §3', 'who is not the querier ignores a version 2 leave', [
    kase('the group stays', {
      steps: [
        { send: [query(), v2Report()] },
        {
          send: leave(),
          wait: seconds(3),
          drop: 'igmp-ignored',
          counted: ['received leave', 'refused not-querier'],
          groups: { 0: [`${G} exclude=267 v2`] },
        },
      ],
    }),
  ]),
  row('C13', 'MUST', 'RFC 9776 §6.6.1', 'a query about a group lowers its timer, and never raises it', [
    kase('to 2 s, and no second one changes that', {
      steps: [
        { send: [query(), report(isEx(G))] },
        { send: query({ group: G }), groups: { 0: [`${G} exclude=2`] } },
        { wait: seconds(1) },
        { send: query({ group: G }), groups: { 0: [`${G} exclude=1`] } },
        { wait: seconds(1), groups: { 0: [] } },
      ],
    }),
    kase('and leaves its sources alone', {
      steps: [
        { send: [query(), report(isEx(G)), report(isIn(G, S1))] },
        { send: query({ group: G }), groups: { 0: [`${G} exclude=2 ${S1}=270`] } },
        { wait: seconds(2), groups: { 0: [`${G} include ${S1}=268`] } },
      ],
    }),
  ]),
  row('C14', 'MUST', 'RFC 9776 §6.6.1', 'a query about sources lowers theirs', [
    kase('one of two, and no group timer', {
      steps: [
        { send: [query(), report(isIn(G, S1, S2))] },
        { send: query({ group: G, sources: [S1] }), groups: { 0: [`${G} include ${S1}=2 ${S2}=270`] } },
        { wait: seconds(1) },
        { send: query({ group: G, sources: [S1] }), groups: { 0: [`${G} include ${S1}=1 ${S2}=269`] } },
        { wait: seconds(1), groups: { 0: [`${G} include ${S2}=268`] } },
      ],
    }),
    kase('in EXCLUDE it is blocked then', {
      steps: [
        { send: [query(), report(isEx(G)), report(isIn(G, S1))] },
        { send: query({ group: G, sources: [S1] }), groups: { 0: [`${G} exclude=270 ${S1}=2`] } },
        { wait: seconds(2), groups: { 0: [`${G} exclude=268 !${S1}`] } },
      ],
    }),
  ]),
  row('C15', '—', 'RFC 9776 §6.6.1', 'with the S flag it lowers nothing', [
    kase('about a group, and about a source', {
      steps: [
        { send: [query(), report(isEx(G)), report(isIn(G, S1))] },
        {
          send: [query({ group: G, s: true }), query({ group: G, sources: [S1], s: true })],
          groups: { 0: [`${G} exclude=270 ${S1}=270`] },
        },
      ],
    }),
  ]),
  row('C16', '—', 'RFC 2236 §3', 'who loses the office while it asks about a group finishes that', [
    kase('the second query comes, and no other', {
      ...ALONE,
      steps: [
        { send: report(isEx(G)) },
        { send: report(toIn(G)), wait: seconds(0.5), expect: [at(0, asks({ group: G }))] },
        {
          send: query(),
          wait: seconds(200),
          expect: [at(0.5, asks({ group: G }))],
          querier: LOST,
          groups: { 0: [] },
        },
      ],
    }),
  ]),
];

export const C_REST: readonly IgmpRow[] = [
  row('C27', '—', 'RFC 9776 §6.6.2', 'a host behind a TUN device may be a router that asks', [
    kase('the election is held there as anywhere', {
      ...ALONE,
      igmp: { 'query-interval': '1s', 'query-response-interval': '500ms', 'startup-query-interval': '20s' },
      steps: [
        { send: query({ qqic: 1, code: 5 }), wait: seconds(2), querier: LOST },
        { wait: seconds(0.5), expect: [at(0.25, asks({ qqic: 1, code: 5 }))] },
      ],
    }),
    kase('one with a higher address yields, and we go on', {
      ...ALONE,
      fromStart: true,
      igmp: { 'startup-query-interval': '2s' },
      send: query({ from: HIGHER[0] }),
      wait: seconds(2.5),
      expect: [at(0, asks()), at(2, asks())],
    }),
  ]),
  row('C28', 'MAY', 'RFC 4541 §2.1.1', 'a querier may be told never to yield, or never to ask', [
    kase('always: a lower address takes nothing, and is told about', {
      ...ALONE,
      igmp: { querier: 'always' },
      steps: [
        { send: query(), querier: KEPT, events: ['warning: stronger-querier'] },
        { wait: seconds(160), expect: [at(30.25, asks()), at(155.25, asks())], querier: KEPT },
      ],
    }),
    kase('always: a leave is followed by questions all the same', {
      ...ALONE,
      igmp: { querier: 'always' },
      steps: [
        { send: [query(), report(isEx(G))] },
        {
          send: report(toIn(G)),
          wait: seconds(3),
          expect: [asks({ group: G }), at(1, asks({ group: G }))],
          groups: { 0: [] },
        },
      ],
    }),
    kase('never: nothing is asked from the start, also not where nobody else asks', {
      ...ALONE,
      fromStart: true,
      igmp: { querier: 'never' },
      wait: seconds(400),
      querier: { 0: '0.0.0.0' },
    }),
    kase('never: reports count and are forwarded by, and leaves are left to the querier', {
      ...ALONE,
      igmp: { querier: 'never' },
      steps: [
        { send: [report(isEx(G)), report(isIn('239.1.1.2', S1))] },
        { send: data(), on: 3, expect: [forwarded({ on: 0 })] },
        { send: leave(), drop: 'igmp-ignored', counted: ['received leave', 'refused not-querier'] },
        {
          send: [report(toIn(G)), report(block('239.1.1.2', S1))],
          wait: seconds(3),
          groups: { 0: [`${G} exclude=267`, `239.1.1.2 include ${S1}=267`] },
        },
        { send: data(), on: 3, expect: [forwarded({ on: 0 })] },
      ],
    }),
    kase('never: whoever asks is known, whatever the address, until 255 s of silence', {
      ...ALONE,
      igmp: { querier: 'never' },
      steps: [
        { send: query({ from: HIGHER[0] }), querier: { 0: HIGHER[0] } },
        { send: query({ from: LOWER[0] }), querier: LOST },
        { send: query({ from: HIGHER[0] }), wait: seconds(254.999), querier: LOST },
        { wait: seconds(0.001), querier: { 0: '0.0.0.0' } },
      ],
    }),
    kase('never: a proxy forwards to members there, though it is not the querier', {
      igmpOn: { 0: { querier: 'never' } },
      multicast: { upstream: 'p3' },
      steps: [
        { send: report(isEx(G)), wait: seconds(3), expect: 'anything' },
        { send: data(), on: 3, expect: [forwarded({ on: 0 })] },
      ],
    }),
  ]),
];
