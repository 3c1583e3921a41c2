import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import * as ipv4 from '../../src/ip/header.js';
import { isChecksumRight } from '../../src/ip/octets.js';
import type { Router } from '../../src/router/router.js';
import { after, type Instant, instant, START, seconds } from '../../src/time.js';
import { datagram, hex, ip, pattern, withOctets } from '../support/datagram.js';
import { testInterface, testRouter } from '../support/router.js';

const echoRequest = (data: Uint8Array = pattern(8)): Uint8Array => {
  const message = new Uint8Array(8 + data.length);
  message.set([8, 0, 0, 0, 0x12, 0x34, 0, 1]);
  message.set(data, 8);
  let total = 0;
  for (let at = 0; at < message.length; at += 2) total += (message[at]! << 8) | (message[at + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  message[2] = (~total >>> 8) & 255;
  message[3] = ~total & 255;
  return message;
};

const toRouter = { destination: '192.0.2.1', protocol: ipv4.PROTOCOL_ICMP };

/** Type and code of the ICMP message in a datagram. */
const typeAndCode = (d: Uint8Array): [number, number] => {
  const at = ipv4.headerLength(d);
  return [d[at]!, d[at + 1]!];
};

const expectBalance = (router: Router): void => {
  const { received, forwarded, delivered, dropped, held } = router.ledger;
  expect(forwarded + delivered + dropped + held).toBe(received);
  let counted = 0;
  for (const each of router.interfaces) for (const { packets } of each.drops.values()) counted += packets;
  expect(counted).toBe(dropped);
};

describe('a router', () => {
  it('HV1 forwards with one hop less and not another octet changed', () => {
    const { blue, receive } = testRouter();
    const original = datagram({ tos: 0x2f, ttl: 64, payload: pattern(101), protocol: 250 });
    receive(original);
    expect(blue.sent).toHaveLength(1);
    const { datagram: out, nextHop } = blue.sent[0]!;
    expect(nextHop).toBe(ip('198.51.100.10'));
    expect(hex(out)).toBe(hex(withOctets(original, 8, 63)));
  });

  it('answers an echo request from the address that was asked', () => {
    const { red, receive } = testRouter();
    receive(datagram({ ...toRouter, destination: '198.51.100.1', payload: echoRequest(pattern(33)) }));
    const { datagram: reply } = red.sent[0]!;
    expect([ipv4.source(reply), ipv4.destination(reply)]).toEqual([ip('198.51.100.1'), ip('192.0.2.10')]);
    expect(typeAndCode(reply)).toEqual([0, 0]);
    expect(ipv4.ttl(reply)).toBe(64);
    expect(isChecksumRight(reply, 20, reply.length)).toBe(true);
    expect(hex(reply.subarray(24))).toBe(hex(echoRequest(pattern(33)).subarray(4)));
  });

  it('answers an echo request of 65,507 octets of data, in fragments both ways', () => {
    const { red, router, receive } = testRouter();
    const whole = datagram({ ...toRouter, payload: echoRequest(pattern(65_507)) });
    let pieces = 0;
    for (let at = 20; at < whole.length; at += 1480, pieces += 1) {
      const end = Math.min(at + 1480, whole.length);
      const flags = end < whole.length ? ipv4.FLAG_MORE_FRAGMENTS : 0;
      receive(datagram({ ...toRouter, flags, offset: at - 20, payload: whole.subarray(at, end) }));
    }
    expect(red.sent).toHaveLength(pieces);
    expect(router.ledger).toMatchObject({ received: pieces, delivered: pieces, held: 0, originated: 1 });
  });

  it('fragments what is longer than the egress MTU, and says so where it may not', () => {
    const blue = testInterface('blue', ['198.51.100.1/24'], { mtu: 600 });
    const { red, receive } = testRouter({ blue });
    receive(datagram({ payload: pattern(1408), protocol: 250 }));
    expect(blue.sent.map((each) => each.datagram.length)).toEqual([596, 596, 276]);
    receive(datagram({ payload: pattern(1408), protocol: 250, flags: ipv4.FLAG_DONT_FRAGMENT }));
    const { datagram: error } = red.sent[0]!;
    expect(typeAndCode(error)).toEqual([3, 4]);
    expect(hex(error.subarray(24, 28))).toBe('00000258');
  });

  const routes = () =>
    (['blackhole', 'unreachable', 'prohibit'] as const).map((type, at) => ({
      prefix: prefixOf(ip(`203.0.${at}.0`), 24),
      type,
      nexthops: [],
      metric: 0,
      tos: undefined,
      origin: 'config' as const,
    }));

  it.each([
    ['no route', '10.9.9.9', 'no-route', [3, 0]],
    ['a blackhole route', '203.0.0.1', 'blackhole', undefined],
    ['an unreachable route', '203.0.1.1', 'unreachable-route', [3, 1]],
    ['a prohibit route', '203.0.2.1', 'prohibit-route', [3, 13]],
    ['a next hop that nobody owns', '198.51.100.99', 'host-unreachable', [3, 1]],
    ['an address nobody may route to', '127.0.0.1', 'martian-destination', undefined],
    ['a broadcast of another network', '198.51.100.255', 'broadcast', undefined],
  ] as const)('%s: %s is dropped as %s', (_title, destination, reason, icmp) => {
    const { router, red, blue, receive } = testRouter({ routes });
    blue.dead.add(ip('198.51.100.99'));
    receive(datagram({ destination }));
    expect([...red.drops.keys()]).toEqual([reason]);
    expect(red.sent.map((each) => typeAndCode(each.datagram))).toEqual(icmp === undefined ? [] : [icmp]);
    expectBalance(router);
  });

  it('quotes the datagram as it came, with precedence 6 and its own source address', () => {
    const { red, receive } = testRouter();
    const original = datagram({ tos: 0x5b, ttl: 1, payload: pattern(40), protocol: 250 });
    receive(original);
    const { datagram: error } = red.sent[0]!;
    expect(typeAndCode(error)).toEqual([11, 0]);
    expect(ipv4.tos(error)).toBe(0xd8);
    expect(ipv4.source(error)).toBe(ip('192.0.2.1'));
    expect(hex(error.subarray(28))).toBe(hex(original));
  });

  it('tells a host of the better gateway on its own link, and forwards all the same', () => {
    const viaNeighbor = (red: ReturnType<typeof testInterface>) => [
      {
        prefix: prefixOf(ip('10.0.0.0'), 8),
        type: 'unicast' as const,
        nexthops: [{ via: ip('192.0.2.254'), egress: red.index, weight: 1 }],
        metric: 0,
        tos: undefined,
        origin: 'config' as const,
      },
    ];
    const { red, receive } = testRouter({ routes: viaNeighbor });
    const original = datagram({ destination: '10.1.1.1' });
    receive(original);
    expect(red.sent.map((each) => each.nextHop)).toEqual([ip('192.0.2.10'), ip('192.0.2.254')]);
    const redirect = red.sent[0]!.datagram;
    expect(typeAndCode(redirect)).toEqual([5, 1]);
    expect(hex(redirect.subarray(24, 28))).toBe('c00002fe');
    expect(hex(redirect.subarray(28))).toBe(hex(original));
  });

  it('gives up fragments after 60 seconds, and says so to the sender of the first', () => {
    const { router, red, receive } = testRouter();
    const first = datagram({
      ...toRouter,
      flags: ipv4.FLAG_MORE_FRAGMENTS,
      payload: echoRequest(pattern(64)),
    });
    receive(first);
    expect(router.ledger.held).toBe(1);
    expect(router.nextDeadline()).toBe(60_000);
    router.poll(instant(60_000));
    expect(typeAndCode(red.sent[0]!.datagram)).toEqual([11, 1]);
    expect(router.ledger).toMatchObject({ held: 0, dropped: 1 });
  });

  describe('whatever comes in', () => {
    const addresses = fc.constantFrom(
      '192.0.2.1',
      '192.0.2.10',
      '192.0.2.255',
      '192.0.2.0',
      '198.51.100.1',
      '198.51.100.10',
      '198.51.100.255',
      '10.1.1.1',
      '203.0.1.1',
      '127.0.0.1',
      '224.0.0.1',
      '239.1.1.1',
      '255.255.255.255',
      '0.0.0.0',
      '240.0.0.1',
    );
    const fields = fc.record({
      source: addresses,
      destination: addresses,
      ttl: fc.integer({ min: 0, max: 3 }),
      protocol: fc.constantFrom(1, 2, 6, 17, 250),
      id: fc.integer({ min: 0, max: 3 }),
      flags: fc.constantFrom(0, 0x2000, 0x4000, 0x6000, 0x8000),
      offset: fc.constantFrom(0, 0, 8, 16, 1480, 65_528),
      options: fc.oneof(
        fc.constant([]),
        fc.array(fc.constantFrom(0, 1, 3, 4, 7, 8, 11, 68, 131, 137, 148, 192, 0, 2, 1), { maxLength: 40 }),
      ),
      payload: fc.oneof(fc.constant(echoRequest()), fc.uint8Array({ maxLength: 2000 })),
    });
    // Two fragments that make a whole one, so that some runs complete a datagram.
    const whole = datagram({ ...toRouter, payload: echoRequest() });
    const pieces = [20, 28].map((at) => {
      const more = at === 20 ? ipv4.FLAG_MORE_FRAGMENTS : 0;
      return datagram({
        ...toRouter,
        id: 9,
        flags: more,
        offset: at - 20,
        payload: whole.subarray(at, at + 8),
      });
    });
    const anything = fc.oneof(
      fc.constantFrom(...pieces),
      fields.map((each) => datagram(each)),
      fc.tuple(fields, fc.nat(), fc.nat(255)).map(([each, at, value]) => {
        const octets = datagram(each);
        octets[at % octets.length] = value;
        return octets;
      }),
      fc.uint8Array({ maxLength: 100 }),
    );
    const steps = fc.array(fc.tuple(anything, fc.boolean(), fc.constantFrom(0, 1, 10_000)), {
      maxLength: 40,
    });

    it('every datagram has one fate, and the book adds up at every moment', () => {
      fc.assert(
        fc.property(steps, (all) => {
          const processes = {
            recordRoute: 'process',
            timestamp: 'process',
            routerAlert: 'process',
            looseSourceRoute: 'process',
            strictSourceRoute: 'process',
            other: 'pass',
          } as const;
          const { router, red, blue, receive } = testRouter({
            routes,
            settings: { ip: { options: processes } },
          });
          let now: Instant = START;
          for (const [octets, byRed, wait] of all) {
            now = after(now, seconds(wait / 1000));
            router.poll(now);
            receive(octets, byRed ? red : blue, now);
            expectBalance(router);
          }
          router.poll(instant(now + 120_000));
          expectBalance(router);
          expect(router.ledger.held).toBe(0);
          for (const { sent } of [red, blue])
            for (const { datagram: out } of sent) {
              expect(isChecksumRight(out, 0, ipv4.headerLength(out))).toBe(true);
              expect(ipv4.totalLength(out)).toBe(out.length);
              expect(out.length).toBeLessThanOrEqual(1500);
            }
        }),
        { numRuns: 500 },
      );
    });
  });
});
