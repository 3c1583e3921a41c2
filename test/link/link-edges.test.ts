import { describe, expect, it } from 'vitest';
import { type Address, prefixOf } from '../../src/address.js';
import { Book } from '../../src/book.js';
import type { DropReason } from '../../src/drop-reason.js';
import { NOBODY } from '../../src/event.js';
import type { Hop } from '../../src/hop.js';
import { UNIMPAIRED } from '../../src/impairments.js';
import { type Attachment, HostAttachment } from '../../src/link/attachments.js';
import { Link } from '../../src/link/link.js';
import { Transit } from '../../src/link/transit.js';
import { MISSTATED, type Parcel, parcelOf } from '../../src/parcel.js';
import { duration, instant, START } from '../../src/time.js';
import { datagram, ip } from '../support/datagram.js';
import { superDatagram } from '../support/super-datagram.js';

const [ALICE, BOB, R1, R2, ABSENT] = ['192.0.2.10', '192.0.2.20', '192.0.2.1', '192.0.2.2', '192.0.2.99'].map(
  ip,
) as [number, number, number, number, number];
const [GROUP, BEYOND] = [ip('239.1.2.3'), ip('198.51.100.10')];
const PLAN = {
  ...{ name: 'red', mtu: 1500, prefixes: [prefixOf(ip('192.0.2.0'), 24)] },
  impairments: { ...UNIMPAIRED, from: new Map() },
};
const DELAYED = { ...PLAN, impairments: { ...PLAN.impairments, delay: duration(5) } };

type Got = (readonly [name: string, parcel: Parcel])[];

/** Two hosts and two routers of which the second is the gateway; both report what is unreachable. */
const wired = (plan = PLAN, observer = NOBODY) => {
  const transit = new Transit(() => 0.5);
  const got: Got = [];
  const taking = (name: string): Hop => ({ take: (parcel) => void got.push([name, parcel]) });
  const allocate = (length: number) => new Uint8Array(length);
  const link = new Link(plan, { book: new Book(observer), observer, transit, allocate });
  const asked: (readonly [Address, Address, number])[] = [];
  const via = { nextHop: undefined as Address | undefined };
  const nextHopTo = (destination: Address, source: Address, tos: number) => {
    asked.push([destination, source, tos]);
    return via.nextHop;
  };
  const host = (name: string, address: Address): HostAttachment => {
    const made = new HostAttachment(name, 'red', [address]);
    made.connect({ isUp: () => true, takesSuperDatagrams: true, nextHopTo, ...taking(name) });
    return made;
  };
  const told: string[] = [];
  const router = (name: string, address: Address): Attachment & { isUp: boolean; unreachable: Hop } => ({
    ...{ name: `${name}.red`, kind: 'router', owner: name, addresses: [address], isUp: true },
    ...{ hop: taking(name), unreachable: taking(`${name} reports`) },
    linkChanged: () => void told.push(`${name} link`),
    neighborChanged: (address) => void told.push(`${name} ${address & 255}`),
    settled: (gateway, others) => void told.push(`${name} ${gateway?.name} ${others}`),
  });
  const [alice, bob, r1, r2] = [host('alice', ALICE), host('bob', BOB), router('r1', R1), router('r2', R2)];
  link.attachAll([alice, bob, r1, r2], r2);
  for (const each of [alice, bob]) each.nextHops.routesChanged(new Set());
  const send = (octets: Uint8Array | Parcel, by: HostAttachment = alice): void =>
    link.entranceOf(by).take(octets instanceof Uint8Array ? parcelOf(octets) : octets, START);
  const names = (): string[] => got.splice(0).map(([name]) => name);
  const settle = (): void => transit.poll(instant(1000));
  const losses = () => Object.fromEntries([...link.drops].map(([reason, { packets }]) => [reason, packets]));
  return { link, transit, got, names, alice, bob, r1, r2, send, settle, told, via, asked, losses };
};

const to = (destination: Address, fields = {}) => datagram({ source: ALICE, destination, ...fields });
const inPieces = (destination: Address) =>
  superDatagram({ source: ALICE, destination, segment: 100, length: 200 });

