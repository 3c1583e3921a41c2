import * as ipv4 from '../../../../src/ip/header.js';
import { milliseconds, seconds } from '../../../../src/time.js';
import { fromHex } from '../../../support/datagram.js';
import { inapplicable, type Row, row } from '../../case.js';
import { at, exactly } from '../../expectation.js';
import { G, LOWER, S1, S2 } from '../addresses.js';
import { asks } from '../expects.js';
import { FIRST_QUERY } from '../first-query.js';
import { kase } from '../kase.js';
import { host } from '../scenes.js';
import { block, isEx, isIn, leave, query, report, toIn, v1Report, v2Report } from '../sends.js';

/** What is sent lacks the option. */
const NO_ALERT = { 'router-alert': false } as const;
const plain = (on: number) => ({ routerAlert: on !== 1 });

/** A leave of a group that nobody wants any more, and what is asked about it. */
const left = seconds(3);

export const queryFormat: readonly Row[] = [
  row('A01', '—', 'RFC 9776 §4, §4.1, §4.1.11, §4.1.12', 'a version 3 general query, octet for octet', [
    kase('36 octets to 224.0.0.1, with TTL 1, TOS c0h and Router Alert', {
      ...FIRST_QUERY,
      expect: [
        exactly(0, fromHex('46c00024000040000102f8ae0a000164e000000194040000 1164ec1e00000000027d0000')),
      ],
    }),
  ]),
  row(
    'A02',
    'MUST',
    'RFC 9776 §7.3.1, RFC 2236 §2.2',
    'a version 2 general query counts tenths of a second, and never none',
    [
      kase('32 octets, 10 s in its code', {
        ...FIRST_QUERY,
        igmp: { version: 2 },
        expect: [exactly(0, fromHex('46c00020000040000102f8b20a000164e000000194040000 1164ee9b00000000'))],
      }),
      ...(
        [
          ['100ms', 1],
          ['25.5s', 255],
        ] as const
      ).map(([interval, code]) =>
        kase(`${interval} is code ${code}`, {
          ...FIRST_QUERY,
          igmp: { version: 2, 'query-response-interval': interval },
          expect: [asks({ version: 2, code })],
        }),
      ),
    ],
  ),
  row('A03', 'MUST', 'RFC 9776 §7.3.1', 'a version 1 general query has the code 0', [
    kase('32 octets', {
      ...FIRST_QUERY,
      igmp: { version: 1 },
      expect: [exactly(0, fromHex('46c00020000040000102f8b20a000164e000000194040000 1100eeff00000000'))],
    }),
  ]),
  row(
    'A04',
    '—',
    'RFC 9776 §4.1.11, §4.1.12, §8.8',
    'a group-specific query goes to its group and gives the last member query interval',
    [
      kase('36 octets to the group', {
        steps: [
          { send: report(isEx(G)) },
          {
            send: report(toIn(G)),
            expect: [
              exactly(
                0,
                fromHex('46c00024000040000102e8ad0a000164ef01010194040000 110afc75ef010101027d0000'),
              ),
            ],
          },
        ],
      }),
      kase('the same after a version 2 leave, on a version 3 interface', {
        steps: [{ send: v2Report() }, { send: leave(), expect: [asks({ group: G, to: G })] }],
      }),
      kase('another interval is in its code', {
        igmp: { 'last-member-query-interval': '2500ms' },
        steps: [{ send: report(isEx(G)) }, { send: report(toIn(G)), expect: [asks({ group: G, code: 25 })] }],
      }),
    ],
  ),
  row('A05', '—', 'RFC 9776 §4.1.8 to §4.1.12', 'a group-and-source-specific query names its sources', [
    kase('44 octets to the group, with two sources', {
      steps: [
        { send: report(isIn(G, S1, S2)) },
        {
          send: report(block(G, S1, S2)),
          expect: [
            exactly(
              0,
              fromHex(
                '46c0002c000040000102e8a50a000164ef01010194040000 110ae856ef010101027d00020a0d00010a0d0002',
              ),
            ),
          ],
        },
      ],
    }),
  ]),
  row(
    'A06',
    'MUST',
    'RFC 2236 §3, §9',
    'a version 2 querier asks about a group in 8 octets, a version 1 querier never',
    [
      kase('version 2: 32 octets to the group, twice', {
        igmp: { version: 2 },
        steps: [
          { send: v2Report() },
          {
            send: leave(),
            wait: left,
            expect: [
              at(0, exactly(0, fromHex('46c00020000040000102e8b10a000164ef01010194040000 110afef2ef010101'))),
              at(1, asks({ version: 2, group: G })),
            ],
          },
        ],
      }),
      kase('version 1: a leave is nothing that it knows', {
        igmp: { version: 1 },
        steps: [{ send: v1Report() }, { send: leave(), wait: left, drop: 'igmp-ignored' }],
      }),
    ],
  ),
  row('A07', 'MUST', 'RFC 9776 §4.1.2', 'the checksum covers the whole message', [
    kase('of queries with 0 to 40 sources', {
      igmp: { 'last-member-query-count': 1 },
      steps: Array.from({ length: 41 }, (_, count) => sources(count)).flatMap((some) => [
        { send: report(some.length === 0 ? isEx(G) : isIn(G, ...some)) },
        {
          send: report(some.length === 0 ? toIn(G) : block(G, ...some)),
          wait: seconds(1),
          expect: [asks({ group: G, sources: some })],
          groups: { 0: [] },
        },
      ]),
      judge: (outputs) =>
        outputs.every(({ octets }) => sumOf(octets) === 0xffff) ? undefined : 'a wrong sum',
    }),
  ]),
  row('A20', '—', 'RFC 9776 §4.1.8', 'sources that one query cannot hold are asked about in several', [
    kase('135 in each where the MTU is 576', {
      topology: { mtu: { 0: 576 } },
      steps: [
        { send: [0, 100, 200].map((from) => report(isIn(G, ...sources(300).slice(from, from + 100)))) },
        {
          send: [0, 100, 200].map((from) => report(block(G, ...sources(300).slice(from, from + 100)))),
          wait: seconds(0.9),
          expect: [0, 100, 200].map((from) =>
            asks({ group: G, sources: sources(300).slice(from, from + 100) }),
          ),
        },
        {
          wait: seconds(0.2),
          expect: [0, 135, 270].map((from) =>
            at(0.1, asks({ group: G, sources: sources(300).slice(from, from + 135) })),
          ),
        },
      ],
    }),
    kase('366 in each where it is 1500', {
      steps: [
        {
          send: [0, 200].map((from) => report(isIn(G, ...sources(400).slice(from, from + 200)))),
          wait: milliseconds(5),
        },
        {
          send: [0, 200].map((from) => report(block(G, ...sources(400).slice(from, from + 200)))),
          wait: seconds(1.5),
          expect: [
            ...[0, 200].map((from) =>
              at(0, asks({ group: G, sources: sources(400).slice(from, from + 200) })),
            ),
            ...[0, 366].map((from) =>
              at(1, asks({ group: G, sources: sources(400).slice(from, from + 366) })),
            ),
          ],
        },
      ],
    }),
  ]),
  row('A22', '—', 'RFC 9776 §4', 'whatever IGMP sends has the TTL 1', [
    ...([1, 2, 3] as const).map((version) =>
      kase(`in version ${version}: queries, reports and a leave`, {
        igmp: { version, 'join-groups': [{ group: '239.7.7.7' }] },
        generalQueries: true,
        steps: [
          { send: [v1Report(G), v2Report(G)] },
          { send: report(isEx(G)), expect: 'anything' },
          { send: leave(), wait: seconds(300), expect: 'anything' },
        ],
        judge: (outputs) => {
          if (outputs.length < 6) return `only ${outputs.length} came out`;
          const other = outputs.find(({ octets }) => ipv4.ttl(octets) !== 1);
          return other === undefined ? undefined : `TTL ${ipv4.ttl(other.octets)}`;
        },
      }),
    ),
  ]),
  row('A23', 'MAY', 'RFC 9776 §4', 'the Router Alert option can be left out of what an interface sends', [
    kase('a general query has a header of 20 octets', {
      ...FIRST_QUERY,
      igmp: NO_ALERT,
      expect: [exactly(0, fromHex('45c000200000400001028db70a000164e0000001 1164ec1e00000000027d0000'))],
    }),
    kase('queries about a group, on that interface alone', {
      igmpOn: { 1: NO_ALERT },
      steps: ([0, 1] as const).flatMap((on) => [
        host(on, isEx(G)),
        {
          ...host(on, toIn(G)),
          wait: left,
          expect: [asks({ on, group: G, ...plain(on) }), at(1, asks({ on, group: G, ...plain(on) }))],
        },
      ]),
    }),
    kase('reports of the router itself', {
      ...FIRST_QUERY,
      igmp: { ...NO_ALERT, 'join-groups': [{ group: G }] },
      wait: seconds(2),
      expect: 'anything',
      judge: (outputs) => {
        const lengths = outputs.map(({ octets }) => ipv4.headerLength(octets));
        return lengths.length > 2 && lengths.every((each) => each === 20) ? undefined : `${lengths}`;
      },
    }),
    kase('what comes in without it is judged as ever', {
      igmp: { ...NO_ALERT, 'require-router-alert': 'queries' },
      send: query({ from: LOWER[0], routerAlert: false }),
      drop: 'igmp-ignored',
      counted: ['refused no-router-alert'],
    }),
  ]),
  inapplicable(
    'A24',
    'MUST',
    'RFC 1112 §6.4',
    'on Ethernet, the destination is 01:00:5e and the low 23 bits of the group',
    'a TUN device has no layer 2',
  ),
];

/** So many different sources, behind port 3. */
function sources(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `10.13.${1 + (at >>> 8)}.${at & 255}`);
}

/** The one's complement sum of a message, its checksum included: FFFFh where that is right. */
const sumOf = (octets: Uint8Array): number => {
  let sum = 0;
  for (let place = ipv4.headerLength(octets); place < octets.length; place += 2)
    sum += octets[place]! * 256 + (octets[place + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
};
