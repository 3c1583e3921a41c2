import * as ipv4 from '../../../../src/ip/header.js';
import { type Row, row } from '../../case.js';
import { G, LOWER, ROUTER } from '../addresses.js';
import { kase } from '../kase.js';
import { accepted, JOINED, refused } from '../report-cases.js';
import { isEx, leave, report, v1Report, v2Report } from '../sends.js';

const V2 = [`${G} exclude=270 v2`];
const STRICT = { 'require-router-alert': true } as const;

export const reportDatagrams: readonly Row[] = [
  row('D02', '—', 'RFC 9776 §4', 'a report with another TTL than 1 is not from here', [
    ...[2, 64, 255].map((ttl) =>
      refused(`version 3, TTL ${ttl}`, report(isEx(G), { ttl }), ['refused wrong-ttl']),
    ),
    refused('version 2, TTL 2', v2Report(G, { ttl: 2 }), ['refused wrong-ttl']),
    refused('version 1, TTL 2', v1Report(G, { ttl: 2 }), ['refused wrong-ttl']),
  ]),
  row(
    'D03',
    'MAY',
    'RFC 3376 §9.2',
    'a report without Router Alert is accepted, unless the settings ask for it',
    [
      accepted('version 3', report(isEx(G), { routerAlert: false })),
      accepted('version 2', v2Report(G, { routerAlert: false }), V2),
      refused(
        'version 3, where it is asked for',
        report(isEx(G), { routerAlert: false }),
        ['refused no-router-alert'],
        'igmp-ignored',
        STRICT,
      ),
      refused(
        'version 2, where it is asked for',
        v2Report(G, { routerAlert: false }),
        ['refused no-router-alert'],
        'igmp-ignored',
        STRICT,
      ),
      accepted('version 1 knows none, wherever', v1Report(), [`${G} exclude=270 v1`], { igmp: STRICT }),
      accepted('with it, where it is asked for', report(isEx(G)), JOINED, { igmp: STRICT }),
    ],
  ),
  row('D04', '—', 'RFC 9776 §4', 'the type of service of a report is of no account', [
    accepted('TOS 0', report(isEx(G), { tos: 0 })),
    accepted('TOS ffh', report(isEx(G), { tos: 0xff })),
  ]),
  row('D05', 'SHOULD', 'RFC 3376 §9.2, §9.3', 'a report from outside the subnet is ignored', [
    refused('version 3, from 192.0.2.10', report(isEx(G), { from: '192.0.2.10' }), ['refused off-subnet']),
    refused('version 3, from the next link', report(isEx(G), { from: LOWER[1] }), ['refused off-subnet']),
    refused('version 2', v2Report(G, { from: '192.0.2.10' }), ['refused off-subnet']),
  ]),
  row('D06', 'MUST', 'RFC 9776 §4.2.14', 'a report from 0.0.0.0 is accepted', [
    accepted('version 3', report(isEx(G), { from: '0.0.0.0' })),
    accepted('version 2', v2Report(G, { from: '0.0.0.0' }), V2),
  ]),
  row('D07', 'MUST', 'RFC 1812 §5.3.7', 'a source that no host can have is dropped', [
    ...['224.0.0.5', '255.255.255.255', '10.0.1.255', '127.0.0.1', '240.0.0.1'].map((from) =>
      refused(from, report(isEx(G), { from }), [], 'martian-source'),
    ),
  ]),
  row(
    'D26',
    '—',
    'RFC 9776 §4.2.15',
    'a version 3 report to another address than 224.0.0.22 must be to one of ours',
    [
      accepted('to our unicast address', report(isEx(G), { to: ROUTER[0] })),
      refused('to all systems', report(isEx(G), { to: '224.0.0.1' }), ['refused wrong-destination']),
      refused('to the group itself', report(isEx(G), { to: G }), ['refused wrong-destination']),
    ],
  ),
  row('D27', 'MUST', 'RFC 9776 §4.2.15', 'an older report to our unicast address is accepted', [
    accepted('version 2', v2Report(G, { to: ROUTER[0] }), V2),
    accepted('version 1', v1Report(G, { to: ROUTER[0] }), [`${G} exclude=270 v1`]),
  ]),
  row('D28', '—', 'RFC 9776 §4.2.15', 'a version 2 report to another group is accepted where that is ours', [
    accepted('to all routers', v2Report(G, { to: '224.0.0.2' }), V2),
    refused('to a group that we are not in', v2Report(G, { to: '239.9.9.9' }), ['refused wrong-destination']),
    kase('to a group that we are in', {
      igmp: { 'join-groups': [{ group: '239.9.9.9' }] },
      steps: [
        { expect: 'anything' },
        { send: v2Report(G, { to: '239.9.9.9' }), groups: { 0: [V2[0]!, '239.9.9.9 exclude join'] } },
      ],
    }),
  ]),
  row('D29', 'SHOULD', 'RFC 2236 §9', 'a leave goes to all routers, or to its group', [
    kase('to 224.0.0.2', {
      steps: [
        { send: v2Report() },
        { send: leave(), expect: 'anything', groups: { 0: [`${G} exclude=2 v2`] } },
      ],
    }),
    kase('to the group', {
      steps: [
        { send: v2Report() },
        { send: leave(G, { to: G }), expect: 'anything', groups: { 0: [`${G} exclude=2 v2`] } },
      ],
    }),
    ...['224.0.0.1', '224.0.0.22', '239.9.9.9', ROUTER[0]].map((to) =>
      kase(`not to ${to}`, {
        steps: [
          { send: v2Report() },
          {
            send: leave(G, { to }),
            drop: 'igmp-ignored',
            counted: ['refused wrong-destination'],
            groups: { 0: V2 },
          },
        ],
      }),
    ),
  ]),
  row('D33', '—', 'RFC 9776 §4.2.17', 'IGMP in fragments is dropped', [
    refused('the first one', report(isEx(G), { flags: ipv4.FLAG_MORE_FRAGMENTS, id: 7 }), [
      'refused fragment',
    ]),
    refused('a later one', report(isEx(G), { flags: 0, offset: 8, id: 7 }), ['refused fragment']),
  ]),
  row('D34', '—', 'RFC 9776 §6', 'a report on an interface without IGMP is ignored', [
    kase('port 3 has none', {
      send: report(isEx(G), { from: '10.0.4.10' }),
      on: 3,
      drop: 'igmp-ignored',
      counted: [],
    }),
  ]),
  row('D36', '—', 'RFC 9776 §6', 'what we have sent and read back is ignored', [
    refused('a report from our own address', report(isEx(G), { from: ROUTER[0] }), [], 'martian-source'),
  ]),
];
