import { milliseconds, seconds } from '../../../../src/time.js';
import { ANYTHING, type Row, row } from '../../case.js';
import { at, forwarded, originated } from '../../expectation.js';
import { HOST, PORTS } from '../../topology.js';
import { G, G2, LOCAL_SOURCE, LOWER, ROUTER, S1, S2, S3 } from '../addresses.js';
import { asks, reports } from '../expects.js';
import { kase } from '../kase.js';
import { ends, host, passes } from '../scenes.js';
import {
  allow,
  block,
  data,
  isEx,
  isIn,
  leave,
  query,
  type ReportRecord,
  report,
  toEx,
  toIn,
  v1Report,
  v2Report,
} from '../sends.js';

const PROXY = { multicast: { upstream: 'p3' } } as const;
const REPORTING = 'RFC 4605 §4.1';
const FORWARDING = 'RFC 4605 §4.2';

/** The router tells a change upstream as any host does, twice. */
const tells = (...records: readonly ReportRecord[]) => {
  const once = reports(records, { on: 3 });
  return { wait: seconds(1), expect: [at(0, once), once] };
};
const ASKED = [asks({ group: G }), at(1, asks({ group: G }))];
const upstreamQuery = (fields: NonNullable<Parameters<typeof query>[0]> = {}) => ({
  send: query({ from: LOWER[3], ...fields }),
  on: 3 as const,
});

