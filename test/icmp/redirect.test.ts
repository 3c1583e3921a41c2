import { describe, expect, it } from 'vitest';
import { RedirectBackoff } from '../../src/icmp/redirect.js';
import * as ipv4 from '../../src/ip/header.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import { instant } from '../../src/time.js';
import { addressOctets, type DatagramFields, datagram, hex, ip, pattern } from '../support/datagram.js';
import { icmp, message, messageOf, typeAndCode } from '../support/icmp.js';
import {
  type PartialSettings,
  type TestInterface,
  testInterface,
  testRouter,
  unicastRoute,
} from '../support/router.js';

const FAR = '10.1.1.1';

/** A router whose way to 10/8 is 192.0.2.254, on red like the hosts. */
const router = (settings: PartialSettings = {}, red = testInterface('red', ['192.0.2.1/24']), tos?: number) =>
  testRouter({ red, settings, routes: () => [unicastRoute('10.0.0.0/8', '192.0.2.254', red, tos)] });

const redirectsOf = (red: TestInterface): Uint8Array[] =>
  red.sent
    .map((each) => each.datagram)
    .filter((each) => ipv4.protocol(each) === 1 && messageOf(each)[0] === 5);

/** What came of one datagram: its redirect, and whether it was forwarded. */
const outcome = (fields: DatagramFields, { red, receive } = router()) => {
  receive(datagram({ destination: FAR, ...fields }), red);
  const [redirect] = redirectsOf(red);
  return { redirect, forwarded: red.sent.length - redirectsOf(red).length };
};

describe('a redirect', () => {
  it('RD1 names the next hop on the link of the host; RD15 the datagram is forwarded all the same', () => {
    const { redirect, forwarded } = outcome({ payload: pattern(32) });
    expect(typeAndCode(redirect!)).toEqual([5, 1]);
    expect(hex(messageOf(redirect!).subarray(4, 8))).toBe(hex(Uint8Array.from(addressOctets('192.0.2.254'))));
    expect(hex(messageOf(redirect!).subarray(8))).toBe(
      hex(datagram({ destination: FAR, payload: pattern(32) })),
    );
    expect(forwarded).toBe(1);
  });

  it('RD2 names the destination itself where that is on the link', () => {
    const { redirect } = outcome({ destination: '192.0.2.20' });
    expect(hex(messageOf(redirect!).subarray(4, 8))).toBe('c0000214');
  });

  it.each([
    ['RD3 is off the link', '203.0.113.5'],
    ['RD3 is in another subnet of the link', '172.16.0.9'],
  ])('does not go to a host that %s', (_title, source) => {
    const red = testInterface('red', ['192.0.2.1/24', '172.16.0.1/24']);
    expect(outcome({ source }, router({}, red))).toEqual({ redirect: undefined, forwarded: 1 });
  });

  it('RD4 does not tell the gateway to use itself', () => {
    expect(outcome({ source: '192.0.2.254' })).toEqual({ redirect: undefined, forwarded: 1 });
  });

  it('does not come where the datagram leaves by another interface', () => {
    expect(outcome({ destination: '198.51.100.10' })).toEqual({ redirect: undefined, forwarded: 0 });
  });

  it('RD1 does not come where the sender asked for this way by a source route', () => {
    const options = { ...DEFAULT_SETTINGS.ip.options, looseSourceRoute: 'pass' as const };
    const fields = { options: [131, 7, 4, ...addressOctets('203.0.113.1')] };
    expect(outcome(fields, router({ ip: { options } }))).toEqual({ redirect: undefined, forwarded: 1 });
  });

  it('RD5 RD6 has code 1, and code 3 only for a way by TOS where that is switched on', () => {
    const red = () => testInterface('red', ['192.0.2.1/24']);
    const byTos = { icmp: { redirectsByTos: true } };
    expect(typeAndCode(outcome({ tos: 0x10 }, router({}, red(), 0x10)).redirect!)).toEqual([5, 1]);
    expect(typeAndCode(outcome({ tos: 0x10 }, router(byTos, red(), 0x10)).redirect!)).toEqual([5, 3]);
    expect(typeAndCode(outcome({ tos: 0x10 }, router(byTos, red())).redirect!)).toEqual([5, 1]);
  });

  it.each([
    ['an ICMP error', { protocol: 1, payload: message(3, 1, new Uint8Array(28)) }],
    ['a later fragment', { offset: 64, payload: pattern(64), protocol: 250 }],
  ])('RD7 does not come for %s, which is forwarded', (_title, fields) => {
    expect(outcome(fields)).toEqual({ redirect: undefined, forwarded: 1 });
  });

  it('RD8 comes from our address in the subnet of the host', () => {
    const red = testInterface('red', ['172.16.0.1/24', '192.0.2.1/24']);
    const { redirect } = outcome({}, router({ icmp: { source: 'loopback' }, ip: { loopback: 1 } }, red));
    expect(ipv4.source(redirect!)).toBe(ip('192.0.2.1'));
    expect(ipv4.destination(redirect!)).toBe(ip('192.0.2.10'));
  });

  it('RD9 keeps the TOS, with precedence 6', () => {
    expect(ipv4.tos(outcome({ tos: 0x08 }).redirect!)).toBe(0xc8);
  });

  it('RD11 is not held back by the rate of errors', () => {
    const rateLimit = { perSecond: 0, burst: 0, perDestination: { perSecond: 0, burst: 0 } };
    const { red, receive } = router({ icmp: { rateLimit } });
    for (let host = 10; host < 210; host += 1)
      receive(datagram({ source: `192.0.2.${host}`, destination: FAR }));
    expect(redirectsOf(red)).toHaveLength(200);
  });

  it('RD12 that comes from somebody else changes no route', () => {
    const { router: r1, red, receive } = router();
    const told = message(5, 1, [
      ...addressOctets('192.0.2.99'),
      ...datagram({ source: '192.0.2.1', destination: FAR }),
    ]);
    receive(icmp(told, { source: '192.0.2.254' }));
    expect([...red.drops.keys()]).toEqual(['icmp-ignored']);
    expect(r1.routing.lookup(ip(FAR))!.way!.nexthops[0]!.via).toBe(ip('192.0.2.254'));
  });

  it('RD13 does not come where redirects are switched off', () => {
    expect(outcome({}, router({ icmp: { redirects: false } }))).toEqual({
      redirect: undefined,
      forwarded: 1,
    });
  });

  it.each(['192.0.2.255', '192.0.2.0'])('RD14 does not come for a datagram to %s', (destination) => {
    const { redirect } = outcome({ destination }, router({ ip: { directedBroadcast: true } }));
    expect(redirect).toBeUndefined();
  });
});

