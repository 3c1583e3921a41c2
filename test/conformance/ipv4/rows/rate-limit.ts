import type { DropReason } from '../../../../src/drop-reason.js';
import * as ipv4 from '../../../../src/ip/header.js';
import { seconds } from '../../../../src/time.js';
import { pattern } from '../../../support/datagram.js';
import { ANYTHING, kase, proof, type Row, row } from '../../case.js';
import { forwarded, originated } from '../../expectation.js';
import { USUAL_RATE_LIMIT } from '../../settings-change.js';
import { GATEWAY, HOST, NO_ROUTE, PROHIBITED, REMOTE, ROUTER, UNREACHABLE } from '../../topology.js';
import { echoReply, error, redirect } from '../expects.js';
import { allocationsIn, answersTo, outside, strangeError, virtualRouter } from '../proofs/limits.js';
import { echoRequest, icmp, query, transit } from '../sends.js';

const USUAL = { icmp: { 'rate-limit': USUAL_RATE_LIMIT } } as const;
/** The bucket for all together is what it would be, but next to nothing comes into it again. */
export const SLOW = { icmp: { 'rate-limit': { ...USUAL_RATE_LIMIT, 'per-second': 1 } } } as const;
/** As many errors as one destination gets at once. */
export const BURST = 6;

export const times = <Item>(count: number, item: (at: number) => Item): Item[] =>
  Array.from({ length: count }, (_, at) => item(at));

export const expired = (source: string = HOST[0]): Uint8Array => transit({ ttl: 1, source });
export const ttlError = (of: number) => error({ on: 0, type: 11, code: 0, of, mayQuoteForwarded: true });
export const source = (at: number): string => `10.0.1.${at + 11}`;

/** A flood from one host of what is answered by an error: of so many, only the first few are. */
const floodOf = (title: string, octets: Uint8Array, type: number, code: number, drop: DropReason) =>
  kase(title, {
    send: times(30, () => octets),
    on: 0,
    expect: times(BURST, (of) => error({ on: 0, type, code, of, mayQuoteForwarded: true, ...to(octets) })),
    drop: times(30, () => drop),
    settings: USUAL,
  });

const to = (octets: Uint8Array) =>
  ipv4.destination(octets) === ipv4.destination(echoRequest()) ? { from: ROUTER[0] } : {};

