import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../../src/icmp/rate-limit.js';
import * as ipv4 from '../../src/ip/header.js';
import { seededRandom } from '../../src/random.js';
import { DEFAULT_SETTINGS, type IcmpSettings } from '../../src/settings.js';
import { instant, START } from '../../src/time.js';
import { datagram, ip, pattern } from '../support/datagram.js';
import { icmp, message } from '../support/icmp.js';
import { testRouter } from '../support/router.js';

const HOST = ip('192.0.2.10');
const DEFAULT = DEFAULT_SETTINGS.icmp.rateLimit;
const limiter = (limits: Partial<IcmpSettings['rateLimit']> = {}, random = seededRandom(1)): RateLimiter =>
  new RateLimiter({ ...DEFAULT, ...limits }, random, START);

/** How many of this many errors to one host may leave at once. */
const allowed = (limits: RateLimiter, count: number, now = START, host = HOST): number => {
  let sum = 0;
  for (let each = 0; each < count; each += 1) if (limits.allows(host, now)) sum += 1;
  return sum;
};

describe('the rate of ICMP errors', () => {
  it('RL1 to one host is six at once, then one a second', () => {
    const limits = limiter();
    expect(allowed(limits, 100)).toBe(6);
    const perSecond = Array.from({ length: 5 }, (_, second) =>
      allowed(limits, 50, instant(1000 * (second + 1))),
    );
    expect(perSecond).toEqual([1, 1, 1, 1, 1]);
    expect(allowed(limits, 50, instant(60_000))).toBe(6);
  });

  it.each([1, 2, 3, 4])('RL2 to many hosts is about 50 at once, seed %i', (seed) => {
    const limits = limiter({}, seededRandom(seed));
    let sum = 0;
    for (let host = 0; host < 200; host += 1) sum += allowed(limits, 1, START, HOST + host);
    expect(sum).toBeGreaterThan(30);
    expect(sum).toBeLessThan(75);
  });

  it('RL2 to many hosts comes back with a thousand a second', () => {
    const limits = limiter();
    for (let host = 0; host < 200; host += 1) limits.allows(HOST + host, START);
    let sum = 0;
    for (let now = 1; now <= 1000; now += 1)
      for (let each = 0; each < 10; each += 1) sum += allowed(limits, 1, instant(now), 10 * now + each);
    expect(sum).toBeGreaterThan(900);
    expect(sum).toBeLessThan(1150);
  });

  it('RL6 to one host is asked first, so that a flood at one takes nothing from the others', () => {
    const limits = limiter({}, () => 0.5);
    expect(allowed(limits, 1000)).toBe(6);
    let others = 0;
    for (let host = 1; host <= 100; host += 1) others += allowed(limits, 1, START, HOST + host);
    expect(others).toBe(44);
  });

  it('RL6 to all takes 0, 1 or 2 by chance, so that nobody can count what others were sent', () => {
    const sums = new Set<number>();
    for (let seed = 0; seed < 20; seed += 1) {
      const limits = limiter({}, seededRandom(seed));
      let sum = 0;
      for (let host = 0; host < 200; host += 1) sum += allowed(limits, 1, START, HOST + host);
      sums.add(sum);
    }
    expect(sums.size).toBeGreaterThan(5);
  });

  it('RL7 remembers 4096 hosts, and forgets the one that was quiet longest', () => {
    const limits = limiter({ burst: 100_000, perSecond: 0 });
    allowed(limits, 10);
    for (let host = 1; host < 4096; host += 1) limits.allows(HOST + host, START);
    expect(allowed(limits, 1)).toBe(0);
    for (let host = 4096; host < 4100; host += 1) limits.allows(HOST + host, START);
    expect(allowed(limits, 1)).toBe(0);
    for (let host = 4100; host < 8200; host += 1) limits.allows(HOST + host, START);
    expect(allowed(limits, 1)).toBe(1);
  });

  it('RL7 forgets a host no sooner than there are 4096 others', () => {
    const limits = limiter({ perSecond: 1_000_000, burst: 1_000_000 });
    for (let host = 0; host < 4096; host += 1) allowed(limits, 6, START, host);
    const isForgotten = (host: number): boolean => limits.wouldAllow(host, START);
    expect(Array.from({ length: 4096 }, (_, host) => host).filter(isForgotten)).toEqual([]);
    allowed(limits, 6, START, 4096);
    expect(Array.from({ length: 4097 }, (_, host) => host).filter(isForgotten)).toEqual([0]);
  });

  it('would allow at any moment what it allows, down to the last token of all', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const limits = limiter({ burst: 1 }, seededRandom(seed));
      for (let now = 0; now < 20; now += 1) {
        const would = limits.wouldAllow(HOST + now, instant(now));
        expect(would).toBe(limits.allows(HOST + now, instant(now)));
      }
    }
  });

  it('RL8 is what the settings say', () => {
    const limits = limiter({ perDestination: { perSecond: 10, burst: 2 } });
    expect(allowed(limits, 100)).toBe(2);
    expect(allowed(limits, 100, instant(100))).toBe(1);
    expect(allowed(limiter({ burst: 0, perSecond: 0 }), 10)).toBe(0);
  });
});

describe('a router under a flood', () => {
  it('RL1 RL8 counts the errors that it held back', () => {
    const { router, red, receive } = testRouter();
    for (let each = 0; each < 100; each += 1) receive(datagram({ ttl: 1 }));
    expect(red.sent).toHaveLength(6);
    expect(router.icmp.sent['ttl-exceeded']).toBe(6);
    expect(router.icmp.suppressed['rate-limit']).toBe(94);
  });

  it('RL3 answers every echo request', () => {
    const { red, receive } = testRouter();
    for (let each = 0; each < 300; each += 1) receive(icmp(message(8, 0, [0, 1, 0, 1])));
    expect(red.sent).toHaveLength(300);
  });

  it('RL4 says to every datagram what the MTU is', () => {
    const { router, red, blue, receive } = testRouter();
    blue.mtu = 600;
    for (let each = 0; each < 100; each += 1)
      receive(datagram({ flags: ipv4.FLAG_DONT_FRAGMENT, payload: pattern(1000) }));
    expect(red.sent).toHaveLength(100);
    expect(router.icmp.sent['frag-needed']).toBe(100);
  });

  it('RL5 charges an unreachable network no more than anything else', () => {
    const { red, receive } = testRouter();
    for (let each = 0; each < 100; each += 1) receive(datagram({ destination: '10.9.9.9' }));
    expect(red.sent).toHaveLength(6);
  });

  it('RL9 asks for no room for an error that it holds back', () => {
    const { router, red, receive } = testRouter();
    for (let each = 0; each < 6; each += 1) receive(datagram({ ttl: 1 }));
    const [before] = [ipv4.identification(red.sent[5]!.datagram)];
    for (let each = 0; each < 50; each += 1) receive(datagram({ ttl: 1 }));
    receive(icmp(message(8, 0, [0, 1, 0, 1])));
    expect(ipv4.identification(red.sent[6]!.datagram)).toBe((before + 1) & 0xffff);
    expect(router.ledger.originated).toBe(7);
  });
});
