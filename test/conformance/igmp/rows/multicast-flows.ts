import { DROP_REASONS } from '../../../../src/drop-reason.js';
import { milliseconds } from '../../../../src/time.js';
import { inapplicable, proof, type Row, row } from '../../case.js';
import { configurationOf } from '../../configuration.js';
import { forwarded } from '../../expectation.js';
import { dropsOf } from '../../targets/dut.js';
import { stillLab } from '../../targets/virtual-router.js';
import { HOST } from '../../topology.js';
import { G, S1 } from '../addresses.js';
import { igmpSetup, kase } from '../kase.js';
import { ends, host, passes } from '../scenes.js';
import { data, report, toEx, toIn } from '../sends.js';

export const multicastFlows: readonly Row[] = [
  row('I27', '—', 'design', 'who joins while a stream runs gets the datagram that comes next', [
    kase('a stream that nobody wanted so far', { steps: [ends(), ends(), host(0, toEx(G)), passes([0])] }),
    kase('a second interface, and the first leaves', {
      igmp: { 'fast-leave': 'always' },
      steps: [
        host(0, toEx(G)),
        passes([0]),
        host(1, toEx(G)),
        passes([0, 1]),
        host(0, toIn(G)),
        passes([1]),
        { wait: milliseconds(1) },
        passes([1]),
      ],
    }),
  ]),
  row(
    'I28',
    'MUST',
    'design',
    'datagrams of a source to a group leave each interface in the order in which they came',
    [
      kase('two hundred', {
        steps: [
          host(0, toEx(G)),
          host(1, toEx(G)),
          {
            send: numbered(200),
            on: 3,
            expect: Array.from({ length: 200 }, (_, of) => [
              forwarded({ on: 0, of: of + 2 }),
              forwarded({ on: 1, of: of + 2 }),
            ]).flat(),
          },
        ],
      }),
    ],
  ),
  row('I29', '—', 'design', 'a device that takes no more loses its copy, counted; the others get theirs', [
    proof('port 0 refuses all, port 1 does not', () => {
      const taken = [0, 0, 0, 0];
      const { lab, receive } = stillLab(configurationOf(igmpSetup({})), (port, parcel, now) => {
        if (port === 0) parcel.refused?.('device-refused', parcel, now);
        else if (parcel.octets[9] === 17) taken[port]! += 1;
      });
      for (const port of [0, 1] as const) receive(port, report(toEx(G), { from: HOST[port] }));
      const before = dropsOf(lab).get('device-refused') ?? 0;
      for (const each of numbered(10)) receive(3, each);
      const lost = (dropsOf(lab).get('device-refused') ?? 0) - before;
      return lost === 10 && taken[1] === 10 ? undefined : `${lost} refused, ${taken[1]} taken`;
    }),
  ]),
  row('I30', '—', 'RFC 2474 §3, RFC 3168 §5', 'DSCP and ECN leave as they came', [
    ...[0x00, 0xb8, 0x03, 0x01, 0xff].map((tos) =>
      kase(`TOS octet ${tos.toString(16)}h`, { steps: [host(0, toEx(G)), passes([0], { tos })] }),
    ),
  ]),
  inapplicable(
    'I31',
    'MAY',
    'RFC 1812 §5.2.1.3',
    'multicast of the router’s own goes out by the same table',
    'the router itself sends nothing to groups but IGMP and router advertisements, which stay on their link',
  ),
  row(
    'I32',
    'MUST',
    'RFC 1812 §4.3.2.7',
    'what unicast routes and filters know nothing of is no unreachable network',
    [
      kase('no route leads to a group, and none is needed', {
        topology: { routes: [{ to: '10.13.0.0/16', via: ['10.0.4.254'] }], onlyTheseRoutes: true },
        steps: [ends(), host(0, toEx(G)), passes([0])],
      }),
      kase('a route that prohibits groups is none for them', {
        topology: { routes: [{ to: '224.0.0.0/4', type: 'prohibit' }] },
        steps: [ends(), host(0, toEx(G)), passes([0])],
      }),
      kase('a default route forwards no group', {
        topology: { routes: [{ to: '0.0.0.0/0', via: ['10.0.2.254'] }] },
        ...ends(),
      }),
    ],
  ),
  row('I33', '—', 'design', 'IPv6 from a TUN is noise: ignored, and counted as such', [
    kase('a router solicitation to ff02::2', { send: ipv6(0x3a, 8), on: 0, drop: 'ipv6' }),
    kase('MLD, with a hop-by-hop option', { send: ipv6(0, 28), on: 0, drop: 'ipv6' }),
  ]),
  row(
    'I34',
    '—',
    'RFC 1112 §6.1',
    'the usual TTL of senders is 1: their datagrams end here, for a reason that says so',
    [
      kase('TTL 1 while somebody wants the group', {
        steps: [host(0, toEx(G)), ends({ ttl: 1 }, 'multicast-ttl'), passes([0], { ttl: 2 })],
      }),
      proof('the reason in words', () =>
        DROP_REASONS['multicast-ttl'].includes('TTL') ? undefined : DROP_REASONS['multicast-ttl'],
      ),
    ],
  ),
];

/** Datagrams that are told apart by their identification. */
function numbered(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, id) => data({ source: S1, id }));
}

function ipv6(nextHeader: number, length: number): Uint8Array {
  const octets = new Uint8Array(40 + length);
  octets.set([0x60, 0, 0, 0, 0, length, nextHeader, 255, 0xfe, 0x80]);
  octets.set([0xff, 2], 24);
  octets[39] = 2;
  return octets;
}
