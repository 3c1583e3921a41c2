import { describe, expect, it } from 'vitest';
import type { IcmpEnvironment } from '../../src/icmp/environment.js';
import { icmpCounters } from '../../src/icmp/message.js';
import { RouterDiscovery } from '../../src/icmp/router-discovery.js';
import * as ipv4 from '../../src/ip/header.js';
import { isChecksumRight } from '../../src/ip/octets.js';
import type { Router } from '../../src/router/router.js';
import { instant, NEVER, START } from '../../src/time.js';
import { type DatagramFields, fromHex, hex, ip } from '../support/datagram.js';
import { icmp, message, messageOf } from '../support/icmp.js';
import { type TestInterface, testInterface, testRouter } from '../support/router.js';

const settings = { icmp: { routerDiscovery: true } };
const solicitation = (fields: DatagramFields = {}, code = 0): Uint8Array =>
  icmp(message(10, code, [0, 0, 0, 0]), { destination: '224.0.0.2', ttl: 1, ...fields });

/** Polls until `end`, and says when an interface sent something. */
const sendingTimes = (router: Router, red: TestInterface, end: number): number[] => {
  const times: number[] = [];
  for (let now = START; now <= end; now = router.nextDeadline()) {
    const before = red.sent.length;
    router.poll(now);
    if (red.sent.length > before) times.push(now);
    if (router.nextDeadline() <= now) throw new Error('the deadline does not move on');
  }
  return times;
};

