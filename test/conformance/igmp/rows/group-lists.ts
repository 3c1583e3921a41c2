import { milliseconds, seconds } from '../../../../src/time.js';
import { ANYTHING, type Row, row } from '../../case.js';
import { at } from '../../expectation.js';
import { G } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { FIRST_GROUP, groupCountFault, many } from '../many.js';
import { ends, host, passes } from '../scenes.js';
import { leave, type ReportRecord, report, toEx, toIn } from '../sends.js';

/** A Linux host puts as many records into 1500 octets. */
const RECORDS_A_REPORT = 183;

/** The same said of many groups, in as few reports as they take. */
const reportsOf = (groups: readonly string[], say: (group: string) => ReportRecord): Uint8Array[] =>
  Array.from({ length: Math.ceil(groups.length / RECORDS_A_REPORT) }, (_, at) =>
    report(groups.slice(at * RECORDS_A_REPORT, (at + 1) * RECORDS_A_REPORT).map((group) => say(group))),
  );

const FLOOD = many(FIRST_GROUP, 6000);
/** Taking them all takes 68 ms, in which as many more may be asked about. */
const LATE = 932;

export const groupLists: readonly Row[] = [
  row(
    'H05',
    '—',
    'RFC 9776 §9.3',
    'forged leaves make no storm: one series of questions a group at a time, and so many a second',
    [
      kase('fifty leaves of a group are asked about once', {
        steps: [
          host(0, toEx(G)),
          {
            send: Array.from({ length: 50 }, () => leave()),
            wait: milliseconds(500),
            expect: [asks({ group: G })],
            groups: { 0: [`${G} exclude=1.5`] },
          },
          {
            send: Array.from({ length: 50 }, () => report(toIn(G))),
            wait: seconds(1.5),
            expect: [at(0.5, asks({ group: G }))],
            groups: { 0: [] },
          },
        ],
      }),
      kase(
        'six thousand groups left at once: 5000 are asked about, and 1000 more a second, the others stay',
        {
          virtualOnly: 'no moment on a device is so short',
          igmp: { 'max-groups': 10_000 },
          steps: [
            { send: reportsOf(FLOOD, toEx), wait: milliseconds(200), check: groupCountFault(6000) },
            {
              send: reportsOf(FLOOD, toIn),
              wait: milliseconds(200),
              expect: ANYTHING,
              check: ({ igmp }) => {
                const refused = igmp(0).counters.refused['query-limit'];
                return refused === LATE ? undefined : `${refused} leaves are not asked about`;
              },
            },
            { wait: seconds(3), expect: ANYTHING, check: groupCountFault(LATE) },
            passes([0], { destination: FLOOD.at(-2)! }),
            ends({ destination: FLOOD[0]! }),
          ],
          judge: (outputs) => {
            const asked = outputs.filter(({ octets }) => octets[9] === 2).length;
            return asked === 2 * (FLOOD.length - LATE) ? undefined : `${asked} queries`;
          },
        },
      ),
    ],
  ),
];
