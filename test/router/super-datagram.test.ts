import { describe, expect, it } from 'vitest';
import { Book, type Recorder } from '../../src/book.js';
import { NOBODY } from '../../src/event.js';
import * as ipv4 from '../../src/ip/header.js';
import type { Parcel } from '../../src/parcel.js';
import { START } from '../../src/time.js';
import { datagram, hex, ip } from '../support/datagram.js';
import { filter } from '../support/filter.js';
import { typeAndCode } from '../support/icmp.js';
import { routerOf, testInterface, testRouter, unicastRoute } from '../support/router.js';
import { isTransportRight, type SuperFields, superDatagram } from '../support/super-datagram.js';

/** Two datagrams of 128 and 78 octets, or whatever a test wants. */
const two = (fields: Partial<SuperFields> = {}): Parcel =>
  superDatagram({ segment: 100, length: 150, ...fields });
const sum = (lengths: readonly number[]): number => lengths.reduce((all, each) => all + each, 0);

/** What becomes of a parcel that comes in on red. */
const received = (parcel: Parcel, fields: Parameters<typeof testRouter>[0] = {}) => {
  const { router, red, blue } = testRouter(fields);
  router.receive(red, parcel, START);
  const lengths = (sent: typeof red.sent) => sent.map((each) => each.datagram.length);
  return {
    ...{ router, red, blue },
    forwarded: lengths(blue.sent),
    answers: red.sent.map((each) => each.datagram),
    drops: [...red.drops].map(([reason, { packets, octets }]) => [reason, packets, octets]),
  };
};
const slim = (mtu: number) => ({ blue: testInterface('blue', ['198.51.100.1/24'], { mtu }) });

describe('a super-datagram', () => {
  it('crosses a router in one piece, and counts as the datagrams that it stands for', () => {
    const { router, red, blue, forwarded } = received(two());
    expect(forwarded).toEqual([178]);
    expect(ipv4.ttl(blue.sent[0]!.datagram)).toBe(63);
    expect(router.ledger).toMatchObject({ received: 2, forwarded: 2 });
    expect([red.counters.inPackets, red.counters.inOctets]).toEqual([2, 206]);
    expect([blue.counters.handedPackets, blue.counters.handedOctets]).toEqual([2, 206]);
  });

  it('is taken apart where each is longer than the MTU, and only then', () => {
    expect(received(two(), slim(128)).forwarded).toEqual([178]);
    const { forwarded, blue } = received(two(), slim(127));
    // 104 and 44 octets of the first, and the second as it is.
    expect(forwarded).toEqual([124, 24, 78]);
    expect(isTransportRight(blue.sent[2]!.datagram)).toBe(true);
    expect([blue.counters.handedPackets, blue.counters.handedOctets]).toEqual([3, sum(forwarded)]);
    const whole = received(superDatagram({ segment: 1000, length: 150 }), slim(127));
    expect(sum(whole.forwarded)).toBe(178 + 20);
  });

  it('that may not be fragmented is answered once, about the first of them', () => {
    const { forwarded, answers, drops } = received(two({ flags: ipv4.FLAG_DONT_FRAGMENT }), slim(127));
    expect([forwarded, drops]).toEqual([[], [['would-fragment', 2, 206]]]);
    expect(answers.map(typeAndCode)).toEqual([[3, 4]]);
    const quoted = answers[0]!.subarray(28);
    expect([ipv4.totalLength(quoted), isTransportRight(quoted)]).toEqual([128, true]);
    expect(received(two({ flags: ipv4.FLAG_DONT_FRAGMENT }), slim(128)).drops).toEqual([]);
  });

  it('that goes nowhere, or is no datagram, ends with all that it stands for', () => {
    const lost = received(two({ destination: '10.9.9.9' }));
    expect([lost.drops, lost.answers.map(typeAndCode)]).toEqual([[['no-route', 2, 206]], [[3, 0]]]);
    const broken = two();
    broken.octets[10]! ^= 1;
    expect(received(broken).drops).toEqual([['bad-checksum', 2, 206]]);
  });

  it('for the router itself is several', () => {
    const { drops, answers, router } = received(two({ destination: '192.0.2.1' }));
    expect(drops).toEqual([['port-unreachable', 2, 206]]);
    expect(answers.map((each) => ipv4.totalLength(each.subarray(28)))).toEqual([128, 78]);
    expect(router.ledger).toMatchObject({ received: 2, dropped: 2 });
  });

  it('is several for filters that count', () => {
    const filters = (limit: number | undefined) => ({ filters: () => [filter({ limit })] });
    expect(received(two(), filters(1)).forwarded).toEqual([78]);
    expect(received(two(), filters(undefined)).drops).toEqual([['filter-drop', 2, 206]]);
    const plain = { ...two(), ...{ segment: 0, datagrams: 1, headers: 0, isPartial: false } };
    expect(received(plain, filters(1)).drops).toEqual([['filter-drop', 1, 178]]);
  });

  it('is several for who captures', () => {
    const book = new Book(NOBODY);
    const [entered, ignored]: [number[], () => void] = [[], () => {}];
    const others = { left: ignored, ended: ignored, withheld: ignored, refused: ignored, lost: ignored };
    const recorder: Recorder = {
      ...{ entered: (_, parcel) => void entered.push(parcel.octets.length), goesOn: ignored, ...others },
    };
    const red = testInterface('red', ['192.0.2.1/24'], { up: true });
    const blue = testInterface('blue', ['198.51.100.1/24'], { up: true });
    const router = routerOf({ interfaces: [red, blue] }, { book });
    router.receive(red, two(), START);
    expect(entered).toEqual([]);
    book.recorder = recorder;
    router.receive(red, two(), START);
    expect([entered, blue.sent.map((each) => each.datagram.length)]).toEqual([
      [128, 78],
      [178, 128, 78],
    ]);
  });

  it('that goes back where it came from is told of the better gateway, quoting the first of them', () => {
    const { answers } = received(two({ destination: '10.1.1.1' }), {
      routes: (red) => [unicastRoute('10.0.0.0/8', '192.0.2.254', red)],
    });
    const [redirect] = answers;
    expect([typeAndCode(redirect!), hex(redirect!.subarray(24, 28))]).toEqual([[5, 1], 'c00002fe']);
    expect(ipv4.totalLength(redirect!.subarray(28))).toBe(128);
  });
});

describe('what comes in with something behind it', () => {
  it('goes on without', () => {
    const { router, red, blue } = testRouter();
    const octets = Uint8Array.of(...datagram(), 0, 0, 0);
    router.receive(red, { ...two(), octets, segment: 0, datagrams: 1, headers: 0, isPartial: false }, START);
    expect(blue.sent.map((each) => [each.datagram.length, each.nextHop])).toEqual([
      [28, ip('198.51.100.10')],
    ]);
  });
});
