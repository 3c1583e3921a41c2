import { milliseconds, seconds } from '../../../../src/time.js';
import { type Row, row, type Step } from '../../case.js';
import { at } from '../../expectation.js';
import { OTHER_HOST } from '../../topology.js';
import { G, S1, S2, S3 } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { ends, host, passes } from '../scenes.js';
import { allow, block, isEx, isIn, type ReportRecord, report, toEx, toIn } from '../sends.js';

const ASK_GROUP = asks({ group: G });
const ASKED_AGAIN = [ASK_GROUP, at(1, ASK_GROUP)];
const other = (...records: readonly ReportRecord[]): Step => ({
  send: report(records, { from: OTHER_HOST[0] }),
});

export const hosts: readonly Row[] = [
  row(
    'E29',
    '—',
    'RFC 9776 §6.4, §6.5',
    'of a host that wants all and one that wants a source, the latter keeps it',
    [
      kase('the first leaves', {
        steps: [
          host(0, toEx(G)),
          { ...other(allow(G, S1)), groups: { 0: [`${G} exclude=270 ${S1}=270`] } },
          passes([0], { source: S3 }),
          {
            ...host(0, toIn(G)),
            expect: [ASK_GROUP, asks({ group: G, sources: [S1] })],
            wait: milliseconds(300),
          },
          { ...other(isIn(G, S1)), groups: { 0: [`${G} exclude=1.7 ${S1}=270`] } },
          {
            wait: seconds(1.7),
            expect: [at(0.7, ASK_GROUP), at(0.7, asks({ group: G, sources: [S1], s: true }))],
            groups: { 0: [`${G} include ${S1}=268.3`] },
          },
          passes([0]),
          ends({ source: S3 }),
        ],
      }),
    ],
  ),
  row(
    'E30',
    '—',
    'RFC 9776 §3.2',
    'a Linux host tells what its sockets want together, and that is what it gets',
    [
      kase('INCLUDE {1} beside EXCLUDE {1,2}, until the second is closed', {
        steps: [
          host(0, allow(G, S1)),
          { ...host(0, toEx(G, S2)), groups: { 0: [`${G} exclude=270 !${S2}`] } },
          passes([0]),
          ends({ source: S2 }),
          {
            ...host(0, toIn(G, S1)),
            expect: [ASK_GROUP],
            groups: { 0: [`${G} exclude=2 ${S1}=270 !${S2}`] },
          },
          { wait: seconds(2), expect: [at(1, ASK_GROUP)], groups: { 0: [`${G} include ${S1}=268`] } },
          passes([0]),
          ends({ source: S3 }),
        ],
      }),
    ],
  ),
  row(
    'E31',
    '—',
    'RFC 9776 §5.2, Table 5',
    'a Linux host answers a question about sources with all that it excludes',
    [
      kase('it wants the source: IS_EX of nothing keeps it', {
        steps: [
          host(0, toEx(G)),
          { ...other(block(G, S1)), wait: milliseconds(300), expect: [asks({ group: G, sources: [S1] })] },
          { ...host(0, isEx(G)), wait: seconds(5), groups: { 0: [`${G} exclude=265`] } },
          passes([0]),
        ],
      }),
      kase('it wants it no more than the others: nothing is said, and it is blocked', {
        steps: [
          host(0, toEx(G)),
          {
            ...host(0, block(G, S1)),
            wait: seconds(2),
            expect: [asks({ group: G, sources: [S1] }), at(1, asks({ group: G, sources: [S1] }))],
            groups: { 0: [`${G} exclude=268 !${S1}`] },
          },
          ends(),
          passes([0], { source: S2 }),
        ],
      }),
    ],
  ),
  row('E32', '—', 'RFC 9776 §6.4.2', 'a leave that is taken back 12 ms later, as iperf does, leaves no gap', [
    kase('TO_IN of nothing, TO_EX of nothing', {
      steps: [
        { ...host(0, toEx(G)), wait: seconds(10) },
        { ...host(0, toIn(G)), expect: [ASK_GROUP] },
        passes([0]),
        { wait: milliseconds(12) },
        passes([0]),
        { ...host(0, toEx(G)), groups: { 0: [`${G} exclude=270`] } },
        passes([0]),
        { wait: seconds(3), expect: [at(0.988, asks({ group: G, s: true }))] },
        passes([0]),
      ],
    }),
  ]),
  row('E33', '—', 'RFC 9776 §5.1', 'of two copies of a change one is enough, and a second changes nothing', [
    kase('the first copy of a join is lost', {
      steps: [{ wait: milliseconds(700) }, host(0, toEx(G)), passes([0])],
    }),
    kase('the first copy of a leave is lost', {
      steps: [
        { ...host(0, toEx(G)), wait: seconds(10.7) },
        { ...host(0, toIn(G)), wait: seconds(2), expect: ASKED_AGAIN, groups: { 0: [] } },
      ],
    }),
    kase('both copies of a leave come, and one series of questions follows', {
      steps: [
        { ...host(0, toEx(G)), wait: seconds(10) },
        { ...host(0, toIn(G)), wait: milliseconds(700), expect: [ASK_GROUP] },
        { ...host(0, toIn(G)), events: [], groups: { 0: [`${G} exclude=1.3`] } },
        { wait: seconds(1.3), expect: [at(0.3, ASK_GROUP)], groups: { 0: [] } },
      ],
    }),
  ]),
  row('E34', '—', 'RFC 9776 §8.9', 'a member that hears only one of the LMQC questions stays', [
    kase('it answers the second one, a little before the end', {
      steps: [
        { ...host(0, toEx(G)), wait: seconds(10) },
        { ...host(0, toIn(G)), wait: seconds(1.999), expect: ASKED_AGAIN },
        { ...other(isEx(G)), groups: { 0: [`${G} exclude=270`] } },
        { wait: seconds(3) },
        passes([0]),
      ],
    }),
  ]),
  row(
    'E35',
    'MAY',
    'RFC 9776 Appendix A.2',
    'hosts may be followed one by one, so that the last leave is known as such',
    [
      kase('the first of two is asked about, the last is not', {
        igmp: { 'fast-leave': 'tracked' },
        steps: [
          { wait: seconds(10) },
          host(0, toEx(G)),
          other(toEx(G)),
          { ...host(0, toIn(G)), wait: milliseconds(500), expect: [ASK_GROUP] },
          { ...other(isEx(G)), wait: seconds(3), expect: [at(0.5, asks({ group: G, s: true }))] },
          passes([0]),
          { ...other(toIn(G)), groups: { 0: [] } },
          ends(),
        ],
      }),
      kase('a reporter without an address is not told from another', {
        igmp: { 'fast-leave': 'tracked' },
        steps: [
          { wait: seconds(10) },
          { send: report(toEx(G), { from: '0.0.0.0' }) },
          { send: report(toIn(G), { from: '0.0.0.0' }), wait: seconds(1.5), expect: ASKED_AGAIN },
          passes([0]),
        ],
      }),
    ],
  ),
];
