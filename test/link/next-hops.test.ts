import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Address } from '../../src/address.js';
import { NextHops } from '../../src/link/next-hops.js';
import { parcelOf } from '../../src/parcel.js';
import { type Instant, instant } from '../../src/time.js';
import { datagram, ip } from '../support/datagram.js';

const [ALICE, GATEWAY, OTHER, BOB] = [
  ip('198.51.100.10'),
  ip('198.51.100.1'),
  ip('198.51.100.2'),
  ip('203.0.113.10'),
];

/** A host whose kernel says `via` of everything, beside two routers of which one is the gateway. */
const host = (others = 2) => {
  const kernel = { via: OTHER as Address | undefined, asked: 0 };
  const nextHops = new NextHops();
  nextHops.askBy(() => {
    kernel.asked += 1;
    return kernel.via;
  });
  nextHops.beside([GATEWAY], others);
  const to = (at: number, destination = BOB, source = ALICE, tos = 0) =>
    nextHops.to(destination, source, tos, instant(at));
  return { kernel, nextHops, to };
};

const icmp = (type: number) =>
  datagram({
    source: '198.51.100.1',
    destination: '198.51.100.10',
    protocol: 1,
    payload: Uint8Array.of(type, 1, 0, 0),
  });

/** Hands a datagram to the host's device. */
const deliver = (nextHops: NextHops, octets: Uint8Array, at: Instant): void =>
  nextHops.watched({ take: () => {} }).take(parcelOf(octets), at);