export const rateLimit: readonly Row[] = [
  row('RL1', 'SHOULD', 'RFC 1812 §4.3.2.8', 'one host gets a few errors at once, then one each second', [
    kase('100 times TTL 1, then again after a second', {
      steps: [
        {
          send: times(100, () => expired()),
          on: 0,
          expect: times(BURST, ttlError),
          drop: times(100, () => 'ttl-expired' as const),
        },
        { wait: seconds(1) },
        {
          send: [expired(), expired()],
          on: 0,
          expect: [ttlError(100)],
          drop: ['ttl-expired', 'ttl-expired'],
        },
      ],
      settings: USUAL,
    }),
  ]),
  row('RL2', '—', 'RFC 1812 §4.3.2.8', 'all hosts together get no more errors than the limit allows', [
    kase('200 hosts, one error each: about 50 get it', {
      send: times(200, (at) => expired(source(at))),
      on: 0,
      expect: ANYTHING,
      judge: (outputs) => strangeError(outputs) ?? outside(outputs.length, 30, 75),
      settings: SLOW,
    }),
    kase('after a second of quiet it is as many again', {
      steps: [
        { send: times(100, (at) => expired(source(at))), on: 0, expect: ANYTHING },
        { wait: seconds(1) },
        { send: times(100, (at) => expired(source(at + 100))), on: 0, expect: ANYTHING },
      ],
      judge: (outputs) => strangeError(outputs) ?? outside(outputs.length, 60, 150),
      settings: USUAL,
    }),
  ]),
  row('RL3', '—', 'RFC 1812 §4.3.2.8', 'errors are limited, and nothing else is', [
    floodOf('11/0', expired(), 11, 0, 'ttl-expired'),
    floodOf('3/0', transit({ destination: NO_ROUTE }), 3, 0, 'no-route'),
    floodOf('3/1', transit({ destination: UNREACHABLE }), 3, 1, 'unreachable-route'),
    floodOf('3/13', transit({ destination: PROHIBITED }), 3, 13, 'prohibit-route'),
    floodOf('3/2', transit({ destination: ROUTER[0], protocol: 253 }), 3, 2, 'protocol-unreachable'),
    floodOf('3/3', transit({ destination: ROUTER[0] }), 3, 3, 'port-unreachable'),
    kase('12/0', {
      send: times(30, () => transit({ options: [7, 1, 0, 0] })),
      on: 0,
      expect: times(BURST, (of) => error({ on: 0, type: 12, code: 0, parameter: 0x14000000, of })),
      drop: times(30, () => 'bad-option' as const),
      settings: USUAL,
    }),
    kase('300 echo requests get 300 replies', {
      send: times(300, (sequence) => echoRequest({ sequence })),
      on: 0,
      expect: times(300, (of) => echoReply({ on: 0, of })),
      settings: USUAL,
    }),
    kase('300 timestamp requests get 300 replies', {
      send: times(300, (sequence) => query(13, { sequence, data: times(12, () => 0) })),
      on: 0,
      expect: times(300, (sequence) =>
        originated(
          0,
          transit({
            source: ROUTER[0],
            destination: HOST[0],
            protocol: 1,
            payload: icmp(14, 0, [0x42, 0x42, sequence >> 8, sequence & 255, ...times(12, () => 0)]),
          }),
          { free: [[32, 8]] },
        ),
      ),
      settings: { icmp: { ...USUAL.icmp, 'timestamp-reply': true } },
    }),
    kase('a redirect after the last error that was allowed', {
      steps: [
        {
          send: times(30, () => expired()),
          on: 0,
          expect: times(BURST, ttlError),
          drop: times(30, () => 'ttl-expired' as const),
        },
        {
          send: transit({ destination: REMOTE[0] }),
          on: 0,
          expect: [redirect({ on: 0, gateway: GATEWAY[0] }), forwarded({ on: 0 })],
        },
      ],
      settings: USUAL,
    }),
  ]),
  row('RL4', '—', 'RFC 1191 §4', 'fragmentation needed is never withheld', [
    kase('100 datagrams too long with DF get 100 answers', {
      send: times(100, (id) => tooLong(id)),
      on: 0,
      expect: times(100, (of) => error({ on: 0, type: 3, code: 4, parameter: 600, of })),
      drop: times(100, () => 'would-fragment' as const),
      settings: USUAL,
    }),
    kase('also after the last other error that was allowed, and it uses up none of those', {
      steps: [
        {
          send: tooLong(1),
          on: 0,
          expect: [error({ on: 0, type: 3, code: 4, parameter: 600 })],
          drop: 'would-fragment',
        },
        {
          send: times(30, () => expired()),
          on: 0,
          expect: times(BURST, (at) => ttlError(at + 1)),
          drop: times(30, () => 'ttl-expired' as const),
        },
        {
          send: tooLong(2),
          on: 0,
          expect: [error({ on: 0, type: 3, code: 4, parameter: 600 })],
          drop: 'would-fragment',
        },
      ],
      settings: USUAL,
    }),
  ]),
  row('RL5', '—', 'RFC 1812 §4.3.2.8', 'each error is charged once, whatever its code', [
    kase('100 datagrams without a route get as many answers as 100 whose TTL runs out', {
      send: times(100, () => transit({ destination: NO_ROUTE })),
      on: 0,
      expect: times(BURST, (of) => error({ on: 0, type: 3, code: 0, of })),
      drop: times(100, () => 'no-route' as const),
      settings: USUAL,
    }),
  ]),
  row('RL8', 'SHOULD', 'RFC 1812 §4.3.2.8', 'the limits can be set, and what they withhold is counted', [
    kase('two errors at once, then four each second', {
      steps: [
        {
          send: times(10, () => expired()),
          on: 0,
          expect: times(2, ttlError),
          drop: times(10, () => 'ttl-expired' as const),
        },
        { wait: seconds(0.5) },
        {
          send: times(10, () => expired()),
          on: 0,
          expect: times(2, (at) => ttlError(10 + at)),
          drop: times(10, () => 'ttl-expired' as const),
        },
      ],
      settings: {
        icmp: {
          'rate-limit': { ...USUAL_RATE_LIMIT, 'per-destination': { 'per-second': 4, burst: 2 } },
        },
      },
      virtualOnly: 'it is about what comes within half a second',
      notOnLinux: 'its burst cannot be set',
    }),
    ...(
      [
        ['time-exceeded', expired(), 'ttl-expired'],
        ['unreachables', transit({ destination: NO_ROUTE }), 'no-route'],
        ['parameter-problems', transit({ options: [7, 1, 0, 0] }), 'bad-option'],
        ['frag-needed', tooLong(1), 'would-fragment'],
      ] as const
    ).map(([name, octets, drop]) =>
      kase(`${name} switched off`, { send: octets, on: 0, drop, settings: { icmp: { [name]: false } } }),
    ),
    kase('unreachables switched off leave fragmentation needed on', {
      send: tooLong(1),
      on: 0,
      expect: [error({ on: 0, type: 3, code: 4, parameter: 600 })],
      drop: 'would-fragment',
      settings: { icmp: { unreachables: false } },
    }),
    proof('what is withheld is counted by its reason', () => {
      const virtual = virtualRouter(USUAL);
      for (let at = 0; at < 100; at += 1) answersTo(virtual, expired());
      answersTo(virtual, transit({ ttl: 1, offset: 64 }));
      const { sent, suppressed } = virtual.router.icmp;
      const counted = [sent['ttl-exceeded'], suppressed['rate-limit'], suppressed['not-first-fragment']];
      return counted.join() === `${BURST},${100 - BURST},1` ? undefined : `counted ${counted.join()}`;
    }),
  ]),
  row('RL9', '—', 'RFC 1812 §4.3.2.8', 'a flood of what calls for errors does not hurt what is forwarded', [
    kase('every other datagram of 400 is forwarded', {
      send: times(400, (at) => (at % 2 === 0 ? expired() : transit())),
      on: 0,
      expect: [
        ...times(BURST, (at) => ttlError(2 * at)),
        ...times(200, (at) => forwarded({ on: 1, of: 2 * at + 1 })),
      ],
      drop: times(200, () => 'ttl-expired' as const),
      settings: USUAL,
    }),
    proof('an error that the limit withholds is never written', () => {
      const allocated = allocationsIn(
        USUAL,
        times(100, () => expired()),
      );
      return allocated === BURST ? undefined : `${allocated} were written`;
    }),
  ]),
];

function tooLong(id: number): Uint8Array {
  return transit({ id, destination: REMOTE[2], flags: ipv4.FLAG_DONT_FRAGMENT, payload: pattern(700) });
}
