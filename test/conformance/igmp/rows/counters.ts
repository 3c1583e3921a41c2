import { type Row, row } from '../../case.js';
import { G, G2, LOWER, S1, SSM } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { host } from '../scenes.js';
import { igmpDatagram, leave, query, record, report, toEx, toIn, v1Report, v2Report } from '../sends.js';

const REFUSED = { drop: 'igmp-ignored' } as const;

export const counters: readonly Row[] = [
  row(
    'K05',
    '—',
    'design',
    'messages are counted by type and version, those that came and those that were sent',
    [
      kase('one of each that comes', {
        send: [
          v1Report(),
          v2Report(),
          leave(),
          report(toEx(G2)),
          query({ from: '10.0.1.250' }),
          query({ from: '10.0.1.250', group: SSM }),
        ],
        counted: [
          'received report-v1',
          'received report-v2',
          'received leave',
          'received report-v3',
          'received query-v3',
          'received query-v3',
        ],
      }),
      kase('older queries', {
        send: [query({ version: 2, from: LOWER[0] }), query({ version: 1, from: LOWER[0] })],
        counted: ['received query-v1', 'received query-v2'],
      }),
      kase('what is sent', {
        isInside: true,
        steps: [
          host(0, toEx(G)),
          { ...host(0, toIn(G)), expect: [asks({ group: G })] },
          {
            check: ({ igmp }) => {
              const { sent } = igmp(0).counters;
              return sent['query-v3'] === 2 && sent['query-v2'] === 0 ? undefined : JSON.stringify(sent);
            },
          },
        ],
      }),
    ],
  ),
  row('K06', '—', 'design', 'what is not heeded is counted by its reason, each reason by itself', [
    ...(
      [
        ['too-short', igmpDatagram([0x16, 0, 0, 0], { from: '10.0.1.10', to: G }), 'igmp-malformed'],
        [
          'bad-query-length',
          igmpDatagram([0x11, 9, 0, 0, 0, 0, 0, 0, 2, 5], { from: LOWER[0], to: '224.0.0.1' }),
          'igmp-malformed',
        ],
        ['sources-cut', query({ group: G, claims: 3 }), 'igmp-malformed'],
        ['records-cut', report(record(4, G, [], { claims: 5 })), 'igmp-malformed'],
        ['bad-checksum', v2Report(G, { checksum: 1 }), 'igmp-bad-checksum'],
        ['fragment', v2Report(G, { flags: 0x2000 }), 'igmp-ignored'],
        [
          'unknown-type',
          igmpDatagram([0x13, 0, 0, 0, 0, 0, 0, 0], { from: '10.0.1.10', to: G }),
          'igmp-ignored',
        ],
        ['wrong-ttl', v2Report(G, { ttl: 2 }), 'igmp-ignored'],
        ['off-subnet', v2Report(G, { from: '10.77.0.1' }), 'igmp-ignored'],
        ['wrong-destination', report(toEx(G), { to: '224.0.0.9' }), 'igmp-ignored'],
      ] as const
    ).map(([reason, send, drop]) => kase(reason, { send, drop, counted: [`refused ${reason}`] })),
    ...(
      [
        ['not-a-group', v2Report('10.9.9.9', { to: '224.0.0.2' }), 'report-v2'],
        ['ssm-range', report(toEx(SSM)), 'report-v3'],
        ['unknown-record', report(record(9, G)), 'report-v3'],
      ] as const
    ).map(([reason, send, name]) =>
      kase(reason, { ...REFUSED, send, counted: [`received ${name}`, `refused ${reason}`] }),
    ),
    kase('no-router-alert', {
      ...REFUSED,
      igmp: { 'require-router-alert': true },
      send: v2Report(G, { routerAlert: false }),
      counted: ['refused no-router-alert'],
    }),
    kase('wrong-version', {
      ...REFUSED,
      igmp: { version: 2 },
      ...host(0, toEx(G)),
      counted: ['received report-v3', 'refused wrong-version'],
    }),
    kase('group-limit', {
      igmp: { 'max-groups': 1 },
      steps: [
        { send: v2Report() },
        { ...REFUSED, send: v2Report(G2), counted: ['received report-v2', 'refused group-limit'] },
      ],
    }),
    kase('not-querier', {
      steps: [
        { send: [v2Report(), query()] },
        { ...REFUSED, send: leave(), counted: ['received leave', 'refused not-querier'] },
      ],
    }),
    kase('bad-record-source', {
      send: report([toEx(G, '224.1.1.1', S1)]),
      counted: ['received report-v3', 'refused bad-record-source'],
    }),
  ]),
];
