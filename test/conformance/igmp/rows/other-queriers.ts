import { seconds } from '../../../../src/time.js';
import { type Row, row } from '../../case.js';
import { at, forwarded } from '../../expectation.js';
import { G, S1, S2 } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { block, data, isEx, isIn, leave, query, report, toIn, v2Report } from '../sends.js';
import { ALONE, LOST } from './election.js';

export const otherQueriers: readonly Row[] = [
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
