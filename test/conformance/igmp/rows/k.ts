import { NOT_YET } from '../../../../src/config/not-yet.js';
import { seconds } from '../../../../src/time.js';
import { type IgmpRow, kase, notBuilt, proof, row } from '../case.js';
import { asks } from '../expectation.js';
import {
  block,
  data,
  igmpDatagram,
  leave,
  query,
  record,
  report,
  toEx,
  toIn,
  v1Report,
  v2Report,
} from '../messages.js';
import { ends, host, passes } from '../scenes.js';
import { G, G2, LOWER, S1, S2, SSM } from '../topology.js';
import { K_EVENT_FIELDS, K_ROUTES, K_STATE } from './k-views.js';

const REFUSED = { drop: 'igmp-ignored' } as const;

export const K: readonly IgmpRow[] = [
  ...K_STATE,
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
  K_ROUTES,
  row('K08', '—', 'design', 'joins, leaves, ends, elections and limits are told as they happen', [
    kase('a group', {
      isInside: true,
      steps: [
        { ...host(0, toEx(G)), events: [`join ${G}`] },
        { ...host(0, toEx(G)), events: [] },
        { ...host(0, toIn(G)), expect: [asks({ group: G })], events: [`leave ${G}`] },
        { wait: seconds(2), expect: [asks({ group: G })], events: [`expire ${G}`] },
      ],
    }),
    kase('sources', {
      isInside: true,
      steps: [
        { send: report(record(5, G, [S1, S2])), events: [`join ${G} ${S1}`, `join ${G} ${S2}`] },
        {
          ...host(0, block(G, S1)),
          expect: [asks({ group: G, sources: [S1] })],
          events: [`leave ${G} ${S1}`],
        },
        { wait: seconds(2), expect: [asks({ group: G, sources: [S1] })], events: [`expire ${G} ${S1}`] },
      ],
    }),
    kase('another querier', { send: query(), events: [`querier-elected ${LOWER[0]}`] }),
    kase('a limit', {
      igmp: { 'max-groups': 1 },
      steps: [host(0, toEx(G)), { ...host(0, toEx(G2)), ...REFUSED, events: [`warning: group-limit ${G2}`] }],
    }),
    K_EVENT_FIELDS,
  ]),
  row(
    'K09',
    '—',
    'design',
    'of what came it can be said which rule forwards or ends it, interface by interface',
    [
      kase('forwarded to one interface, and why not to the others', {
        igmpOn: { 2: 'none' },
        topology: { forwardingOff: [1] },
        steps: [
          host(0, toEx(G)),
          host(1, toEx(G)),
          passes([0]),
          {
            check: ({ router }) => {
              const [view] = router.multicast.views();
              const said = view?.blocked.map(({ interface: each, why }) => `${each.name} ${why}`).join('; ');
              const wanted =
                'dut.p1 forwarding is off there; dut.p2 it runs no IGMP, so nobody there can ask: give it `igmp: {}`; ' +
                'dut.p3 they came in by it';
              return said === wanted ? undefined : said;
            },
          },
        ],
      }),
      ...(
        [
          ['TTL', { ttl: 1 }, 'multicast-ttl'],
          ['the way that it came by', { source: '10.99.0.5' }, 'multicast-reverse-path'],
          ['the source', { source: S2 }, 'multicast-no-member'],
          ['a source-specific range', { destination: SSM }, 'multicast-no-member'],
          ['the length', { payload: new Uint8Array(900), flags: 0x4000 }, 'would-fragment'],
        ] as const
      ).map(([rule, fields, reason]) =>
        kase(rule, {
          topology: { mtu: { 0: 600 } },
          steps: [
            host(0, record(5, G, [S1])),
            ends(fields, reason),
            {
              check: ({ router }) => {
                const [view] = router.multicast.views();
                const said = view?.reason ?? view?.lastReason;
                return said === reason ? undefined : `it says ${said}`;
              },
            },
          ],
        }),
      ),
      kase('nothing is said against what goes on', {
        steps: [
          host(0, toEx(G)),
          { ...passes([0]), send: data() },
          {
            check: ({ router }) => {
              const [view] = router.multicast.views();
              return view?.reason ?? view?.lastReason;
            },
          },
        ],
      }),
    ],
  ),
  row('K10', '—', 'design', 'control traffic can be captured interface by interface', [
    notBuilt(
      'nothing writes captures yet',
      proof('a configuration with a capture is taken', () =>
        NOT_YET.some(({ path }) => path === 'capture') ? 'it is refused: not built yet' : undefined,
      ),
    ),
  ]),
];
