import * as ipv4 from '../../../../src/ip/header.js';
import { seconds } from '../../../../src/time.js';
import { hex } from '../../../support/datagram.js';
import { ANYTHING, type Output, type Row, row, type Step } from '../../case.js';
import { originated } from '../../expectation.js';
import { HOST } from '../../topology.js';
import { HIGHER, LOWER, ROUTER } from '../addresses.js';
import { kase } from '../kase.js';
import { advertisement, query, solicitation, termination } from '../sends.js';

/** Port 0 alone, advertising itself. */
const ADVERTISING = { igmp: { 'router-discovery': true }, igmpOn: { 1: 'none', 2: 'none' } } as const;

const SAID = advertisement({}, { from: ROUTER[0] });
const GOODBYE = termination({ from: ROUTER[0] });
const says = originated(0, SAID);

/** When advertisements came out, in seconds; the identification of a datagram does not count. */
const timesOf = (outputs: readonly Output[]): number[] =>
  outputs.filter(({ octets }) => octets[ipv4.headerLength(octets)] === 0x30).map(({ at }) => at / 1000);

/** Says what is wrong unless each is that far from the one before, the first from the start. */
const gapsFault = (times: readonly number[], gaps: readonly (readonly [least: number, most: number])[]) => {
  const found = times.map((each, at) => each - (times[at - 1] ?? 0));
  const isRight =
    found.length === gaps.length && found.every((each, at) => each >= gaps[at]![0] && each <= gaps[at]![1]);
  return isRight ? undefined : `gaps of ${found.join(', ')} s`;
};

const INITIAL = [0, 2] as const;
const PERIODIC = [19.5, 20.5] as const;

/** After the first three. */
const settled: Step = { wait: seconds(6), expect: ANYTHING };

export const routerAdvertisements: readonly Row[] = [
  row(
    'J11',
    'MAY',
    'RFC 4286 §3, §4, §5',
    'a router may advertise itself to snooping switches, answer when they ask, and say when it goes',
    [
      kase('not unless told', { send: solicitation(), drop: 'igmp-ignored', wait: seconds(60) }),
      kase('three within 6 s of the start, then every 20 s give or take half a second', {
        ...ADVERTISING,
        fromStart: true,
        wait: seconds(105),
        expect: ANYTHING,
        judge: (outputs) => {
          const said = outputs.filter(({ octets }) => octets[ipv4.headerLength(octets)] === 0x30);
          const other = said.find(({ octets }) => hex(octets) !== hex(SAID));
          if (other !== undefined) return hex(other.octets);
          const times = timesOf(outputs);
          const later = times.slice(3).map(() => PERIODIC);
          return later.length < 4
            ? `only ${times.length}`
            : gapsFault(times, [INITIAL, INITIAL, INITIAL, ...later]);
        },
      }),
      kase('octet for octet: to 224.0.0.106 with TTL 1 and Router Alert, 20 s, 60 s, 3', {
        ...ADVERTISING,
        igmp: { ...ADVERTISING.igmp, 'query-interval': '60s', robustness: 3 },
        steps: [
          settled,
          {
            wait: seconds(21),
            expect: [originated(0, advertisement({ qi: 60, rv: 3 }, { from: ROUTER[0] }))],
          },
        ],
      }),
      kase('another querier’s interval is told where that one has the office', {
        ...ADVERTISING,
        steps: [
          settled,
          {
            send: query({ from: LOWER[0], qqic: 40, qrv: 5 }),
            wait: seconds(21),
            expect: [originated(0, advertisement({ qi: 40, rv: 5 }, { from: ROUTER[0] }))],
          },
        ],
      }),
      kase('who asks is answered within 2 s, however many ask', {
        ...ADVERTISING,
        steps: [
          settled,
          {
            send: [solicitation(), solicitation({ from: HOST[0] }), solicitation({ routerAlert: false })],
            wait: seconds(2),
            expect: [says],
            counted: Array.from({ length: 3 }, () => 'received mrd-solicitation'),
          },
          { wait: seconds(17) },
          { wait: seconds(4), expect: [says] },
        ],
      }),
      kase('a question each millisecond is answered ten times a second at most', {
        ...ADVERTISING,
        steps: [
          settled,
          ...Array.from(
            { length: 4000 },
            (): Step => ({
              send: solicitation(),
              wait: seconds(0.001),
              expect: ANYTHING,
            }),
          ),
        ],
        judge: (outputs) => {
          const times = timesOf(outputs).slice(3);
          const gaps = times.slice(1).map((each, at) => each - times[at]!);
          return times.length > 1 && gaps.every((each) => each >= 0.1) ? undefined : `gaps of ${gaps.join()}`;
        },
      }),
      ...(
        [
          ['a wrong checksum', { checksum: 1 }, 'igmp-bad-checksum'],
          ['TTL 2', { ttl: 2 }, 'igmp-ignored'],
          ['to everybody', { to: '224.0.0.1' }, 'igmp-ignored'],
          ['from another subnet', { from: '10.9.9.9' }, 'igmp-ignored'],
        ] as const
      ).map(([what, fields, drop]) =>
        kase(`a question is ignored: ${what}`, {
          ...ADVERTISING,
          steps: [settled, { send: solicitation(fields), wait: seconds(3), drop }],
        }),
      ),
      kase('what other routers say is not for us', {
        ...ADVERTISING,
        steps: [
          settled,
          {
            send: [advertisement({}, { from: HIGHER[0] }), termination({ from: HIGHER[0] })],
            drop: ['igmp-ignored', 'igmp-ignored'],
          },
        ],
      }),
      kase('a router that stops says so, once, and nothing more', {
        ...ADVERTISING,
        steps: [
          settled,
          { does: ({ router, now }) => router.stop(now()), expect: [originated(0, GOODBYE)] },
          { does: ({ router, now }) => router.stop(now()), send: solicitation(), wait: seconds(60) },
        ],
      }),
      kase('one that advertises nothing takes nothing back', {
        does: ({ router, now }) => router.stop(now()),
      }),
      kase('a link that goes is told nothing, and anew when it is back', {
        ...ADVERTISING,
        steps: [
          settled,
          { setDown: 0, wait: seconds(60) },
          {
            setUp: 0,
            wait: seconds(6),
            expect: [says, says, says],
          },
        ],
      }),
      kase('where multicast is not forwarded, there is no multicast router', {
        ...ADVERTISING,
        multicast: { routing: false },
        send: solicitation(),
        wait: seconds(60),
      }),
      kase('the upstream of a proxy, which asks nothing, tells no interval', {
        ...ADVERTISING,
        igmpOn: { ...ADVERTISING.igmpOn, 0: 'none', 3: { 'router-discovery': true } },
        multicast: { upstream: 'p3' },
        steps: [
          settled,
          {
            wait: seconds(21),
            expect: [originated(3, advertisement({ qi: 0, rv: 0 }, { from: ROUTER[3] }))],
          },
        ],
      }),
    ],
  ),
];
