import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import { Book, type Recorder } from '../../src/book.js';
import { type Event, NOBODY } from '../../src/event.js';
import { DEFAULT_IGMP_SETTINGS } from '../../src/igmp/settings.js';
import * as ipv4 from '../../src/ip/header.js';
import { DEFAULT_MULTICAST } from '../../src/ip/multicast-settings.js';
import { parcelOf } from '../../src/parcel.js';
import type { RouterPlan } from '../../src/router/environment.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import { instant, NEVER, START, seconds } from '../../src/time.js';
import { report } from '../igmp/bench.js';
import { datagram, ip, pattern } from '../support/datagram.js';
import { filter } from '../support/filter.js';
import { icmp, message, typeAndCode } from '../support/icmp.js';
import { routerOf, type TestInterface, testInterface, testRouter, unicastRoute } from '../support/router.js';
import { superDatagram } from '../support/super-datagram.js';

const GROUP = '239.1.2.3';
const toGroup = { destination: GROUP };
const three = () =>
  [
    testInterface('red', ['192.0.2.1/24']),
    testInterface('blue', ['198.51.100.1/24']),
    testInterface('green', ['203.0.113.1/24']),
  ] as const;
const kinds = ({ sent }: TestInterface): string[] =>
  sent.map((each) => `${ipv4.protocol(each.datagram)} ${typeAndCode(each.datagram)[0]}`);

