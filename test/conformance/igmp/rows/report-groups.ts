import { prefixOf } from '../../../../src/address.js';
import { seconds } from '../../../../src/time.js';
import { ip } from '../../../support/datagram.js';
import { type Row, row } from '../../case.js';
import { at, forwarded } from '../../expectation.js';
import { G, G2, S1, S2, SSM } from '../addresses.js';
import { asks } from '../expects.js';
import { kase } from '../kase.js';
import { accepted, JOINED, refused } from '../report-cases.js';
import { allow, block, data, isEx, isIn, leave, report, toEx, toIn, v1Report, v2Report } from '../sends.js';
import { igmpSettings } from '../settings-words.js';

const ONLY_S1 = [`${SSM} include ${S1}=270`];
const OTHER_SSM = '239.232.1.1';
const SSM_COUNTED = ['received report-v3', 'refused ssm-range'];

export const reportGroups: readonly Row[] = [
  row('D18', '—', 'RFC 9776 §4.2.9', 'a record about what is no group is ignored', [
    refused('10.9.9.9 alone', report(isEx('10.9.9.9')), ['received report-v3', 'refused not-a-group']),
    accepted('10.9.9.9 before a group', report([isEx('10.9.9.9'), isEx(G)])),
    refused('240.0.0.1', report(isEx('240.0.0.1')), ['received report-v3', 'refused not-a-group']),
    refused('version 2', v2Report('10.9.9.9', { to: '224.0.0.2' }), [
      'received report-v2',
      'refused not-a-group',
    ]),
  ]),
  row(
    'D19',
    '—',
    'RFC 5771 §4, RFC 4541 §2.1.2',
    'a group of the local network control block is never forwarded, and has no state',
    [
      kase('224.0.0.251: no state, no query after a leave, no datagram on', {
        steps: [
          { send: report(isEx('224.0.0.251')), groups: { 0: [] } },
          { send: data({ destination: '224.0.0.251', ttl: 255 }), on: 3, drop: 'multicast-link-local' },
          { send: report(toIn('224.0.0.251')), wait: seconds(3) },
        ],
      }),
      kase('by version 2', {
        steps: [
          { send: v2Report('224.0.0.251'), groups: { 0: [] } },
          { send: leave('224.0.0.251'), wait: seconds(3) },
        ],
      }),
    ],
  ),
  row('D20', 'SHOULD', 'RFC 9776 §6.4', 'EXCLUDE of a source-specific group is ignored, and counted', [
    refused('IS_EX of nothing', report(isEx(SSM)), SSM_COUNTED),
    refused('IS_EX of a source', report(isEx(SSM, S1)), SSM_COUNTED),
    refused('TO_EX of a source', report(toEx(SSM, S1)), SSM_COUNTED),
    kase('what is there stays as it is', {
      steps: [
        { send: report(isIn(SSM, S1)), groups: { 0: ONLY_S1 } },
        { send: report(toEx(SSM)), drop: 'igmp-ignored', groups: { 0: ONLY_S1 } },
        { send: data({ source: S2, destination: SSM }), on: 3, drop: 'multicast-no-member' },
      ],
    }),
  ]),
  row('D21', 'SHOULD', 'RFC 9776 §6.4', 'older messages about a source-specific group are ignored', [
    refused('a version 2 report', v2Report(SSM), ['received report-v2', 'refused ssm-range']),
    refused('a version 1 report', v1Report(SSM), ['received report-v1', 'refused ssm-range']),
    kase('a leave', {
      steps: [
        { send: report(isIn(SSM, S1)) },
        {
          send: leave(SSM),
          wait: seconds(2),
          drop: 'igmp-ignored',
          groups: { 0: [`${SSM} include ${S1}=268`] },
        },
      ],
    }),
  ]),
  row('D22', '—', 'RFC 4604 §2.2, RFC 4607', 'INCLUDE of a source-specific group is as any other', [
    accepted('IS_IN', report(isIn(SSM, S1)), ONLY_S1),
    accepted('ALLOW', report(allow(SSM, S1)), ONLY_S1),
    accepted('TO_IN', report(toIn(SSM, S1)), ONLY_S1),
    kase('it is forwarded from that source, and BLOCK asks about it', {
      steps: [
        { send: report(allow(SSM, S1)) },
        { send: data({ destination: SSM }), on: 3, expect: [forwarded({ on: 0 })] },
        {
          send: report(block(SSM, S1)),
          wait: seconds(2),
          expect: [0, 1].map((moment) => at(moment, asks({ group: SSM, sources: [S1] }))),
          groups: { 0: [] },
        },
        { send: data({ destination: SSM }), on: 3, drop: 'multicast-no-member' },
      ],
    }),
  ]),
  row('D23', 'MAY', 'RFC 4607 §9', 'other ranges can be made source-specific', [
    kase('by a program that uses the library: 239.232.0.0/16', {
      steps: [
        {
          does: ({ igmp, now }) =>
            igmp(0).apply({ ...igmpSettings({}), ssmRanges: [prefixOf(ip('239.232.0.0'), 16)] }, now()),
        },
        { send: report(isEx(OTHER_SSM)), drop: 'igmp-ignored', counted: SSM_COUNTED },
        { send: report(isIn(OTHER_SSM, S1)), groups: { 0: [`${OTHER_SSM} include ${S1}=270`] } },
      ],
    }),
  ]),
  row('D24', '—', 'RFC 9776 §4.2.10', 'a source that no host can have is left out of its record', [
    ...['0.0.0.0', '224.1.1.1', '255.255.255.255'].flatMap((source) => [
      accepted(`${source} beside a real one`, report(isIn(G, source, S1)), [`${G} include ${S1}=270`], {
        counted: ['received report-v3', 'refused bad-record-source'],
      }),
      accepted(`${source} alone makes no group`, report(isIn(G, source)), []),
    ]),
    accepted('excluded, it excludes nothing', report(isEx(G, '224.1.1.1'))),
  ]),
  row('D30', '—', 'RFC 9776 §6.4.1', 'IS_IN of nothing makes no group', [
    accepted('about an unknown group', report(isIn(G)), []),
    kase('and changes no known one', {
      steps: [
        { send: report(isIn(G, S1)), wait: seconds(1) },
        { send: report(isIn(G)), groups: { 0: [`${G} include ${S1}=269`] } },
      ],
    }),
  ]),
  row(
    'D31',
    '—',
    'RFC 9776 §6.4.2',
    'TO_IN of nothing and BLOCK of an unknown group change nothing, and nothing is asked',
    [
      accepted('TO_IN of nothing', report(toIn(G)), []),
      accepted('BLOCK of a source', report(block(G, S1)), []),
      kase('nor is there a query later', {
        send: report([toIn(G), block(G2, S1)]),
        wait: seconds(3),
        groups: { 0: [] },
        events: [],
      }),
    ],
  ),
  row('D32', '—', 'RFC 9776 §4.2.13', 'records about one group are taken in their order', [
    kase('ALLOW, then BLOCK', {
      steps: [
        { send: report(isIn(G, S1)) },
        {
          send: report([allow(G, S2), block(G, S1)]),
          expect: [asks({ group: G, sources: [S1] })],
          groups: { 0: [`${G} include ${S1}=2 ${S2}=270`] },
        },
      ],
    }),
    kase('TO_EX, then TO_IN', {
      send: report([toEx(G), toIn(G, S1)]),
      expect: [asks({ group: G })],
      groups: { 0: [`${G} exclude=2 ${S1}=270`] },
    }),
    accepted('TO_IN, then TO_EX', report([toIn(G, S1), toEx(G)]), JOINED, {}),
  ]),
  row('D35', '—', 'RFC 9776 §7', 'a version 3 report on a version 2 interface is ignored, and counted', [
    refused(
      'the group is not joined',
      report(isEx(G)),
      ['received report-v3', 'refused wrong-version'],
      'igmp-ignored',
      { version: 2 },
    ),
    refused(
      'nor on a version 1 interface',
      report(isEx(G)),
      ['received report-v3', 'refused wrong-version'],
      'igmp-ignored',
      { version: 1 },
    ),
  ]),
];
