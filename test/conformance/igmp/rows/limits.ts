import { formatAddress } from '../../../../src/address.js';
import { milliseconds, seconds } from '../../../../src/time.js';
import { ANYTHING, type Row, row } from '../../case.js';
import { at } from '../../expectation.js';
import { G, G2, LOWER, S1, S2, S3, SSM } from '../addresses.js';
import { asks, reports } from '../expects.js';
import { kase } from '../kase.js';
import { many } from '../many.js';
import { ends, host, passes } from '../scenes.js';
import { allow, isEx, isIn, query, record, report, toEx, toIn, v1Report, v2Report } from '../sends.js';

/** 366 sources, as many as one query holds. */
const FULL = many(0x0a0d0000, 366);

export const limits: readonly Row[] = [
  row('H01', '—', 'design', 'a group too many is refused, and those that are there go on', [
    kase('the third of two', {
      igmp: { 'max-groups': 2 },
      steps: [
        host(0, toEx(G), toEx(G2)),
        {
          ...host(0, toEx('239.1.1.3')),
          drop: 'igmp-ignored',
          counted: ['received report-v3', 'refused group-limit'],
        },
        {
          send: v2Report('239.1.1.4'),
          drop: 'igmp-ignored',
          counted: ['received report-v2', 'refused group-limit'],
        },
        { ...ends({ destination: '239.1.1.3' }), groups: { 0: [`${G} exclude=270`, `${G2} exclude=270`] } },
        passes([0]),
        { ...host(0, isEx(G)), wait: seconds(100), groups: { 0: [`${G} exclude=170`, `${G2} exclude=170`] } },
        host(0, toIn('239.1.1.3')),
      ],
    }),
    kase('one more is told of once a minute', {
      igmp: { 'max-groups': 1 },
      steps: [
        host(0, toEx(G)),
        { ...host(0, toEx(G2)), drop: 'igmp-ignored', events: [`warning: group-limit ${G2}`] },
        { ...host(0, toEx(G2)), drop: 'igmp-ignored', events: [] },
        { wait: seconds(59.999) },
        { ...host(0, toEx(G2)), drop: 'igmp-ignored', events: [] },
        { wait: milliseconds(1) },
        { ...host(0, toEx(G2)), drop: 'igmp-ignored', events: [`warning: group-limit ${G2}`] },
      ],
    }),
    kase('each interface has its own limit', {
      igmp: { 'max-groups': 1 },
      steps: [host(0, toEx(G)), host(1, toEx(G2)), passes([0]), passes([1], { destination: G2 })],
    }),
  ]),
  row(
    'H02',
    '—',
    'design',
    'where more sources are asked for than a group may have, the whole group is forwarded',
    [
      kase('nobody loses what they asked for', {
        igmp: { 'max-sources': 2 },
        steps: [
          host(0, allow(G, S1, S2)),
          {
            ...host(0, allow(G, S3)),
            counted: ['received report-v3', 'refused source-limit'],
            groups: { 0: [`${G} exclude=270 ${S1}=270 ${S2}=270`] },
          },
          passes([0], { source: S3 }),
          passes([0]),
        ],
      }),
      kase('in a source-specific range the source is refused', {
        igmp: { 'max-sources': 2 },
        steps: [
          host(0, allow(SSM, S1, S2)),
          { ...host(0, allow(SSM, S3)), groups: { 0: [`${SSM} include ${S1}=270 ${S2}=270`] } },
          ends({ source: S3, destination: SSM }),
          passes([0], { destination: SSM }),
        ],
      }),
    ],
  ),
  row('H03', '—', 'design', 'a source that there is no room to exclude is forwarded', [
    kase('the third of two', {
      igmp: { 'max-sources': 2 },
      steps: [
        {
          ...host(0, toEx(G, S1, S2, S3)),
          counted: ['received report-v3', 'refused source-limit'],
          groups: { 0: [`${G} exclude=270 !${S1} !${S2}`] },
        },
        ends(),
        passes([0], { source: S3 }),
      ],
    }),
  ]),
  row('H04', '—', 'design', 'a report that is refused leaves nothing behind', [
    kase('a thousand groups too many', {
      virtualOnly: 'a thousand datagrams take longer than the tolerance',
      igmp: { 'max-groups': 1 },
      steps: [
        host(0, toEx(G)),
        {
          send: many(0xef020000, 1000).map((group) => v2Report(group)),
          wait: milliseconds(50),
          drop: Array.from({ length: 1000 }, () => 'igmp-ignored' as const),
          groups: { 0: [`${G} exclude=269.95`] },
          check: ({ igmp }) => {
            const { groups } = igmp(0).memberships;
            return groups.size === 1 ? undefined : `${groups.size} groups are kept`;
          },
        },
      ],
    }),
  ]),
  row(
    'H06',
    '—',
    'RFC 9776 §9.1',
    'a forged query of a lower address takes the office for OQPI, and nothing else',
    [
      kase('it still learns and forwards, says who took the office, and takes it back', {
        generalQueries: true,
        igmpOn: { 1: 'none', 2: 'none' },
        steps: [
          {
            send: query({ from: LOWER[0] }),
            events: [`querier-elected ${LOWER[0]}`],
            check: ({ igmp }) => {
              const { state, elected } = igmp(0).querier;
              const found = `${state} ${formatAddress(elected)}`;
              return found === `non-querier ${LOWER[0]}` ? undefined : found;
            },
          },
          { ...host(0, toEx(G)), wait: seconds(254.999) },
          passes([0]),
          { wait: seconds(0.001), expect: [asks()], events: ['querier-elected 10.0.1.100'] },
        ],
      }),
    ],
  ),
  row(
    'H07',
    'SHOULD',
    'RFC 9776 §9.2',
    'a forged older report keeps its group in that mode for no longer than OHPI',
    [
      kase('version 1: leaves count again after 260 seconds', {
        steps: [
          { send: v1Report() },
          { ...host(0, toIn(G)), groups: { 0: [`${G} exclude=270 v1`] } },
          { wait: seconds(200) },
          host(0, isEx(G)),
          { wait: seconds(60), groups: { 0: [`${G} exclude=210`] } },
          {
            ...host(0, toIn(G)),
            wait: seconds(2),
            expect: [asks({ group: G }), at(1, asks({ group: G }))],
            groups: { 0: [] },
          },
        ],
      }),
      kase('where the version is ignored, not even that', {
        igmp: { 'ignore-versions': [1] },
        steps: [
          host(0, isEx(G)),
          { send: v1Report(), drop: 'igmp-ignored', groups: { 0: [`${G} exclude=270`] } },
          {
            ...host(0, toIn(G)),
            wait: seconds(2),
            expect: [asks({ group: G }), at(1, asks({ group: G }))],
            groups: { 0: [] },
          },
        ],
      }),
      kase('other groups are none the worse for it', {
        steps: [
          { send: [v1Report(G2), report(toEx(G))] },
          {
            ...host(0, toIn(G)),
            expect: [asks({ group: G })],
            groups: { 0: [`${G} exclude=2`, `${G2} exclude=270 v1`] },
          },
        ],
      }),
    ],
  ),
  row('H11', '—', 'design', 'what is malformed is told at most once a minute, with interface and reason', [
    kase('a hundred bad checksums', {
      steps: [
        {
          send: Array.from({ length: 100 }, () => report(toEx(G), { checksum: 1 })),
          drop: Array.from({ length: 100 }, () => 'igmp-bad-checksum' as const),
          events: ['warning: bad-checksum'],
        },
        {
          send: report(record(4, G, [], { claims: 5 })),
          drop: 'igmp-malformed',
          events: ['warning: records-cut'],
        },
        { wait: seconds(60) },
        {
          send: report(toEx(G), { checksum: 1 }),
          drop: 'igmp-bad-checksum',
          events: ['warning: bad-checksum'],
        },
      ],
    }),
  ]),
  row(
    'H12',
    '—',
    'RFC 9776 §5.2, §9.1',
    'a query of 366 sources makes no more work than an answer, and none without a membership',
    [
      kase('no member: nothing is said', {
        send: query({ from: LOWER[0], group: G, sources: FULL, code: 0xff }),
        wait: seconds(3200),
      }),
      kase('a member answers once, within the time that it is given', {
        virtualOnly: 'when a host answers is a matter of chance, which only a seed repeats',
        igmp: { 'join-groups': [{ group: G }] },
        igmpOn: { 1: 'none', 2: 'none' },
        steps: [
          { wait: seconds(2), expect: ANYTHING },
          {
            send: Array.from({ length: 50 }, () =>
              query({ from: LOWER[0], group: G, sources: FULL.slice(0, 300), code: 20 }),
            ),
            wait: seconds(10),
            expect: [reports(isIn(G, ...FULL.slice(0, 300)))],
          },
        ],
      }),
    ],
  ),
];