describe('router discovery', () => {
  it('QU9 advertises all addresses of the interface, for 30 minutes, to all systems, one hop far', () => {
    const red = testInterface('red', ['192.0.2.1/24', '10.0.0.1/8']);
    const { router } = testRouter({ red, settings });
    router.poll(START);
    const { datagram, nextHop } = red.sent[0]!;
    expect(nextHop).toBe(ip('224.0.0.1'));
    expect([ipv4.source(datagram), ipv4.destination(datagram)]).toEqual([ip('192.0.2.1'), ip('224.0.0.1')]);
    expect(ipv4.ttl(datagram)).toBe(1);
    expect(hex(messageOf(datagram).subarray(0, 2))).toBe('0900');
    expect(hex(messageOf(datagram).subarray(4))).toBe('02020708c0000201000000000a00000100000000');
    expect(isChecksumRight(datagram, 20, datagram.length)).toBe(true);
    expect(router.icmp.sent['router-advertisement']).toBe(2);
    expect(router.ledger.originated).toBe(2);
  });

  it('QU9 names 255 addresses at most', () => {
    const addresses = Array.from({ length: 256 }, (_, at) => `10.0.${at}.1/24`);
    const red = testInterface('red', addresses, { mtu: 9000 });
    testRouter({ red, settings }).router.poll(START);
    const sent = messageOf(red.sent[0]!.datagram);
    expect([sent[4], sent.length]).toEqual([255, 8 + 8 * 255]);
  });

  it('QU10 begins anew at once where the link comes back, even after a single one', () => {
    const { router, red } = testRouter({ settings, blue: testInterface('blue', []) });
    router.poll(START);
    red.up = false;
    router.poll(instant(1000));
    red.up = true;
    expect(router.nextDeadline()).toBe(1000);
    router.poll(instant(1500));
    expect(red.sent).toHaveLength(2);
    expect(router.nextDeadline()).toBe(17_500);
  });

  it('QU9 QU10 keeps to the bounds of its intervals, and of the delay of an answer', () => {
    const bounds = (chance: number) => {
      const environment = {
        ...{
          interfaces: [testInterface('red', ['192.0.2.1/24'])],
          settings: { icmp: { routerDiscovery: true } },
        },
        ...{ nextIdentification: () => 1, allocate: (length: number) => new Uint8Array(length) },
        ...{ counters: icmpCounters(), send: () => {} },
      } as unknown as IcmpEnvironment;
      const discovery = new RouterDiscovery(environment, () => chance, START);
      for (let times = 0; times < 3; times += 1) discovery.poll(discovery.nextDeadline());
      const last = discovery.nextDeadline();
      discovery.poll(last);
      const asked = instant(last + 100_000);
      const interval = discovery.nextDeadline() - last;
      discovery.solicited(environment.interfaces[0]!, asked);
      return [interval, discovery.nextDeadline() - asked];
    };
    expect([bounds(0), bounds(0.5), bounds(1)]).toEqual([
      [450_000, 0],
      [525_000, 1000],
      [600_000, 2000],
    ]);
  });

  it('QU10 advertises three times at most 16 seconds apart, then every 450 to 600 seconds', () => {
    const { router, red } = testRouter({ settings });
    const times = sendingTimes(router, red, 20_000_000);
    expect(times.slice(0, 3)).toEqual([0, 16_000, 32_000]);
    const intervals = times.slice(3).map((time, at) => time - times[at + 2]!);
    expect(intervals.length).toBeGreaterThan(30);
    expect(Math.min(...intervals)).toBeGreaterThanOrEqual(450_000);
    expect(Math.max(...intervals)).toBeLessThanOrEqual(600_000);
    expect(Math.max(...intervals) - Math.min(...intervals)).toBeGreaterThan(100_000);
  });

  it.each([
    ['all routers', { destination: '224.0.0.2' }],
    ['everybody', { destination: '255.255.255.255' }],
    ['us alone', { destination: '192.0.2.1' }],
    ['all routers, without an address', { source: '0.0.0.0' }],
  ] as const)('QU9 answers a host that asks %s within 2 seconds, and others with it', (_title, fields) => {
    const { router, red, blue, receive } = testRouter({ settings });
    sendingTimes(router, red, 100_000);
    const before = red.sent.length;
    const elsewhere = blue.sent.length;
    receive(solicitation(fields), red, instant(100_000));
    receive(solicitation(), red, instant(100_100));
    const due = router.nextDeadline();
    expect(due).toBeGreaterThanOrEqual(100_000);
    expect(due).toBeLessThanOrEqual(102_000);
    router.poll(due);
    router.poll(instant(102_500));
    expect(red.sent.length).toBe(before + 1);
    expect(red.sent.at(-1)!.nextHop).toBe(ip('224.0.0.1'));
    expect(blue.sent.length).toBe(elsewhere);
    expect(red.drops.size).toBe(0);
  });

  it.each([
    ['from another network', { source: '203.0.113.1' }, 0, 'icmp-ignored'],
    ['with a code', {}, 1, 'icmp-malformed'],
    ['to all systems', { destination: '224.0.0.1' }, 0, 'icmp-ignored'],
  ] as const)('QU9 does not heed a solicitation %s', (_title, fields, code, reason) => {
    const { router, red, receive } = testRouter({ settings });
    sendingTimes(router, red, 100_000);
    const due = router.nextDeadline();
    receive(solicitation(fields, code), red, instant(100_000));
    expect(router.nextDeadline()).toBe(due);
    expect([...red.drops.keys()]).toEqual([reason]);
  });

  it('QU10 takes back at the end what it advertised, and is silent from then on', () => {
    const { router, red, receive } = testRouter({ settings });
    router.poll(START);
    router.stop(instant(1000));
    expect(hex(messageOf(red.sent[1]!.datagram).subarray(4))).toBe('01020000c000020100000000');
    receive(solicitation(), red, instant(2000));
    router.poll(instant(10_000_000));
    expect(red.sent).toHaveLength(2);
  });

  it('says nothing on an interface that is down, and begins anew when it is up', () => {
    const { router, red, blue } = testRouter({ settings });
    sendingTimes(router, red, 100_000);
    red.up = false;
    const before = red.sent.length;
    blue.up = false;
    expect(router.nextDeadline()).toBe(NEVER);
    router.poll(instant(100_001));
    router.poll(instant(100_002));
    expect(red.sent).toHaveLength(before);
    red.up = true;
    expect(router.nextDeadline()).toBeLessThanOrEqual(100_003);
    router.poll(instant(100_003));
    expect(red.sent).toHaveLength(before + 1);
    expect(router.nextDeadline()).toBe(116_003);
  });

  it('says nothing unless it is switched on, nor on an interface without an address', () => {
    expect(testRouter().router.nextDeadline()).toBe(NEVER);
    const red = testInterface('red', []);
    const { router, receive } = testRouter({ red, settings });
    router.poll(START);
    receive(solicitation({ source: '0.0.0.0' }));
    router.poll(instant(3000));
    expect(red.sent).toEqual([]);
    const off = testRouter();
    off.receive(solicitation());
    expect([...off.red.drops.keys()]).toEqual(['icmp-ignored']);
  });

  it('QU9 goes by the checksum and the length of a solicitation', () => {
    const { red, receive } = testRouter({ settings });
    const short = icmp(message(10, 0, fromHex('00')), { destination: '224.0.0.2' });
    receive(short);
    const wrong = solicitation();
    wrong[27] = 1;
    receive(wrong);
    expect([...red.drops.keys()]).toEqual(['icmp-malformed', 'icmp-bad-checksum']);
  });
});
