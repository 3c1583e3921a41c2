import { seconds } from '../../../../src/time.js';
import { type Row, row } from '../../case.js';
import { at } from '../../expectation.js';
import { G, S1, S2 } from '../addresses.js';
import { asks } from '../expects.js';
import { FIRST_QUERY } from '../first-query.js';
import { kase } from '../kase.js';
import { host, passes } from '../scenes.js';
import { allow, block, isEx, isIn, report, toEx, toIn } from '../sends.js';

export const neighbors: readonly Row[] = [
  row(
    'J12',
    '—',
    'RFC 5790 §4, §5',
    'a lightweight host, which excludes no sources, is understood in all that it says',
    [
      kase('IS_EX and TO_EX of nothing', {
        steps: [
          { ...host(0, toEx(G)), groups: { 0: [`${G} exclude=270`] } },
          { wait: seconds(10) },
          { ...host(0, isEx(G)), groups: { 0: [`${G} exclude=270`] } },
          passes([0]),
        ],
      }),
      kase('ALLOW, IS_IN and BLOCK', {
        steps: [
          { ...host(0, allow(G, S1, S2)), wait: seconds(10) },
          { ...host(0, isIn(G, S1, S2)), groups: { 0: [`${G} include ${S1}=270 ${S2}=270`] } },
          {
            ...host(0, block(G, S2)),
            wait: seconds(2),
            expect: [asks({ group: G, sources: [S2] }), at(1, asks({ group: G, sources: [S2] }))],
            groups: { 0: [`${G} include ${S1}=268`] },
          },
        ],
      }),
      kase('TO_IN, from all to one source and to nothing', {
        steps: [
          host(0, toEx(G)),
          {
            ...host(0, toIn(G, S1)),
            wait: seconds(2),
            expect: [asks({ group: G }), at(1, asks({ group: G }))],
            groups: { 0: [`${G} include ${S1}=268`] },
          },
          {
            ...host(0, toIn(G)),
            wait: seconds(2),
            expect: [asks({ group: G, sources: [S1] }), at(1, asks({ group: G, sources: [S1] }))],
            groups: { 0: [] },
          },
        ],
      }),
    ],
  ),
  row(
    'J13',
    'MUST',
    'RFC 9279 §3',
    'extensions behind the records are ignored, and the E bit is never set here',
    [
      kase('a report with the E bit and a TLV that nobody knows', {
        send: report(toEx(G), { reserved: [0, 0x80, 0], trailing: [0xff, 0xfe, 0, 4, 1, 2, 3, 4] }),
        groups: { 0: [`${G} exclude=270`] },
      }),
      kase('the reserved bits of a general query are 0', { ...FIRST_QUERY, expect: [asks()] }),
    ],
  ),
  row(
    'J14',
    '—',
    'RFC 4541 §2.1.1',
    'a snooping switch knows the router by its queries: a real source, and Router Alert',
    [
      kase('general queries of all ports', {
        fromStart: true,
        wait: seconds(1),
        expect: [at(0, asks()), at(0.02, asks({ on: 1 })), at(0.04, asks({ on: 2 }))],
      }),
      kase('a query about a group', {
        steps: [host(0, toEx(G)), { ...host(0, toIn(G)), expect: [asks({ group: G })] }],
      }),
    ],
  ),
];