describe('the back-off of redirects', () => {
  const [host, other, far, farther] = ['192.0.2.10', '192.0.2.11', FAR, '10.2.2.2'].map(ip) as [
    number,
    number,
    number,
    number,
  ];

  it('RD10 tells nine times at doubling distances, then no more', () => {
    const backoff = new RedirectBackoff();
    const told: number[] = [];
    for (let now = 0; now < 60_000; now += 10) if (backoff.allows(host, far, instant(now))) told.push(now);
    expect(told).toHaveLength(9);
    expect(told.slice(0, 5)).toEqual([0, 20, 60, 140, 300]);
  });

  it('RD10 begins anew after 20.48 seconds without such traffic', () => {
    const backoff = new RedirectBackoff();
    for (let now = 0; now < 30_000; now += 10) backoff.allows(host, far, instant(now));
    expect(backoff.allows(host, far, instant(29_990 + 20_480))).toBe(false);
    expect(backoff.allows(host, far, instant(29_990 + 2 * 20_480 + 1))).toBe(true);
  });

  it('RD10 goes by host and destination', () => {
    const backoff = new RedirectBackoff();
    const now = instant(0);
    expect(backoff.allows(host, far, now)).toBe(true);
    expect(backoff.allows(host, far, now)).toBe(false);
    expect(backoff.allows(host, farther, now)).toBe(true);
    expect(backoff.allows(other, far, now)).toBe(true);
  });

  it('remembers 4096 pairs, and forgets the one that was told of first when another comes', () => {
    const backoff = new RedirectBackoff();
    const now = instant(0);
    for (let each = 0; each < 4096; each += 1) backoff.allows(host, each, now);
    for (let each = 0; each < 4096; each += 1) expect(backoff.wouldAllow(host, each, now)).toBe(false);
    expect(backoff.allows(other, far, now)).toBe(true);
    const forgotten = Array.from({ length: 4096 }, (_, each) => each).filter((each) =>
      backoff.wouldAllow(host, each, now),
    );
    expect(forgotten).toEqual([0]);
    expect(backoff.wouldAllow(other, far, now)).toBe(false);
  });

  it('forgets nobody else when a pair begins anew, which is then the last to be forgotten', () => {
    const backoff = new RedirectBackoff();
    const all = Array.from({ length: 4096 }, (_, each) => each);
    for (const each of all) backoff.allows(host, each, instant(0));
    for (const each of all.slice(2)) backoff.allows(host, each, instant(20_470));
    backoff.allows(host, 0, instant(20_470));
    const now = instant(20_481);
    expect(backoff.allows(host, 1, now)).toBe(true);
    expect(all.filter((each) => backoff.wouldAllow(host, each, now))).toEqual([]);
    for (let each = 0; each < 4095; each += 1) backoff.allows(other, each, now);
    expect(backoff.wouldAllow(host, 1, now)).toBe(false);
    backoff.allows(other, 4095, now);
    expect(backoff.wouldAllow(host, 1, now)).toBe(true);
  });

  it('would do at any moment what it does', () => {
    const backoff = new RedirectBackoff();
    for (const now of [0, 0, 19, 20, 20, 59, 60, 139, 140, 20_620, 41_100, 61_581, 61_582].map(instant)) {
      const would = backoff.wouldAllow(host, far, now);
      expect(would, `at ${now}`).toBe(backoff.allows(host, far, now));
    }
  });
});