describe('a link and its plan', () => {
  it('has the subnets, the impairments and the MTU of its plan, and keeps an MTU that its devices were given', () => {
    const { link } = wired();
    expect([link.mtu, link.prefixes]).toEqual([1500, PLAN.prefixes]);
    const other = { ...DELAYED, mtu: 900, prefixes: [prefixOf(ip('10.0.0.0'), 8)] };
    link.apply(other, false, START);
    expect([link.mtu, link.prefixes, link.directions.impairments.delay]).toEqual([1500, other.prefixes, 5]);
    link.apply(other, true, START);
    expect(link.mtu).toBe(900);
  });

  it('tells who is on it: the gateway and how many others, and that something has changed', () => {
    const { link, told } = wired();
    expect(told).toEqual(['r1 r2.red 3', 'r2 r2.red 3']);
    link.changed(START);
    expect(told.slice(2)).toEqual(['r1 link', 'r2 link']);
  });

  it('is as good as cut for somebody beside whom all others are down', () => {
    const { link, alice, bob, r1, r2 } = wired();
    const hears = () => [alice, r1].map((each) => link.hasListenerBeside(each));
    for (const each of [bob, r1, r2]) each.isUp = false;
    expect(hears()).toEqual([false, true]);
    bob.isUp = true;
    expect(hears()).toEqual([true, true]);
    link.setUp(false, START);
    expect(hears()).toEqual([false, false]);
  });

  it('loses a broadcast that nobody hears, at whoever sends it; a group may have nobody', () => {
    const { link, alice, bob, r1, r2, send, names, losses } = wired();
    for (const each of [bob, r1, r2]) each.isUp = false;
    for (let each = 0; each < 2; each += 1) send(to(ip('192.0.2.255')));
    send(to(ip('239.1.2.3')));
    expect([names(), losses()]).toEqual([[], { 'host-unreachable': 2 }]);
    alice.isUp = false;
    const refusals: string[] = [];
    for (const destination of [ip('192.0.2.255'), ip('239.1.2.3')])
      link
        .wireOf(r1)
        .resolve(destination)!
        .take(
          parcelOf(to(destination), 0, (reason) => void refusals.push(reason)),
          START,
        );
    expect([refusals, losses()]).toEqual([['host-unreachable'], { 'host-unreachable': 2 }]);
    bob.isUp = true;
    send(to(ip('192.0.2.255')));
    expect([names(), losses()]).toEqual([['bob'], { 'host-unreachable': 2 }]);
  });

  it('carries as many copies to groups as there are datagrams, one after the other', () => {
    const { link, r1, names } = wired();
    for (let each = 0; each < 100; each += 1)
      link
        .wireOf(r1)
        .resolve(ip('239.1.2.3'))!
        .take(parcelOf(to(ip('239.1.2.3'))), START);
    expect(names()).toHaveLength(300);
  });

  it('tells routers of addresses that have another owner, and observers only if they want to know', () => {
    const told: string[] = [];
    const observer = { wants: () => false, notify: ({ type }: { type: string }) => void told.push(type) };
    const made = wired(PLAN, observer);
    made.send(datagram({ source: ABSENT, destination: BEYOND }));
    expect(made.told.slice(2)).toEqual(['r1 99', 'r2 99']);
    expect(told).toEqual([]);
  });
});

