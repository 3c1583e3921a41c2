import { seconds } from '../../../../src/time.js';
import { type Row, row, type Step } from '../../case.js';
import { at } from '../../expectation.js';
import { G, S1, S2, S3, S4 } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { host } from '../scenes.js';
import { allow, block, isEx, isIn, query, type ReportRecord, report, toEx, toIn } from '../sends.js';

const TABLE_8 = 'RFC 9776 §6.4.1, Table 8';
const TABLE_9 = 'RFC 9776 §6.4.2, Table 9';

/** INCLUDE (1,2), ten seconds old: what is refreshed is told from what is not. */
const INCLUDE: Step = {
  ...host(0, allow(G, S1, S2)),
  wait: seconds(10),
  groups: { 0: [`${G} include ${S1}=260 ${S2}=260`] },
};

/** EXCLUDE ({1},{2,3}), ten seconds old. */
const EXCLUDE: Step = {
  ...host(0, toEx(G, S2, S3), allow(G, S1)),
  wait: seconds(10),
  groups: { 0: [`${G} exclude=260 ${S1}=260 !${S2} !${S3}`] },
};

/** The group on port 0 afterwards, and what is asked at that moment and a second later. */
const becomes = (
  before: Step,
  record: ReportRecord,
  after: string,
  asked: readonly (readonly string[])[] = [],
): readonly Step[] => {
  const queries = asked.map((sources) => asks({ group: G, sources }));
  return [
    before,
    { send: report(record), expect: queries, groups: { 0: [`${G} ${after}`] } },
    { wait: seconds(1.5), expect: queries.map((each) => at(1, each)) },
  ];
};

/** Another router is in office, so that ours asks nothing and lowers no timer. */
const YIELDED: Step = { send: query() };

export const filterModes: readonly Row[] = [
  row('E01', '—', TABLE_8, 'INCLUDE (A) and IS_IN (B): INCLUDE (A+B), and B has the whole interval', [
    kase('one known source and a new one', {
      steps: becomes(INCLUDE, isIn(G, S2, S3), `include ${S1}=260 ${S2}=270 ${S3}=270`),
    }),
  ]),
  row('E02', '—', TABLE_8, 'INCLUDE (A) and IS_EX (B): EXCLUDE (A*B, B-A), and A-B is forgotten', [
    kase('one known source and a new one', {
      steps: becomes(INCLUDE, isEx(G, S2, S3), `exclude=270 ${S2}=260 !${S3}`),
    }),
    kase('no source', { steps: becomes(INCLUDE, isEx(G), 'exclude=270') }),
  ]),
  row('E03', '—', TABLE_8, 'EXCLUDE (X,Y) and IS_IN (A): EXCLUDE (X+A, Y-A), and A has the whole interval', [
    kase('a blocked source and a new one', {
      steps: becomes(EXCLUDE, isIn(G, S2, S4), `exclude=260 ${S1}=260 ${S2}=270 !${S3} ${S4}=270`),
    }),
  ]),
  row('E04', '—', TABLE_8, 'EXCLUDE (X,Y) and IS_EX (A): EXCLUDE (A-Y, Y*A), and what is new has GMI', [
    kase('one of each', {
      steps: becomes(EXCLUDE, isEx(G, S1, S2, S4), `exclude=270 ${S1}=260 !${S2} ${S4}=270`),
    }),
    kase('no source', { steps: becomes(EXCLUDE, isEx(G), 'exclude=270') }),
  ]),
  row('E05', '—', TABLE_9, 'INCLUDE (A) and ALLOW (B): INCLUDE (A+B), and B has the whole interval', [
    kase('one known source and a new one', {
      steps: becomes(INCLUDE, allow(G, S2, S3), `include ${S1}=260 ${S2}=270 ${S3}=270`),
    }),
  ]),
  row('E06', '—', TABLE_9, 'INCLUDE (A) and BLOCK (B): A stays, and A*B is asked about at once', [
    kase('one known source and a new one', {
      steps: becomes(INCLUDE, block(G, S2, S3), `include ${S1}=260 ${S2}=2`, [[S2]]),
    }),
    kase('no known source', { steps: becomes(INCLUDE, block(G, S3), `include ${S1}=260 ${S2}=260`) }),
  ]),
  row('E07', '—', TABLE_9, 'INCLUDE (A) and TO_EX (B): EXCLUDE (A*B, B-A), and A*B is asked about', [
    kase('one known source and a new one', {
      steps: becomes(INCLUDE, toEx(G, S2, S3), `exclude=270 ${S2}=2 !${S3}`, [[S2]]),
    }),
    kase('no source', { steps: becomes(INCLUDE, toEx(G), 'exclude=270') }),
  ]),
  row('E08', '—', TABLE_9, 'INCLUDE (A) and TO_IN (B): INCLUDE (A+B), and A-B is asked about', [
    kase('one known source and a new one', {
      steps: becomes(INCLUDE, toIn(G, S2, S3), `include ${S1}=2 ${S2}=270 ${S3}=270`, [[S1]]),
    }),
    kase('no source', { steps: becomes(INCLUDE, toIn(G), `include ${S1}=2 ${S2}=2`, [[S1, S2]]) }),
  ]),
  row('E09', '—', TABLE_9, 'EXCLUDE (X,Y) and ALLOW (A): EXCLUDE (X+A, Y-A), and A has the whole interval', [
    kase('a blocked source and a new one', {
      steps: becomes(EXCLUDE, allow(G, S2, S4), `exclude=260 ${S1}=260 ${S2}=270 !${S3} ${S4}=270`),
    }),
  ]),
  row(
    'E10',
    '—',
    TABLE_9,
    'EXCLUDE (X,Y) and BLOCK (A): A-Y is watched, what is new of it by the group timer',
    [
      kase('one of each is asked about, but for the one that is blocked', {
        steps: becomes(EXCLUDE, block(G, S1, S2, S4), `exclude=260 ${S1}=2 !${S2} !${S3} ${S4}=2`, [
          [S1, S4],
        ]),
      }),
      kase('a source that is new has what is left of the group timer', {
        steps: [YIELDED, ...becomes(EXCLUDE, block(G, S4), `exclude=260 ${S1}=260 !${S2} !${S3} ${S4}=260`)],
      }),
    ],
  ),
  row(
    'E11',
    '—',
    TABLE_9,
    'EXCLUDE (X,Y) and TO_EX (A): EXCLUDE (A-Y, Y*A), what is new by the old group timer',
    [
      kase('one of each is asked about, but for the one that is blocked', {
        steps: becomes(EXCLUDE, toEx(G, S1, S2, S4), `exclude=270 ${S1}=2 !${S2} ${S4}=2`, [[S1, S4]]),
      }),
      kase('a source that is new has what was left of the group timer', {
        steps: [YIELDED, ...becomes(EXCLUDE, toEx(G, S1, S4), `exclude=270 ${S1}=260 ${S4}=260`)],
      }),
    ],
  ),
  row(
    'E12',
    '—',
    TABLE_9,
    'EXCLUDE (X,Y) and TO_IN (A): EXCLUDE (X+A, Y-A), and X-A and the group are asked about',
    [
      kase('a blocked source and a new one', {
        steps: becomes(EXCLUDE, toIn(G, S2, S4), `exclude=2 ${S1}=2 ${S2}=270 !${S3} ${S4}=270`, [[], [S1]]),
      }),
      kase('no source', {
        steps: becomes(EXCLUDE, toIn(G), `exclude=2 ${S1}=2 !${S2} !${S3}`, [[], [S1]]),
      }),
    ],
  ),
];
