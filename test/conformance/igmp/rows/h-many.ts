import { formatAddress } from '../../../../src/address.js';
import { VirtualLab } from '../../../../src/lab/virtual-lab.js';
import { milliseconds, seconds } from '../../../../src/time.js';
import { HOST, hostOf, linkOf } from '../../topology.js';
import { ANYTHING, type IgmpRow, kase, proof, row } from '../case.js';
import { asks, at } from '../expectation.js';
import { allow, leave, type ReportRecord, report, toEx, toIn, v2Report } from '../messages.js';
import { ends, host, passes } from '../scenes.js';
import type { Dut } from '../target.js';
import { configurationOf, G, LOCAL_SOURCE } from '../topology.js';

export const many = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => formatAddress(first + at));

const FIRST_GROUP = 0xef020000;
const FIRST_SOURCE = 0x0a0d0000;
/** A Linux host puts as many records into 1500 octets. */
const RECORDS_A_REPORT = 183;

/** The same said of many groups, in as few reports as they take. */
const reportsOf = (groups: readonly string[], say: (group: string) => ReportRecord): Uint8Array[] =>
  Array.from({ length: Math.ceil(groups.length / RECORDS_A_REPORT) }, (_, at) =>
    report(groups.slice(at * RECORDS_A_REPORT, (at + 1) * RECORDS_A_REPORT).map((group) => say(group))),
  );

const groupCountFault =
  (wanted: number) =>
  ({ igmp }: Dut): string | undefined => {
    const { size } = igmp(0).memberships.groups;
    return size === wanted ? undefined : `${size} groups instead of ${wanted}`;
  };

const FLOOD = many(FIRST_GROUP, 6000);

export const STORM: IgmpRow = row(
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
    kase('six thousand groups left in a moment: 5000 are asked about, the others stay', {
      virtualOnly: 'no moment on a device is so short',
      igmp: { 'max-groups': 10_000 },
      steps: [
        { send: reportsOf(FLOOD, toEx), check: groupCountFault(6000) },
        {
          send: reportsOf(FLOOD, toIn),
          expect: ANYTHING,
          check: ({ igmp }) => {
            const refused = igmp(0).counters.refused['query-limit'];
            return refused === 1000 ? undefined : `${refused} leaves are not asked about`;
          },
        },
        { wait: seconds(3), expect: ANYTHING, check: groupCountFault(1000) },
        passes([0], { destination: FLOOD.at(-1)! }),
        ends({ destination: FLOOD[0]! }),
      ],
      judge: (outputs) => {
        const asked = outputs.filter(({ octets }) => octets[9] === 2).length;
        return asked === 10_000 ? undefined : `${asked} queries`;
      },
    }),
  ],
);

export const H_WORK: readonly IgmpRow[] = [
  row(
    'H09',
    '—',
    'design',
    'ten thousand reports a second are taken with time to spare, however many groups there are',
    [
      proof('ten thousand reports while 4000 groups are there', () => {
        const groups = many(FIRST_GROUP, 4000);
        const fastest = Math.min(...[1, 2, 3].map(() => durationOfReports(groups, 10_000)));
        return fastest < 1000 ? undefined : `they take ${Math.round(fastest)} ms`;
      }),
    ],
  ),
  row(
    'H10',
    '—',
    'design',
    'a hundred thousand sources wait for one deadline at a time, and each ends in its own',
    [
      kase('200 groups of 500 sources, refreshed half of them', {
        steps: [
          { send: sourcesOf(0), wait: seconds(100) },
          { send: sourcesOf(250), wait: seconds(169.999), check: groupCountFault(200) },
          passes([0], { destination: '239.2.0.7', source: '10.13.0.0' }),
          { wait: milliseconds(1), check: groupCountFault(200) },
          ends({ destination: '239.2.0.7', source: '10.13.0.0' }),
          passes([0], { destination: '239.2.0.7', source: '10.13.1.200' }),
          { wait: seconds(100), check: groupCountFault(0) },
        ],
      }),
    ],
  ),
];

/** 250 sources from the given one on, for each of 200 groups. */
function sourcesOf(from: number): Uint8Array[] {
  return many(FIRST_GROUP, 200).map((group) => report(allow(group, ...many(FIRST_SOURCE + from, 250))));
}

/** In milliseconds of this machine. */
const durationOfReports = (groups: readonly string[], count: number): number => {
  const lab = new VirtualLab(configurationOf({}));
  const input = lab.host(hostOf(0), linkOf(0));
  const datagrams = groups.map((group, at) =>
    v2Report(group, { from: at % 2 === 0 ? HOST[0] : LOCAL_SOURCE[0] }),
  );
  for (const each of datagrams) input.send(each);
  const start = performance.now();
  for (let at = 0; at < count; at += 1) input.send(datagrams[at % datagrams.length]!);
  return performance.now() - start;
};
