import { type IgmpRow, type IgmpStep, kase, row } from '../case.js';
import { asks } from '../expectation.js';
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
} from '../messages.js';
import { ends, host, passes } from '../scenes.js';
import { G, G2, S1, S2, S3, SSM } from '../topology.js';

const ACCEPTED = { 'accept-groups': [{ group: `${G}/32` }] } as const;
const SOME_SOURCES = {
  'accept-groups': [
    { group: '239.1.1.0/31', source: `${S1}/32` },
    { group: '232.0.0.0/8', source: '10.13.0.0/16' },
  ],
} as const;

/** A report that makes nothing, and is counted. */
const denied = (...records: readonly ReportRecord[]): IgmpStep => ({
  ...host(0, ...records),
  drop: 'igmp-ignored',
  counted: ['received report-v3', ...records.map(() => 'refused denied')],
});

export const H_LISTS: IgmpRow = row(
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
        { ...host(0, isIn(SSM, S2)), groups: { 0: [`${SSM} include ${S2}=270`, `${G} include ${S1}=270`] } },
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
      drop: Array.from({ length: 500 }, () => 'igmp-ignored' as const),
      groups: { 0: [] },
      check: ({ router }) =>
        router.multicast.views().length === 0 ? undefined : 'something is remembered of it',
    }),
  ],
);