describe('a router', () => {
  it('numbers its interfaces, and what it sends, from where chance has it begin', () => {
    const [red, blue] = three();
    blue.index = 0;
    const router = routerOf({ name: 'r9', interfaces: [red, blue] }, { random: () => 0.99999999 });
    expect([router.name, red.index, blue.index]).toEqual(['r9', 1, 2]);
    for (let i = 0; i < 2; i += 1) router.receive(red, parcelOf(datagram({ ttl: 1, id: i })), START);
    expect(red.sent.map((each) => ipv4.identification(each.datagram))).toEqual([0, 1]);
    const middle = routerOf({ interfaces: [red, blue] }, { random: () => 0.5 });
    middle.receive(red, parcelOf(datagram({ ttl: 1 })), START);
    expect(ipv4.identification(red.sent.at(-1)!.datagram)).toBe(0x8001);
  });

  it('spreads flows otherwise than another router does', () => {
    const ways = (random: number): string => {
      const [red, blue] = three();
      const nexthops = [1, 2].map((last) => ({ via: ip(`198.51.100.${last}`), egress: 2, weight: 1 }));
      const routes = [{ ...unicastRoute('10.0.0.0/8', '198.51.100.1', blue), nexthops }];
      const router = routerOf({ interfaces: [red, blue], routes }, { random: () => random });
      for (let i = 0; i < 32; i += 1)
        router.receive(red, parcelOf(datagram({ destination: ip('10.0.0.1') + i })), START);
      return blue.sent.map(({ nextHop }) => nextHop & 15).join('');
    };
    const all = new Set([0.1, 0.3, 0.7].map(ways));
    expect(all.size).toBe(3);
    for (const each of all) expect(each).toMatch(/^(?=.*1)(?=.*2)[12]{32}$/);
  });

  it('counts traffic to groups apart, and knows the flows', () => {
    const [red, blue, green] = three();
    const group = prefixOf(ip(GROUP), 32);
    const routes = [{ group, source: undefined, incoming: red, outgoing: [blue, green] }];
    const { router, receive } = testRouter({ ...{ red, blue, others: [green] }, multicast: routes });
    receive(datagram(toGroup));
    receive(datagram());
    expect([...router.multicast.views()]).toMatchObject([{ packets: 1, octets: 28 }]);
    const counts = [red, blue, green].map(({ counters }) => [
      ...[counters.inMulticastPackets, counters.outMulticastPackets, counters.handedPackets],
    ]);
    expect(counts).toEqual([
      [1, 0, 0],
      [0, 1, 2],
      [0, 1, 1],
    ]);
    const [copy] = blue.sent;
    expect([copy!.nextHop, ipv4.ttl(copy!.datagram)]).toEqual([ip(GROUP), 63]);
  });

  it('records in each copy to a group the address by which it leaves', () => {
    const [red, blue, green] = three();
    const group = prefixOf(ip(GROUP), 32);
    const routes = [{ group, source: undefined, incoming: red, outgoing: [blue, green] }];
    const { receive } = testRouter({ ...{ red, blue, others: [green] }, multicast: routes });
    receive(datagram({ ...toGroup, options: [7, 7, 4, 0, 0, 0, 0] }));
    const recorded = [blue, green].map(({ sent }) => [...sent[0]!.datagram.subarray(23, 27)].join('.'));
    expect(recorded).toEqual(['198.51.100.1', '203.0.113.1']);
  });

  it('accounts for IGMP, also where it is refused', () => {
    const [red, blue] = three();
    const igmp = new Map([[red, DEFAULT_IGMP_SETTINGS]]);
    const router = routerOf({ interfaces: [red, blue], igmp });
    router.routesChanged(START);
    router.receive(red, parcelOf(report([['to-ex', GROUP]])), START);
    expect(router.ledger).toMatchObject({ received: 1, delivered: 1, dropped: 0 });
    const unheard = report([['to-ex', GROUP]], { source: '198.51.100.9' });
    router.receive(blue, parcelOf(unheard), START);
    expect(router.ledger).toMatchObject({ received: 2, delivered: 1, dropped: 1 });
    expect([...blue.drops].map(([reason, { octets }]) => [reason, octets])).toEqual([
      ['igmp-ignored', unheard.length],
    ]);
  });

  it('counts what is refused at its egress: by nobody who would take it, or by who does not', () => {
    const [red, blue] = three();
    const group = prefixOf(ip(GROUP), 32);
    const routes = [{ group, source: undefined, incoming: red, outgoing: [blue] }];
    const { receive } = testRouter({ ...{ red, blue }, multicast: routes });
    const refusals = () => [...blue.refusals].map(([reason, { packets }]) => `${packets} ${reason}`);
    blue.dead.add(ip(GROUP));
    receive(datagram(toGroup));
    expect(refusals()).toEqual(['1 host-unreachable']);
    blue.wire = {
      resolve: () => ({ take: (parcel, now) => parcel.refused?.('device-refused', parcel, now) }),
    };
    receive(datagram());
    expect([refusals(), blue.counters.refusedPackets]).toEqual([
      ['1 host-unreachable', '1 device-refused'],
      2,
    ]);
  });

  it('tells who captures how a datagram ended, also fragments that were given up later', () => {
    const ended: unknown[] = [];
    const ignored = (): void => {};
    const book = new Book(NOBODY);
    const [red, blue] = three();
    const router = routerOf({ interfaces: [red, blue] }, { book });
    const recorder: Recorder = {
      ...{ entered: ignored, goesOn: ignored, left: ignored, withheld: ignored, refused: ignored },
      ended: (_, reason, original, __, several) =>
        void ended.push([reason, original?.length, several?.packets, several?.cameBefore]),
      lost: ignored,
    };
    book.recorder = recorder;
    const ours = { destination: '192.0.2.1', flags: ipv4.FLAG_MORE_FRAGMENTS };
    router.receive(red, parcelOf(datagram({ destination: '10.9.9.9' })), START);
    router.receive(red, parcelOf(datagram({ ...ours, payload: pattern(7) })), START);
    router.receive(red, parcelOf(datagram({ ...ours, payload: pattern(8) })), START);
    router.poll(instant(60_000));
    expect(ended).toEqual([
      ['no-route', 28, undefined, undefined],
      ['reassembly-overlap', undefined, 1, undefined],
      ['reassembly-timeout', 28, 1, true],
    ]);
    expect([...red.drops].map(([reason, { octets }]) => [reason, octets])).toEqual([
      ...[
        ['no-route', 28] as const,
        ['reassembly-overlap', 27] as const,
        ['reassembly-timeout', 28] as const,
      ],
    ]);
  });

  it('remembers nothing of fragments where there are no filters', () => {
    const { router, receive } = testRouter();
    receive(datagram({ flags: ipv4.FLAG_MORE_FRAGMENTS }));
    expect(router.nextDeadline()).toBe(NEVER);
  });

  it('has later fragments of a flow go the way of the first, which alone has the ports', () => {
    const [red, blue] = three();
    const nexthops = [1, 2].map((last) => ({ via: ip(`198.51.100.${last}`), egress: 2, weight: 1 }));
    const { receive } = testRouter({
      ...{ red, blue, settings: { ip: { ecmpHash: 'l4' } } },
      routes: () => [{ ...unicastRoute('10.0.0.0/8', '198.51.100.1', blue), nexthops }],
    });
    const ways = Array.from({ length: 40 }, (_, id) => {
      const fields = { destination: '10.0.0.1', id, payload: [id, 1, 2, 3, 0, 24, 0, 0] };
      receive(datagram({ ...fields, flags: ipv4.FLAG_MORE_FRAGMENTS }));
      receive(datagram({ ...fields, offset: 8 }));
      return blue.sent.splice(0).map(({ nextHop }) => nextHop & 15);
    });
    expect(new Set(ways.map(String))).toEqual(new Set(['1,1', '2,2']));
  });

  it('redirects nobody whose datagrams leave by another interface', () => {
    const { receive, red, blue } = testRouter({
      routes: (_, out) => [unicastRoute('10.0.0.0/8', '192.0.2.254', out)],
    });
    receive(datagram({ destination: '10.1.1.1' }));
    expect([red.sent, blue.sent.length]).toEqual([[], 1]);
  });

  it('passes super-datagrams of the smallest pieces', () => {
    const { router, red, blue } = testRouter();
    router.receive(red, superDatagram({ segment: 1, length: 1600, flags: ipv4.FLAG_DONT_FRAGMENT }), START);
    expect(blue.sent.map((each) => each.datagram.length)).toEqual([1628]);
  });

  it('answers nothing where it has no way back, and counts that', () => {
    const { router, receive, red } = testRouter();
    receive(icmp(message(8, 0, pattern(8)), { source: '10.1.1.1' }));
    expect([router.icmp.suppressed['no-route'], red.sent, router.ledger.delivered]).toEqual([1, [], 1]);
    receive(icmp(message(8, 0, pattern(8))));
    expect([router.icmp.suppressed['no-route'], red.sent.length]).toEqual([1, 1]);
  });

  it('tells observers of what it sends', () => {
    const events: Event[] = [];
    const [red, blue] = three();
    const observer = { wants: () => true, notify: (event: Event) => void events.push(event) };
    const router = routerOf({ interfaces: [red, blue] }, { observer });
    router.receive(red, parcelOf(datagram({ ttl: 1 })), START);
    expect(events).toMatchObject([
      { type: 'drop', reason: 'ttl-expired' },
      { type: 'icmp', direction: 'sent', interface: 'r1.red', to: ip('192.0.2.10') },
    ]);
  });

  it('counts the echo requests that it sends', () => {
    const { router, blue } = testRouter();
    const how = { identifier: 1, sequence: 1, length: 8, ttl: 64, tos: 0, timeout: seconds(1) };
    const request = {
      ...how,
      destination: ip('198.51.100.10'),
      isDontFragment: false,
      hasRecordRoute: false,
    };
    router.ping(request, START, () => {});
    expect([router.icmp.sent['echo-request'], kinds(blue)]).toEqual([1, ['1 8']]);
  });
});

