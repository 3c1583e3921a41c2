import { milliseconds, seconds } from '../../../../src/time.js';
import { type Row, row, type Step } from '../../case.js';
import { at } from '../../expectation.js';
import { OTHER_HOST } from '../../topology.js';
import { G, S1 } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { ends, host, passes } from '../scenes.js';
import { allow, block, isEx, leave, type ReportRecord, report, toEx, toIn, v2Report } from '../sends.js';

const CODE = 'RFC 9776 Appendix A.2';
const FAST = { igmp: { 'fast-leave': 'always' } } as const;
const TRACKED = { igmp: { 'fast-leave': 'tracked' } } as const;
const other = (...records: readonly ReportRecord[]): Step => ({
  send: report(records, { from: OTHER_HOST[0] }),
});
/** By then all who were there before the router have answered its first query. */
const KNOWN: Step = { wait: seconds(10) };

export const fastLeave: readonly Row[] = [
  row(
    'G01',
    'MAY',
    CODE,
    'with fast leave a leave counts at once, unasked; without, which is usual, it is asked about',
    [
      kase('TO_IN of nothing', {
        ...FAST,
        steps: [
          host(0, toEx(G)),
          passes([0]),
          { ...host(0, toIn(G)), wait: seconds(2), groups: { 0: [] }, events: [`leave ${G}`] },
          ends(),
        ],
      }),
      kase('a version 2 leave', {
        ...FAST,
        steps: [{ send: v2Report() }, { send: leave(), wait: seconds(2), groups: { 0: [] } }, ends()],
      }),
      kase('BLOCK of the last source', {
        ...FAST,
        steps: [
          host(0, allow(G, S1)),
          { ...host(0, block(G, S1)), wait: seconds(2), groups: { 0: [] } },
          ends(),
        ],
      }),
      kase('unless it is switched on', {
        steps: [host(0, toEx(G)), { ...host(0, toIn(G)), expect: [asks({ group: G })] }, passes([0])],
      }),
    ],
  ),
  row(
    'G02',
    '—',
    CODE,
    'fast leave takes the group from a second member too, until that answers a general query',
    [
      kase('two members, one of which leaves', {
        ...FAST,
        steps: [
          host(0, toEx(G)),
          other(toEx(G)),
          { ...host(0, toIn(G)), groups: { 0: [] } },
          ends(),
          { wait: seconds(31) },
          other(isEx(G)),
          passes([0]),
        ],
      }),
    ],
  ),
  row('G03', '—', CODE, 'fast leave that follows the reporters waits for the last of them', [
    kase('two members', {
      ...TRACKED,
      steps: [
        KNOWN,
        host(0, toEx(G)),
        other(toEx(G)),
        { ...host(0, toIn(G)), wait: milliseconds(200), expect: [asks({ group: G })] },
        { ...other(isEx(G)), wait: seconds(3), expect: [at(0.8, asks({ group: G, s: true }))] },
        passes([0]),
        { ...other(toIn(G)), wait: seconds(2), groups: { 0: [] } },
        ends(),
      ],
    }),
    kase('one that wants a source, and one that wants another', {
      ...TRACKED,
      steps: [
        KNOWN,
        host(0, allow(G, S1)),
        other(allow(G, '10.13.0.9')),
        { ...host(0, block(G, S1)), wait: seconds(2) },
        ends(),
        passes([0], { source: '10.13.0.9' }),
      ],
    }),
    kase('as long as somebody may not have been heard yet, all is asked about', {
      ...TRACKED,
      steps: [host(0, toEx(G)), { ...host(0, toIn(G)), expect: [asks({ group: G })] }, passes([0])],
    }),
  ]),
  row(
    'G04',
    '—',
    CODE,
    'on a TUN one kernel speaks for all its programs, so fast leave takes nothing from anybody',
    [
      kase('it leaves when its last socket does: one leave, version 3', {
        ...TRACKED,
        steps: [KNOWN, host(0, toEx(G)), passes([0]), { ...host(0, toIn(G)), groups: { 0: [] } }, ends()],
      }),
      kase('version 2, where nobody keeps silent for another’s report', {
        ...TRACKED,
        steps: [KNOWN, { send: v2Report() }, passes([0]), { send: leave(), groups: { 0: [] } }, ends()],
      }),
    ],
  ),
  row('G05', '—', CODE, 'with fast leave, a leave that is taken back leaves a gap just as long', [
    kase('TO_EX of nothing 12 ms after TO_IN of nothing', {
      ...FAST,
      steps: [
        host(0, toEx(G)),
        { ...host(0, toIn(G)), wait: milliseconds(11) },
        ends(),
        { wait: milliseconds(1) },
        host(0, toEx(G)),
        passes([0]),
      ],
    }),
  ]),
];
