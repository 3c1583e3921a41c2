import { milliseconds, seconds } from '../../../../src/time.js';
import { OTHER_HOST } from '../../topology.js';
import { type IgmpRow, type IgmpStep, kase, row } from '../case.js';
import { asks, at } from '../expectation.js';
import { allow, block, isEx, leave, type ReportRecord, report, toEx, toIn, v2Report } from '../messages.js';
import { ends, host, passes } from '../scenes.js';
import { G as GROUP, S1 } from '../topology.js';

const CODE = 'RFC 9776 Appendix A.2';
const FAST = { igmp: { 'fast-leave': 'always' } } as const;
const TRACKED = { igmp: { 'fast-leave': 'tracked' } } as const;
const other = (...records: readonly ReportRecord[]): IgmpStep => ({
  send: report(records, { from: OTHER_HOST[0] }),
});
/** By then all who were there before the router have answered its first query. */
const KNOWN: IgmpStep = { wait: seconds(10) };

export const G: readonly IgmpRow[] = [
  row(
    'G01',
    'MAY',
    CODE,
    'with fast leave a leave counts at once, unasked; without, which is usual, it is asked about',
    [
      kase('TO_IN of nothing', {
        ...FAST,
        steps: [
          host(0, toEx(GROUP)),
          passes([0]),
          { ...host(0, toIn(GROUP)), wait: seconds(2), groups: { 0: [] }, events: [`leave ${GROUP}`] },
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
          host(0, allow(GROUP, S1)),
          { ...host(0, block(GROUP, S1)), wait: seconds(2), groups: { 0: [] } },
          ends(),
        ],
      }),
      kase('unless it is switched on', {
        steps: [
          host(0, toEx(GROUP)),
          { ...host(0, toIn(GROUP)), expect: [asks({ group: GROUP })] },
          passes([0]),
        ],
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
          host(0, toEx(GROUP)),
          other(toEx(GROUP)),
          { ...host(0, toIn(GROUP)), groups: { 0: [] } },
          ends(),
          { wait: seconds(31) },
          other(isEx(GROUP)),
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
        host(0, toEx(GROUP)),
        other(toEx(GROUP)),
        { ...host(0, toIn(GROUP)), wait: milliseconds(200), expect: [asks({ group: GROUP })] },
        { ...other(isEx(GROUP)), wait: seconds(3), expect: [at(0.8, asks({ group: GROUP, s: true }))] },
        passes([0]),
        { ...other(toIn(GROUP)), wait: seconds(2), groups: { 0: [] } },
        ends(),
      ],
    }),
    kase('one that wants a source, and one that wants another', {
      ...TRACKED,
      steps: [
        KNOWN,
        host(0, allow(GROUP, S1)),
        other(allow(GROUP, '10.13.0.9')),
        { ...host(0, block(GROUP, S1)), wait: seconds(2) },
        ends(),
        passes([0], { source: '10.13.0.9' }),
      ],
    }),
    kase('as long as somebody may not have been heard yet, all is asked about', {
      ...TRACKED,
      steps: [
        host(0, toEx(GROUP)),
        { ...host(0, toIn(GROUP)), expect: [asks({ group: GROUP })] },
        passes([0]),
      ],
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
        steps: [
          KNOWN,
          host(0, toEx(GROUP)),
          passes([0]),
          { ...host(0, toIn(GROUP)), groups: { 0: [] } },
          ends(),
        ],
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
        host(0, toEx(GROUP)),
        { ...host(0, toIn(GROUP)), wait: milliseconds(11) },
        ends(),
        { wait: milliseconds(1) },
        host(0, toEx(GROUP)),
        passes([0]),
      ],
    }),
  ]),
];