describe('what is sent on a link', () => {
  it('stays in one piece where nothing is done to it, and is apart where something is', () => {
    for (const [plan, count] of [
      [PLAN, 1],
      [DELAYED, 2],
    ] as const) {
      const { link, got, send, settle, via, alice, r2 } = wired(plan);
      const parcels = (by: () => void): number[] => {
        by();
        if (plan === DELAYED) expect(got).toEqual([]);
        settle();
        return got.splice(0).map(([, { datagrams }]) => datagrams);
      };
      const pieces = plan === PLAN ? [2] : [1, 1];
      expect(parcels(() => send(inPieces(BOB)))).toEqual(pieces);
      expect(parcels(() => send(inPieces(GROUP)))).toHaveLength(3 * count);
      const wire = link.wireOf(r2);
      expect(parcels(() => wire.resolve(BOB)!.take(inPieces(BOB), START))).toEqual(pieces);
      expect(parcels(() => wire.resolve(GROUP)!.take(inPieces(GROUP), START))).toHaveLength(3 * count);
      via.nextHop = ABSENT;
      alice.nextHops.routesChanged(new Set([ABSENT]));
      expect(parcels(() => send(inPieces(BEYOND)))).toEqual(pieces);
    }
  });

  it('does not arrive at who goes down, or leaves, while it is on its way', () => {
    const made = wired(DELAYED);
    made.send(to(R1));
    made.send(to(BOB));
    made.r1.isUp = false;
    made.link.attachAll([made.alice, made.r1, made.r2], made.r2);
    made.settle();
    expect([made.names(), made.losses()]).toEqual([[], { 'link-down': 2 }]);
  });

  it('ends when the link is cut, and goes on where it is only said again that it is up', () => {
    const made = wired(DELAYED);
    made.send(to(R1));
    made.link.setUp(true, START);
    made.settle();
    expect(made.names()).toEqual(['r1']);
    made.send(to(R1));
    made.link.setUp(false, START);
    expect(made.losses()).toEqual({ 'link-down': 1 });
    made.settle();
    made.send(to(R1));
    expect([made.names(), made.losses()]).toEqual([[], { 'link-down': 2 }]);
    // Whatever becomes of it, its host has sent it.
    expect(made.alice.sent).toEqual({ packets: 3, octets: 84 });
  });

  it('is read only if it is a header of IPv4, and goes to the gateway otherwise', () => {
    const made = wired();
    made.send(to(BOB, { payload: [] }));
    expect(made.names()).toEqual(['bob']);
    const strange = to(BOB, { source: ABSENT });
    strange[0] = 0x65;
    for (const octets of [strange, datagram({ source: ABSENT, destination: GROUP }).subarray(0, 19)]) {
      made.send(octets);
      expect(made.names()).toEqual(['r2']);
    }
    const toAll = to(GROUP);
    toAll[0] = 0x65;
    made.send(toAll);
    expect(made.names()).toEqual(['r2']);
    expect([...made.link.neighbors].filter(({ state }) => state === 'learned')).toEqual([]);
  });

  it('ends where its device said what cannot be, though it says whose an address is', () => {
    const made = wired();
    made.send({ ...parcelOf(datagram({ source: ABSENT, destination: BOB })), segment: MISSTATED });
    expect([made.names(), made.losses()]).toEqual([[], { 'bad-offload': 1 }]);
    expect(made.link.wireOf(made.r1).resolve(ABSENT)).toBe(made.alice.hop);
  });

  it('is counted on the link where one of many refuses it, whoever sent it', () => {
    const { link, r2, bob, losses } = wired();
    bob.connect({ isUp: () => true, take: (parcel, now) => parcel.refused?.('device-refused', parcel, now) });
    const refused: DropReason[] = [];
    link
      .wireOf(r2)
      .resolve(GROUP)!
      .take(
        parcelOf(to(GROUP), 1, (reason) => void refused.push(reason)),
        START,
      );
    expect([refused, losses()]).toEqual([[], { 'device-refused': 1 }]);
  });
});

describe('the next hop that a host has chosen', () => {
  it('is asked for by destination, source and type of service, and gets what is sent', () => {
    const { alice, via, asked, send, names } = wired();
    send(to(BEYOND));
    expect([names(), asked]).toEqual([['r2'], []]);
    alice.nextHops.routesChanged(new Set([R1]));
    via.nextHop = R1;
    send(to(BEYOND, { tos: 0x10 }));
    expect([names(), asked]).toEqual([['r1'], [[BEYOND, ALICE, 0x10]]]);
    alice.nextHops.forget();
    via.nextHop = undefined;
    send(to(BEYOND));
    send(to(BOB));
    expect(names()).toEqual(['r2', 'bob']);
  });

  it('that nobody has is reported by the gateway, or by the first router that can', () => {
    const made = wired();
    made.alice.nextHops.routesChanged(new Set([ABSENT]));
    made.via.nextHop = ABSENT;
    made.send(to(BEYOND));
    expect([made.names(), made.link.reporter]).toEqual([['r2 reports'], made.r2]);
    made.link.attachAll([made.alice, made.bob, made.r1], made.bob);
    made.send(to(BEYOND));
    expect([made.names(), made.link.reporter, made.losses()]).toEqual([['r1 reports'], made.r1, {}]);
    made.link.attachAll([made.alice, made.bob], made.bob);
    made.send(to(BEYOND));
    expect([made.names(), made.link.reporter]).toEqual([[], undefined]);
    expect(made.losses()).toEqual({ 'host-unreachable': 1 });
  });

  it('is not missed where only the gateway is: that ends on the link', () => {
    const made = wired();
    made.link.attachAll([made.alice, made.r1, made.r2]);
    made.send(to(BEYOND));
    expect([made.names(), made.losses()]).toEqual([[], { 'link-no-gateway': 1 }]);
  });
});
