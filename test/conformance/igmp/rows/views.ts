import { groupViews } from '../../../../src/igmp/group-view.js';
import { groupRows, mrouteRows, showIgmp } from '../../../../src/observe/show-igmp.js';
import { seconds } from '../../../../src/time.js';
import { proof, type Row, row, type Step } from '../../case.js';
import { HOST } from '../../topology.js';
import { G, LOWER, ROUTER, S1, S2 } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { host } from '../scenes.js';
import { allow, block, data, isEx, query, report, toEx, toIn } from '../sends.js';
import { ONLY_PORT_0, Stage, shapeFault } from '../stage.js';

export const views: readonly Row[] = [
  row(
    'K01',
    '—',
    'design',
    'of each interface it is told who queries, in which version, when next, and by which intervals',
    [
      proof('the querier', () => {
        const { virtual } = new Stage(ONLY_PORT_0).send(0, report(toEx(G)));
        const wanted = {
          interface: 'dut.p0',
          role: 'querier',
          version: 3,
          querier: ROUTER[0],
          otherQuerierExpiresSeconds: null,
          nextQuerySeconds: 21.3,
          groups: 1,
          robustness: 2,
          queryIntervalSeconds: 125,
          queryResponseIntervalSeconds: 10,
          lastMemberQueryIntervalSeconds: 1,
          groupMembershipIntervalSeconds: 270,
          otherQuerierPresentIntervalSeconds: 255,
          olderHostPresentIntervalSeconds: 260,
          lastMemberQueryTimeSeconds: 2,
        };
        return shapeFault([wanted], showIgmp(virtual.lab, virtual.now));
      }),
      proof('another is the querier, with an interval of its own', () => {
        const { virtual } = new Stage(ONLY_PORT_0).send(0, query({ qqic: 60 })).wait(10_000);
        const wanted = {
          role: 'non-querier',
          querier: LOWER[0],
          otherQuerierExpiresSeconds: 115,
          nextQuerySeconds: null,
          queryIntervalSeconds: 60,
          groupMembershipIntervalSeconds: 140,
        };
        return shapeFault([wanted], showIgmp(virtual.lab, virtual.now));
      }),
      proof('only a host, towards the upstream of a proxy', () => {
        const { virtual } = new Stage({ igmp: {}, multicast: { upstream: 'p3' } });
        const shown = showIgmp(virtual.lab, virtual.now).find((each) => each.interface === 'dut.p3');
        return shapeFault({ role: 'host', querier: null, nextQuerySeconds: null }, shown);
      }),
    ],
  ),
  row(
    'K02',
    '—',
    'design',
    'of each group: mode, timer, sources, oldest version, last reporter, and where it is from',
    [
      proof('reported', () => {
        const { virtual } = new Stage().send(0, report(toEx(G))).wait(20_000);
        const wanted = {
          interface: 'dut.p0',
          group: G,
          filterMode: 'exclude',
          sources: [],
          lastReporter: HOST[0],
          expiresSeconds: 250,
          origin: ['report'],
          compatibility: 3,
          ageSeconds: 20,
        };
        return shapeFault([wanted], [...groupRows(virtual.lab, () => virtual.now)]);
      }),
      proof('static and joined', () => {
        const { virtual } = new Stage({
          igmpOn: {
            0: { 'static-groups': [{ group: G }] },
            1: { 'join-groups': [{ group: G, source: S1 }] },
          },
        });
        const common = { group: G, expiresSeconds: null, lastReporter: null };
        const wanted = [
          { ...common, interface: 'dut.p0', filterMode: 'exclude', origin: ['static'] },
          { ...common, interface: 'dut.p1', filterMode: 'include', origin: ['join'] },
        ];
        return shapeFault(wanted, [...groupRows(virtual.lab, () => virtual.now)]);
      }),
    ],
  ),
  row('K03', '—', 'design', 'of each source: its timer, and whether it is forwarded', [
    proof('one of each', () => {
      const { virtual } = new Stage().send(0, report([toEx(G, S2), allow(G, S1)])).wait(5000);
      const sources = [
        { address: S1, forwarding: true, expiresSeconds: 265 },
        { address: S2, forwarding: false, expiresSeconds: null },
      ];
      return shapeFault([{ group: G, sources }], [...groupRows(virtual.lab, () => virtual.now)]);
    }),
  ]),
  row('K04', '—', 'design', 'the repetitions of questions that are still to come are known', [
    kase('of a group', {
      isInside: true,
      steps: [
        host(0, toEx(G)),
        { check: pendingFault(0, 0) },
        { ...host(0, toIn(G)), expect: [asks({ group: G })], check: pendingFault(1, 0) },
        { wait: seconds(1), expect: [asks({ group: G })], check: pendingFault(0, 0) },
      ],
    }),
    kase('of sources', {
      isInside: true,
      steps: [
        host(0, allow(G, S1, S2)),
        {
          ...host(0, block(G, S1, S2)),
          expect: [asks({ group: G, sources: [S1, S2] })],
          check: pendingFault(0, 2),
        },
      ],
    }),
  ]),
  row(
    'K07',
    '—',
    'design',
    'of each source and group: where it comes in and goes out, how much went, and why the rest did not',
    [
      proof('ten datagrams to two interfaces', () => {
        const stage = new Stage().send(0, report(toEx(G))).send(1, report(toEx(G), { from: HOST[1] }));
        for (let count = 0; count < 10; count += 1) stage.send(3, data());
        const wanted = {
          router: 'dut',
          source: S1,
          group: G,
          incoming: 'dut.p3',
          outgoing: ['dut.p0', 'dut.p1'],
          packets: 10,
          octets: 10 * data().length,
          reason: null,
        };
        return shapeFault([wanted], [...mrouteRows(stage.virtual.lab)]);
      }),
      proof('none, because nobody is there', () => {
        const { virtual } = new Stage().send(3, data());
        const wanted = { outgoing: [], packets: 0, octets: 0, reason: 'multicast-no-member' };
        return shapeFault([wanted], [...mrouteRows(virtual.lab)]);
      }),
      kase('the wrong way, TTL and length are counted apart', {
        topology: { mtu: { 0: 600 } },
        steps: [
          host(0, isEx(G)),
          { send: data({ source: '10.99.0.5' }), on: 3, drop: 'multicast-reverse-path' },
          { send: data({ ttl: 1 }), on: 3, drop: 'multicast-ttl' },
          { send: data({ payload: new Uint8Array(900), flags: 0x4000 }), on: 3, drop: 'would-fragment' },
        ],
      }),
    ],
  ),
];

/** Says what is wrong unless so many questions about the group, and about so many sources, are still to come. */
function pendingFault(group: number, sources: number): NonNullable<Step['check']> {
  return ({ igmp, now }) => {
    const [view] = groupViews(igmp(0).memberships, now());
    const fields = { pendingGroupQueries: group, pendingSources: sources };
    return shapeFault(fields, view, G);
  };
}