export const proxy: readonly Row[] = [
  row('J05', 'MUST', REPORTING, 'a proxy tells its upstream what its hosts want, as one host would', [
    kase('a change is told at once, and again within a second', {
      ...PROXY,
      steps: [
        { ...host(0, toEx(G)), ...tells(toEx(G)) },
        { ...host(1, allow(G2, S1)), ...tells(allow(G2, S1)) },
        { ...host(1, allow(G2, S2)), ...tells(allow(G2, S2)) },
      ],
    }),
    kase('a query is answered once, within the time that it gives', {
      ...PROXY,
      steps: [
        { ...host(0, toEx(G)), ...tells(toEx(G)) },
        { ...host(1, allow(G2, S1)), ...tells(allow(G2, S1)) },
        { ...upstreamQuery(), wait: seconds(10), expect: [reports([isEx(G), isIn(G2, S1)], { on: 3 })] },
        { ...upstreamQuery({ group: G2 }), wait: seconds(1), expect: [reports(isIn(G2, S1), { on: 3 })] },
        {
          ...upstreamQuery({ group: G2, sources: [S1, S3] }),
          wait: seconds(1),
          expect: [reports(isIn(G2, S1), { on: 3 })],
        },
        { ...upstreamQuery({ group: G2, sources: [S3] }), wait: seconds(1) },
      ],
    }),
    kase('to a version 2 querier it speaks version 2', {
      ...PROXY,
      steps: [
        { ...host(0, toEx(G)), ...tells(toEx(G)) },
        {
          ...upstreamQuery({ version: 2 }),
          wait: seconds(10),
          expect: [originated(3, v2Report(G, { from: ROUTER[3] }))],
        },
        {
          ...host(0, toIn(G)),
          wait: seconds(2),
          expect: [...ASKED, at(2, originated(3, leave(G, { from: ROUTER[3] })))],
        },
      ],
    }),
    kase('to a version 1 querier it speaks version 1, which knows no leave', {
      ...PROXY,
      steps: [
        { ...host(0, toEx(G)), ...tells(toEx(G)) },
        {
          ...upstreamQuery({ version: 1 }),
          wait: seconds(10),
          expect: [originated(3, v1Report(G, { from: ROUTER[3], routerAlert: true }))],
        },
        { ...host(0, toIn(G)), wait: seconds(2), expect: ASKED },
      ],
    }),
  ]),
  row(
    'J06',
    'MUST',
    'RFC 4605 §4.1, RFC 9776 §3.2',
    'the wishes of all downstreams are merged as those of a host’s sockets',
    [
      kase('EXCLUDE: what all exclude, but for what somebody asks for', {
        ...PROXY,
        steps: [
          { ...host(0, toEx(G, S1, S2)), ...tells(toEx(G, S1, S2)) },
          { ...host(1, toEx(G, S2, S3)), ...tells(allow(G, S1)) },
          { ...host(2, allow(G, S2)), ...tells(allow(G, S2)) },
        ],
      }),
      kase('INCLUDE: all that anybody asks for', {
        ...PROXY,
        steps: [
          { ...host(0, allow(G, S1)), ...tells(allow(G, S1)) },
          { ...host(1, allow(G, S1, S2)), ...tells(allow(G, S2)) },
          {
            ...host(1, block(G, S1, S2)),
            wait: seconds(3),
            expect: [
              asks({ on: 1, group: G, sources: [S1, S2] }),
              at(1, asks({ on: 1, group: G, sources: [S1, S2] })),
              at(2, reports(block(G, S2), { on: 3 })),
              reports(block(G, S2), { on: 3 }),
            ],
          },
        ],
      }),
      kase('EXCLUDE beside INCLUDE', {
        ...PROXY,
        steps: [
          { ...host(0, allow(G, S1)), ...tells(allow(G, S1)) },
          { ...host(1, toEx(G, S1, S2)), ...tells(toEx(G, S2)) },
        ],
      }),
    ],
  ),
  row(
    'J07',
    'MUST',
    `${FORWARDING}, §4.3`,
    'a proxy forwards down to members where it is the querier, and up whatever comes from below',
    [
      kase('from upstream to members', {
        ...PROXY,
        steps: [{ ...host(0, toEx(G)), ...tells(toEx(G)) }, passes([0]), ends({ destination: G2 })],
      }),
      kase('from below to upstream, though nobody asks', {
        ...PROXY,
        send: data({ source: LOCAL_SOURCE[0] }),
        on: 0,
        expect: [forwarded({ on: 3 })],
      }),
      kase('from below to upstream and to members elsewhere below', {
        ...PROXY,
        steps: [
          { ...host(1, toEx(G)), ...tells(toEx(G)) },
          {
            send: data({ source: LOCAL_SOURCE[0] }),
            on: 0,
            expect: [forwarded({ on: 1 }), forwarded({ on: 3 })],
          },
        ],
      }),
      kase('not down where another router is the querier, until that is gone', {
        ...PROXY,
        steps: [
          { ...host(0, toEx(G)), ...tells(toEx(G)) },
          { ...host(1, toEx(G)), wait: seconds(1) },
          passes([0, 1]),
          { send: query({ from: LOWER[0] }) },
          passes([1]),
          { wait: seconds(200) },
          host(0, isEx(G)),
          { wait: seconds(54.999) },
          passes([1]),
          { wait: milliseconds(1) },
          passes([0, 1]),
        ],
      }),
      kase('without a proxy, members get it whoever asks them', {
        steps: [host(0, toEx(G)), { send: query({ from: LOWER[0] }) }, passes([0])],
      }),
    ],
  ),
  row('J08', 'MUST', REPORTING, 'a proxy sends no queries upstream and no reports downstream', [
    kase('from the first moment on', {
      virtualOnly: 'real ports do not come up in one moment',
      ...PROXY,
      fromStart: true,
      steps: [
        { expect: [at(0, asks())] },
        { wait: seconds(1), expect: [at(0.02, asks({ on: 1 })), at(0.04, asks({ on: 2 }))] },
      ],
    }),
    kase('all that leaves upstream for ten minutes is reports, and no reports leave downstream', {
      ...PROXY,
      generalQueries: true,
      steps: [
        { ...host(0, toEx(G)), expect: ANYTHING },
        { ...upstreamQuery(), wait: seconds(600), expect: ANYTHING },
      ],
      judge: (outputs) => {
        const silent = PORTS.filter((port) => !outputs.some(({ on }) => on === port));
        if (silent.length > 0) return `nothing left by port ${silent.join(', ')}`;
        const wrong = outputs.find(({ on, octets }) => octets[24] !== (on === 3 ? 0x22 : 0x11));
        return wrong === undefined ? undefined : `${wrong.octets[24]!.toString(16)}h on port ${wrong.on}`;
      },
    }),
    kase('reports on the upstream link are none of its business', {
      ...PROXY,
      steps: [
        {
          send: report(toEx(G), { from: HOST[3] }),
          on: 3,
          drop: 'igmp-ignored',
          counted: ['received report-v3', 'refused not-a-member'],
        },
        {
          send: data({ source: LOCAL_SOURCE[0], destination: G }),
          on: 0,
          expect: [forwarded({ on: 3 })],
        },
      ],
    }),
  ]),
  row('J09', '—', 'design', 'when the upstream comes back, everything is joined again', [
    kase('what was joined before, and what was joined meanwhile', {
      virtualOnly: 'when a host answers is a matter of chance, which only a seed repeats',
      ...PROXY,
      steps: [
        { ...host(0, toEx(G)), ...tells(toEx(G)) },
        { setDown: 3 },
        { ...host(1, allow(G2, S1)), wait: seconds(5) },
        {
          setUp: 3,
          expect: [at(0, reports(toEx(G), { on: 3 })), at(0, reports(allow(G2, S1), { on: 3 }))],
        },
        { wait: seconds(1), expect: ANYTHING },
        { ...upstreamQuery(), wait: seconds(10), expect: [reports([isEx(G), isIn(G2, S1)], { on: 3 })] },
      ],
    }),
    kase('a group whose hosts went away meanwhile is not', {
      ...PROXY,
      steps: [
        { ...host(0, toEx(G)), ...tells(toEx(G)) },
        { setDown: 3 },
        { ...host(0, toIn(G)), wait: seconds(3), expect: ASKED },
        { setUp: 3, wait: seconds(5) },
      ],
    }),
  ]),
  row('J10', 'MUST', REPORTING, 'a group stays joined upstream until the last downstream has left it', [
    kase('two downstreams', {
      ...PROXY,
      steps: [
        { ...host(0, toEx(G)), ...tells(toEx(G)) },
        { ...host(1, toEx(G)), wait: seconds(1) },
        { ...host(0, toIn(G)), wait: seconds(5), expect: ASKED },
        passes([1]),
        {
          ...host(1, toIn(G)),
          wait: seconds(3),
          expect: [
            asks({ on: 1, group: G }),
            at(1, asks({ on: 1, group: G })),
            at(2, reports(toIn(G), { on: 3 })),
            reports(toIn(G), { on: 3 }),
          ],
        },
        ends(),
      ],
    }),
  ]),
];