describe('another plan of a router', () => {
  const settings = { ...DEFAULT_SETTINGS, icmp: { ...DEFAULT_SETTINGS.icmp, routerDiscovery: true } };
  const plan = (interfaces: readonly TestInterface[]): RouterPlan => ({
    ...{ name: 'r1', interfaces, routes: [], settings, multicast: DEFAULT_MULTICAST, filters: [] },
    igmp: new Map(interfaces.map((each) => [each, { ...DEFAULT_IGMP_SETTINGS, routerDiscovery: true }])),
  });

  it('says goodbye on an interface that goes, and greets on one that comes, which is then its own', () => {
    const [red, blue, green] = three();
    const router = routerOf(plan([red, blue]));
    router.routesChanged(START);
    router.poll(instant(30_000));
    for (const each of [red, blue]) each.sent.length = 0;
    router.apply(plan([red, green]), instant(30_000));
    expect([...router.igmp.keys()]).toEqual([red, green]);
    expect([kinds(red), kinds(blue)]).toEqual([[], ['1 9', '2 50']]);
    router.routesChanged(instant(30_000));
    router.poll(instant(30_000));
    expect(kinds(green)).toContain('1 9');
    green.sent.length = 0;
    router.receive(green, parcelOf(datagram({ source: '203.0.113.9', ttl: 1 })), instant(31_000));
    expect(router.ledger).toMatchObject({ received: 1, dropped: 1 });
    expect(kinds(green)).toEqual(['1 3']);
  });

  it('has its filters in force at once', () => {
    const [red, blue] = three();
    const router = routerOf(plan([red, blue]));
    router.apply({ ...plan([red, blue]), filters: [filter({ name: 'all' })] }, START);
    router.receive(red, parcelOf(datagram()), START);
    expect([[...red.drops.keys()], router.filters.names]).toEqual([['filter-drop'], ['all']]);
  });

  it('is at its end with a goodbye on all of them', () => {
    const [red, blue] = three();
    const router = routerOf(plan([red, blue]));
    router.routesChanged(START);
    router.poll(instant(30_000));
    for (const each of [red, blue]) each.sent.length = 0;
    router.stop(instant(31_000));
    expect([kinds(red), kinds(blue)]).toEqual(Array(2).fill(['1 9', '2 50']));
  });

  it('is followed step by step where it has many routes', () => {
    const [red, blue] = three();
    const router = routerOf({ interfaces: [red, blue] });
    const routes = Array.from({ length: 6000 }, (_, at) => ({
      ...unicastRoute('10.0.0.0/8', '198.51.100.254', blue),
      prefix: prefixOf(ip('10.0.0.0') + at * 256, 24),
    }));
    router.apply({ ...plan([red, blue]), routes, settings: DEFAULT_SETTINGS, igmp: new Map() }, START);
    for (let turn = 0; turn < 1000 && router.nextDeadline() === START; turn += 1) router.poll(START);
    expect([router.nextDeadline(), router.routing.isFollowing]).toEqual([NEVER, true]);
    router.receive(red, parcelOf(datagram({ destination: ip('10.0.0.9') + 5999 * 256 })), START);
    expect(blue.sent).toHaveLength(1);
  });

  it('has no route over an interface that is down, and goes by the next one', () => {
    const { router, red, blue, receive } = testRouter({
      routes: (one, other) => [
        { ...unicastRoute('10.0.0.0/8', '192.0.2.254', one), metric: 10 },
        unicastRoute('10.0.0.0/8', '198.51.100.254', other),
      ],
    });
    const ways = () => {
      receive(datagram({ destination: '10.1.1.1' }));
      return [red.sent, blue.sent].map((sent) =>
        sent.splice(0).some(({ nextHop }) => (nextHop & 255) === 254),
      );
    };
    expect(ways()).toEqual([false, true]);
    blue.up = false;
    router.routesChanged(START);
    expect(ways()).toEqual([true, false]);
  });
});
