import { milliseconds, seconds } from '../../../../src/time.js';
import { proof, type Row, row, type Step } from '../../case.js';
import { configurationOf } from '../../configuration.js';
import { VirtualRouter } from '../../targets/virtual-router.js';
import { HOST } from '../../topology.js';
import { G, G2, LOCAL_SOURCE, S1, S2, S3, SSM } from '../addresses.js';
import { asks } from '../expects.js';
import { igmpSetup, kase } from '../kase.js';
import { FIRST_GROUP, groupCountFault, many } from '../many.js';
import { ends, host, passes } from '../scenes.js';
import {
  allow,
  block,
  isEx,
  isIn,
  leave,
  type ReportRecord,
  report,
  toEx,
  toIn,
  v1Report,
  v2Report,
} from '../sends.js';

const ACCEPTED = { 'accept-groups': [{ group: `${G}/32` }] } as const;
const SOME_SOURCES = {
  'accept-groups': [
    { group: '239.1.1.0/31', source: `${S1}/32` },
    { group: '232.0.0.0/8', source: '10.13.0.0/16' },
  ],
} as const;

/** A report that makes nothing, and is counted. */
const denied = (...records: readonly ReportRecord[]): Step => ({
  ...host(0, ...records),
  drop: 'igmp-ignored',
  counted: ['received report-v3', ...records.map(() => 'refused denied')],
});

const FIRST_SOURCE = 0x0a0d0000;

export const manyGroups: readonly Row[] = [
  row(
    'H08',
    '—',
    'design',
    'reports of groups and sources that an interface does not accept, or denies, are ignored and counted',
    [
      kase('what is not accepted', {
        igmp: ACCEPTED,
        steps: [
          denied(toEx(G2), isIn(SSM, S1)),
          {
            send: [v1Report(G2), v2Report(G2), leave(G2)],
            drop: ['igmp-ignored', 'igmp-ignored', 'igmp-ignored'],
          },
          { ...host(0, toEx(G), toEx(G2)), counted: ['received report-v3', 'refused denied'] },
          { ...passes([0]), groups: { 0: [`${G} exclude=270`] } },
          ends({ destination: G2 }),
        ],
      }),
      kase('what is denied, although it is accepted', {
        igmp: { 'accept-groups': [{ group: '239.0.0.0/8' }], 'deny-groups': [{ group: `${G2}/32` }] },
        steps: [
          denied(toEx(G2), allow(G2, S1)),
          { send: v2Report(G2), drop: 'igmp-ignored', groups: { 0: [] } },
          { ...host(0, toEx(G)), groups: { 0: [`${G} exclude=270`] } },
        ],
      }),
      kase('on that interface alone', {
        igmpOn: { 0: ACCEPTED },
        steps: [denied(toEx(G2)), host(1, toEx(G2)), passes([1], { destination: G2 })],
      }),
      kase('sources that are not accepted are left out of a record, and the others count', {
        igmp: SOME_SOURCES,
        steps: [
          {
            ...host(0, allow(G, S1, S2, S3)),
            counted: ['received report-v3', 'refused denied', 'refused denied'],
            groups: { 0: [`${G} include ${S1}=270`] },
          },
          passes([0]),
          ends({ source: S2 }),
          {
            ...host(0, isIn(SSM, S2)),
            groups: { 0: [`${SSM} include ${S2}=270`, `${G} include ${S1}=270`] },
          },
        ],
      }),
      kase('a record of which no source is accepted makes nothing, but a TO_IN still takes back all else', {
        igmp: SOME_SOURCES,
        steps: [
          { ...denied(isIn(G, S2), toIn(G, S2, S3), allow(G, S2)), groups: { 0: [] } },
          { ...host(0, isIn(G, S1)) },
          {
            send: report(toIn(G, S2)),
            expect: [asks({ group: G, sources: [S1] })],
            counted: ['received report-v3', 'refused denied'],
            groups: { 0: [`${G} include ${S1}=2`] },
          },
        ],
      }),
      kase('where only certain sources are accepted, membership of any source is not', {
        igmp: SOME_SOURCES,
        steps: [
          denied(toEx(G), isEx(G, S2)),
          { send: v2Report(), drop: 'igmp-ignored', groups: { 0: [] } },
          ends(),
        ],
      }),
      kase('a source that is denied cannot be asked for by name, but comes with any source', {
        igmp: { 'deny-groups': [{ group: '239.0.0.0/8', source: '10.13.0.2/31' }] },
        steps: [
          denied(allow(G, S2, S3)),
          ends({ source: S2 }),
          { ...host(0, toEx(G)), groups: { 0: [`${G} exclude=270`] } },
          passes([0], { source: S2 }),
        ],
      }),
      kase('what a host does not want it may say of any source', {
        igmp: { 'deny-groups': [{ group: '239.0.0.0/8', source: `${S2}/32` }] },
        steps: [
          host(0, toEx(G)),
          { ...host(0, block(G, S2)), expect: [asks({ group: G, sources: [S2] })] },
          { ...host(0, isEx(G, S2)), groups: { 0: [`${G} exclude=270 ${S2}=2`] } },
        ],
      }),
      kase('groups that never leave their link are no matter for the lists', {
        igmp: ACCEPTED,
        ...host(0, toEx('224.0.0.251')),
        counted: ['received report-v3'],
      }),
      kase('a flood of what is not accepted leaves nothing behind', {
        igmp: ACCEPTED,
        send: Array.from({ length: 500 }, (_, at) => v2Report(`239.9.${at >>> 8}.${at & 255}`)),
        wait: milliseconds(10),
        drop: Array.from({ length: 500 }, () => 'igmp-ignored' as const),
        groups: { 0: [] },
        check: ({ router }) =>
          [...router.multicast.views()].length === 0 ? undefined : 'something is remembered of it',
      }),
    ],
  ),
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
          // It was among the first that were taken, and taking them all is some ms of work.
          { wait: milliseconds(10), check: groupCountFault(200) },
          ends({ destination: '239.2.0.7', source: '10.13.0.0' }),
          passes([0], { destination: '239.2.0.7', source: '10.13.1.200' }),
          { wait: seconds(101), check: groupCountFault(0) },
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
  const router = new VirtualRouter(configurationOf(igmpSetup({})));
  const input = router.host(0);
  const datagrams = groups.map((group, at) =>
    v2Report(group, { from: at % 2 === 0 ? HOST[0] : LOCAL_SOURCE[0] }),
  );
  for (const each of datagrams) input.send(each);
  const start = performance.now();
  for (let at = 0; at < count; at += 1) {
    input.send(datagrams[at % datagrams.length]!);
    // Not more at once than is handled at once.
    if (at % 100 === 0) router.advance(milliseconds(1));
  }
  return performance.now() - start;
};
