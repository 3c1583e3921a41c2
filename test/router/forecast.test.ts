import { describe, expect, it } from 'vitest';
import { DEFAULT_IGMP_SETTINGS } from '../../src/igmp/settings.js';
import * as ipv4 from '../../src/ip/header.js';
import { isChecksumRight } from '../../src/ip/octets.js';
import { parcelOf } from '../../src/parcel.js';
import { decide } from '../../src/router/decide.js';
import { emptyVerdict } from '../../src/router/verdict.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import { START } from '../../src/time.js';
import { G, report } from '../igmp/bench.js';
import { addressOctets, type DatagramFields, datagram, hex, ip, pattern } from '../support/datagram.js';
import { icmp, message } from '../support/icmp.js';
import { routerOf, type TestInterface, testInterface, testRouter, unicastRoute } from '../support/router.js';

const US = { destination: '192.0.2.1' };

describe('what a router foresees of a datagram for itself', () => {
  const foreseen = (octets: Uint8Array, made = testRouter()) => {
    const before = JSON.stringify([made.router.ledger, made.router.icmp]);
    const found = made.router.forecast.deliveryOf(octets, made.red, START);
    expect(JSON.stringify([made.router.ledger, made.router.icmp])).toBe(before);
    return found;
  };

  it.each<[string, Uint8Array, string | undefined]>([
    ['an echo request', icmp(message(8, 0, pattern(8))), undefined],
    ['an echo reply that nobody waits for', icmp(message(0, 0, pattern(8))), 'icmp-ignored'],
    [
      'an ICMP message with a wrong checksum',
      icmp(Uint8Array.of(8, 0, 1, 1, 0, 0, 0, 0)),
      'icmp-bad-checksum',
    ],
    ['half an ICMP message', icmp(Uint8Array.of(8, 0, 0xf7, 0xff)), 'icmp-malformed'],
    ['UDP', datagram(US), 'port-unreachable'],
    ['TCP', datagram({ ...US, protocol: 6, payload: pattern(20) }), undefined],
    ['another protocol', datagram({ ...US, protocol: 250 }), 'protocol-unreachable'],
    ['a fragment that is possible', datagram({ ...US, offset: 8, payload: pattern(8) }), undefined],
    ['one that is not', datagram({ ...US, flags: 0x2000, payload: pattern(7) }), 'reassembly-overlap'],
  ])('is of %s what then happens, and nothing is counted', (_title, octets, wanted) => {
    const found = foreseen(octets);
    const made = testRouter();
    made.receive(octets);
    const [reason] = made.red.drops.keys();
    if (!ipv4.isFragment(octets)) expect(found).toBe(reason);
    if (wanted !== undefined || ipv4.isFragment(octets)) expect(found).toBe(wanted);
  });
});

describe('the octets of which a router foresees that they leave', () => {
  const leaving = (fields: DatagramFields, made = testRouter()) => {
    const octets = datagram({ payload: pattern(16), ...fields });
    const [before, verdict] = [hex(octets), emptyVerdict()];
    decide(octets, made.red, made.router.tables, verdict);
    const found = made.router.forecast.leaving(octets, verdict, made.blue, START);
    expect(hex(octets)).toBe(before);
    expect(isChecksumRight(found, 0, ipv4.headerLength(found))).toBe(true);
    made.receive(octets);
    return { found: hex(found), sent: made.blue.sent.map((each) => hex(each.datagram)) };
  };

  it.each<[string, DatagramFields]>([
    ['plain', {}],
    ['on its last hops', { ttl: 2 }],
    ['that records its route', { options: [7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0] }],
  ])('are those of a datagram %s', (_title, fields) => {
    const { found, sent } = leaving(fields);
    expect(sent).toEqual([found]);
  });

  it('have the TTL with which copies to a group go on', () => {
    const { router, blue } = testRouter();
    for (const ttl of [19, 9]) {
      const verdict = { ...emptyVerdict(), fate: 'replicate' as const, ttl, destination: 0xef010101 };
      const octets = datagram({ destination: '239.1.1.1', ttl: 20 });
      expect(ipv4.ttl(router.forecast.leaving(octets, verdict, blue, START))).toBe(ttl);
    }
  });
});

describe('what a router foresees of others', () => {
  it('is a redirect only where a datagram leaves as it came, and by no source route', () => {
    const routes = (red: TestInterface, blue: TestInterface) => [
      unicastRoute('10.0.0.0/8', '192.0.2.254', red),
      unicastRoute('11.0.0.0/8', '192.0.2.254', blue),
    ];
    const options = { ...DEFAULT_SETTINGS.ip.options, looseSourceRoute: 'process' as const };
    const made = testRouter({ routes, settings: { ip: { options } } });
    const foreseen = (fields: DatagramFields) => {
      const [octets, verdict] = [datagram(fields), emptyVerdict()];
      decide(octets, made.red, made.router.tables, verdict);
      const found = made.router.forecast.redirectAbout(octets, verdict, made.red, START);
      const before = made.router.icmp.sent['redirect-host'];
      made.receive(octets);
      expect(made.router.icmp.sent['redirect-host'] - before).toBe(found?.why === undefined && found ? 1 : 0);
      return found !== undefined && found.why === undefined;
    };
    expect(foreseen({ destination: '10.1.1.1' })).toBe(true);
    expect(foreseen({ destination: '11.1.1.1' })).toBe(false);
    const next = addressOctets('10.2.2.2');
    expect(foreseen({ destination: '192.0.2.1', options: [131, 7, 4, ...next] })).toBe(false);
  });

  it('is that IGMP is taken only where it runs, and that nobody is known to want what nobody can join', () => {
    const [red, blue] = [testInterface('red', ['192.0.2.1/24']), testInterface('blue', ['198.51.100.1/24'])];
    const router = routerOf({ interfaces: [red, blue], igmp: new Map([[red, DEFAULT_IGMP_SETTINGS]]) });
    router.routesChanged(START);
    const { forecast } = router;
    const joins = report([['to-ex', G]]);
    expect([red, blue].map((each) => forecast.deliveryOf(joins, each, START))).toEqual([
      undefined,
      'igmp-ignored',
    ]);
    const wanted = () => [red, blue].map((each) => forecast.isWanted(ip(G), ip('203.0.113.9'), each));
    expect(wanted()).toEqual([false, false]);
    router.receive(red, parcelOf(joins), START);
    expect(wanted()).toEqual([true, false]);
  });

  it('is the address of its egress in the subnet of the next hop, where a route is recorded', () => {
    const blue = testInterface('blue', ['198.51.100.1/24', '203.0.113.1/24']);
    const routes = (_: TestInterface, out: TestInterface) => [
      unicastRoute('10.0.0.0/8', '203.0.113.254', out),
    ];
    const made = testRouter({ blue, routes });
    const octets = datagram({ destination: '10.1.1.1', options: [7, 7, 4, 0, 0, 0, 0] });
    const verdict = emptyVerdict();
    decide(octets, made.red, made.router.tables, verdict);
    const found = made.router.forecast.leaving(octets, verdict, blue, START);
    expect([...found.subarray(23, 27)].join('.')).toBe('203.0.113.1');
    made.receive(octets);
    expect(hex(blue.sent[0]!.datagram)).toBe(hex(found));
  });
});
