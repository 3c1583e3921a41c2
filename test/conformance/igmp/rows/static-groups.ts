import { seconds } from '../../../../src/time.js';
import { type Row, row } from '../../case.js';
import { at } from '../../expectation.js';
import { G, LOWER, S1, S2, SSM } from '../addresses.js';
import { asks, reports } from '../expects.js';
import { kase } from '../kase.js';
import { ends, host, passes } from '../scenes.js';
import { allow, block, isEx, isIn, leave, query, toEx, toIn, v2Report } from '../sends.js';

const STATIC = { igmpOn: { 0: { 'static-groups': [{ group: G }, { group: SSM, source: S1 }] } } } as const;
const STATIC_SOURCE = { igmpOn: { 0: { 'static-groups': [{ group: G, source: S1 }] } } } as const;
const STATIC_VIEWS = [`${SSM} include ${S1} static`, `${G} exclude static`];

/** Only port 0 speaks, and the router itself wants a group there. */
const joining = (...groups: readonly { group: string; source?: string }[]) =>
  ({ igmpOn: { 0: { 'join-groups': groups }, 1: 'none', 2: 'none' } }) as const;

export const staticGroups: readonly Row[] = [
  row(
    'J01',
    'MAY',
    'design',
    'a static group is forwarded for ever: it has no timers, nobody leaves it, and it is not asked about',
    [
      kase('nobody reports it', {
        ...STATIC,
        steps: [
          { groups: { 0: STATIC_VIEWS } },
          passes([0]),
          passes([0], { destination: SSM }),
          ends({ destination: SSM, source: S2 }),
          { wait: seconds(1000), groups: { 0: STATIC_VIEWS } },
          passes([0]),
        ],
      }),
      kase('a prefix of groups', {
        igmpOn: { 0: { 'static-groups': [{ group: '239.64.0.0/10' }] }, 1: 'none', 2: 'none' },
        steps: [
          passes([0], { destination: '239.64.0.1' }),
          passes([0], { destination: '239.127.255.255' }),
          ends({ destination: '239.128.0.1' }),
        ],
      }),
      kase('a prefix of groups in a static route', {
        multicast: { routes: [{ group: '239.64.0.0/10', in: 'p3', out: ['p0', 'p2'] }] },
        steps: [
          passes([0, 2], { destination: '239.64.0.1' }),
          passes([0, 2], { destination: '239.127.255.255' }),
          ends({ destination: '239.128.0.1' }),
        ],
      }),
      kase('leaves and BLOCK of a group', {
        ...STATIC,
        steps: [
          { send: [v2Report(), leave()], wait: seconds(5) },
          { ...host(0, toIn(G), block(G, S1)), wait: seconds(5) },
          passes([0]),
        ],
      }),
      kase('BLOCK of a source that is static and was asked for', {
        ...STATIC_SOURCE,
        steps: [
          host(0, allow(G, S1, S2)),
          { ...host(0, block(G, S1)), wait: seconds(5) },
          passes([0]),
          {
            ...host(0, block(G, S1, S2)),
            wait: seconds(2),
            expect: [asks({ group: G, sources: [S2] }), at(1, asks({ group: G, sources: [S2] }))],
          },
          passes([0]),
          ends({ source: S2 }),
        ],
      }),
      kase('the interface goes down and comes up', {
        ...STATIC,
        steps: [{ setDown: 0 }, ends(), { setUp: 0 }, passes([0])],
      }),
    ],
  ),
  row(
    'J02',
    '—',
    'design',
    'of a group that is static and reported, both are shown, and only what is reported ends',
    [
      kase('the whole group', {
        ...STATIC,
        steps: [
          { ...host(0, toEx(G)), groups: { 0: [STATIC_VIEWS[0]!, `${G} exclude=270 report static`] } },
          { wait: seconds(270), groups: { 0: STATIC_VIEWS } },
          passes([0]),
        ],
      }),
      kase('a source', {
        ...STATIC_SOURCE,
        steps: [
          { ...host(0, allow(G, S1, S2)), groups: { 0: [`${G} include ${S1}=270 ${S2}=270 report static`] } },
          { wait: seconds(270), groups: { 0: [`${G} include ${S1} static`] } },
          passes([0]),
          ends({ source: S2 }),
        ],
      }),
    ],
  ),
  row(
    'J03',
    '—',
    'RFC 9776 §5',
    'where the router itself joins it is a host like any other: it reports, and answers queries',
    [
      kase('a group, from the first moment, twice', {
        ...joining({ group: G }),
        fromStart: true,
        wait: seconds(1),
        expect: [at(0, asks()), at(0, reports(toEx(G))), reports(toEx(G))],
        groups: { 0: [`${G} exclude join`] },
      }),
      kase('a source', {
        ...joining({ group: SSM, source: S1 }),
        fromStart: true,
        wait: seconds(1),
        expect: [at(0, asks()), at(0, reports(allow(SSM, S1))), reports(allow(SSM, S1))],
      }),
      kase('it answers another router’s queries within the time that they give', {
        virtualOnly: 'when a host answers is a matter of chance, which only a seed repeats',
        ...joining({ group: G }),
        steps: [
          { wait: seconds(1) },
          { send: query({ from: LOWER[0] }), wait: seconds(10), expect: [reports(isEx(G))] },
          { send: query({ from: LOWER[0], group: G }), wait: seconds(1), expect: [reports(isEx(G))] },
          {
            send: query({ from: LOWER[0], group: G, sources: [S1, S2] }),
            wait: seconds(1),
            expect: [reports(isIn(G, S1, S2))],
          },
          { send: query({ from: LOWER[0], group: SSM }), wait: seconds(1) },
        ],
      }),
      kase('it leaves when it is told to', {
        ...joining({ group: G }),
        steps: [
          { wait: seconds(1) },
          {
            does: (dut) => {
              const igmp = dut.igmp(0);
              igmp.apply({ ...igmp.settings, joinGroups: [] }, dut.now());
            },
            wait: seconds(1),
            expect: [at(0, reports(toIn(G))), reports(toIn(G))],
            groups: { 0: [] },
          },
        ],
      }),
    ],
  ),
  row(
    'J04',
    'MUST',
    'RFC 9776 §4.2.15, §6',
    'what is sent to all routers, 224.0.0.22 and 224.0.0.2, is received',
    [
      kase('a version 3 report and a version 2 leave', {
        steps: [
          { ...host(0, toEx(G)), counted: ['received report-v3'] },
          { send: leave(), expect: [asks({ group: G })], counted: ['received leave'] },
        ],
      }),
      kase('neither is a membership that is reported to another querier', {
        send: query({ from: LOWER[0] }),
        wait: seconds(10),
      }),
    ],
  ),
];