describe('the next hops of a host', () => {
  it('are asked for once for each destination, source and type of service, while nothing changes', () => {
    const { kernel, to } = host();
    expect([to(0), to(1), to(200)]).toEqual([OTHER, OTHER, OTHER]);
    expect(kernel.asked).toBe(1);
    to(200, ip('203.0.113.11'));
    to(200, BOB, ip('198.51.100.11'));
    to(200, BOB, ALICE, 0x10);
    to(200, BOB, ALICE, 0x10);
    expect(kernel.asked).toBe(4);
  });

  it('are asked for again before 0.3 s have passed, because a kernel forgets silently', () => {
    const { kernel, to } = host();
    to(0);
    kernel.via = undefined;
    expect(to(300)).toBeUndefined();
  });

  it('are asked for again only after 0.2 s, and only for 20 ms after a redirect', () => {
    const { kernel, nextHops, to } = host();
    to(0);
    to(200.5);
    expect(kernel.asked).toBe(2);
    deliver(nextHops, icmp(5), instant(1000));
    to(1019.9);
    to(1020);
    to(1020.5);
    expect(kernel.asked).toBe(4);
  });

  it('are nobody where the kernel says so, and 0.0.0.0 is nobody', () => {
    const { kernel, to } = host();
    kernel.via = undefined;
    expect(to(0)).toBeUndefined();
    kernel.via = 0;
    expect(to(300)).toBeUndefined();
  });

  it('are remembered for hundreds of destinations, or of sources, at once', () => {
    for (const pair of [(i: number) => [BOB + i, ALICE] as const, (i: number) => [BOB, ALICE + i] as const]) {
      const { kernel, to } = host();
      for (let round = 0; round < 2; round += 1) for (let i = 0; i < 256; i += 1) to(round, ...pair(i));
      expect(kernel.asked).toBeLessThan(350);
    }
  });

  it('are not asked for until the device is there', () => {
    const nextHops = new NextHops();
    expect(nextHops.isAsked).toBe(false);
    const alone = new NextHops();
    alone.beside([GATEWAY], 1);
    alone.askBy(() => OTHER);
    expect(alone.isAsked).toBe(false);
    const first = new NextHops();
    first.askBy(() => OTHER);
    expect(first.isAsked).toBe(false);
    first.beside([GATEWAY], 2);
    expect(first.isAsked).toBe(true);
  });

  it('and what was said of them is forgotten when another kernel is asked', () => {
    const { nextHops, to } = host();
    deliver(nextHops, icmp(5), instant(0));
    nextHops.routesChanged(new Set());
    expect([to(30), nextHops.isAsked]).toEqual([OTHER, true]);
    nextHops.askBy(() => GATEWAY);
    // Its routes are not known, and there are others.
    expect([to(30), nextHops.isAsked]).toEqual([GATEWAY, true]);
    nextHops.routesChanged(new Set());
    expect(nextHops.isAsked).toBe(false);
  });

  it('are asked for anew at a redirect, which the device gets like anything else', () => {
    const { kernel, nextHops, to } = host();
    to(0);
    const taken: number[] = [];
    const watched = nextHops.watched({ take: ({ octets }) => void taken.push(octets.length) });
    kernel.via = GATEWAY;
    for (const octets of [icmp(0), icmp(5)]) watched.take(parcelOf(octets), instant(1));
    expect([taken, to(1)]).toEqual([[24, 24], GATEWAY]);
  });

  it('are not asked for because of what only looks like a redirect, and also because of one with options', () => {
    const isRedirect = (octets: Uint8Array): boolean => {
      const { nextHops } = host();
      nextHops.routesChanged(new Set());
      deliver(nextHops, octets, instant(0));
      return nextHops.isAsked;
    };
    const options = [148, 4, 0, 0];
    expect(isRedirect(datagram({ protocol: 17, payload: [5, 1, 0, 0] }))).toBe(false);
    expect(isRedirect(datagram({ protocol: 1, payload: [5, 1, 0, 0], options }))).toBe(true);
    expect(isRedirect(datagram({ protocol: 1, payload: [0, 1, 0, 0], options: [5, 4, 0, 0] }))).toBe(false);
  });

  it('are asked for at once when the routes have changed', () => {
    const { kernel, nextHops, to } = host();
    to(0);
    kernel.via = GATEWAY;
    nextHops.routesChanged(new Set([OTHER]));
    expect(to(0)).toBe(GATEWAY);
  });

  it('are not asked for where routes name the gateway or nobody', () => {
    const { nextHops } = host();
    expect(nextHops.isAsked).toBe(true);
    nextHops.routesChanged(new Set());
    expect(nextHops.isAsked).toBe(false);
    nextHops.routesChanged(new Set([GATEWAY]));
    expect(nextHops.isAsked).toBe(false);
    nextHops.routesChanged(new Set([GATEWAY, OTHER]));
    expect(nextHops.isAsked).toBe(true);
    nextHops.beside([OTHER, GATEWAY], 2);
    expect(nextHops.isAsked).toBe(false);
  });

  it('are not asked for on a link with one other, unless routes name a third', () => {
    const { nextHops } = host(1);
    expect(nextHops.isAsked).toBe(false);
    nextHops.routesChanged(new Set([OTHER]));
    expect(nextHops.isAsked).toBe(true);
  });

  it('are not asked for where nobody can say', () => {
    const { nextHops } = host();
    nextHops.askBy(undefined);
    nextHops.routesChanged(new Set([OTHER]));
    expect(nextHops.isAsked).toBe(false);
    const device = { take: () => {} };
    expect(nextHops.watched(device)).toBe(device);
  });

  it('are asked for from the first redirect on, and of each burst until the kernel has settled', () => {
    const { kernel, nextHops, to } = host();
    nextHops.routesChanged(new Set([GATEWAY]));
    deliver(nextHops, icmp(0), instant(0));
    expect(nextHops.isAsked).toBe(false);
    deliver(nextHops, icmp(5), instant(1000));
    expect(nextHops.isAsked).toBe(true);
    kernel.via = GATEWAY;
    expect(to(1000)).toBe(GATEWAY);
    expect(to(1000)).toBe(GATEWAY);
    expect(kernel.asked).toBe(1);
    kernel.via = OTHER;
    expect(to(1000.1)).toBe(OTHER);
    to(1030);
    to(1040);
    expect(kernel.asked).toBe(3);
  });

  it('are what the kernel says of any pair, whatever was asked before and wherever it is kept', () => {
    const address = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.array(fc.tuple(address, address), { maxLength: 50 }), (pairs) => {
        const nextHops = new NextHops();
        const said = (destination: Address, source: Address) =>
          ((destination * 31 + source * 7) >>> 0 || undefined) as Address | undefined;
        nextHops.askBy(said);
        for (const [destination, source] of [...pairs, ...pairs])
          expect(nextHops.to(destination as Address, source as Address, 0, instant(0))).toBe(
            said(destination as Address, source as Address),
          );
      }),
    );
  });
});
