import { describe, expect, it } from 'vitest';
import type { DropReason } from '../../src/drop-reason.js';
import { type ImpairmentSettings, UNIMPAIRED } from '../../src/impairments.js';
import { Direction } from '../../src/link/direction.js';
import { Transit } from '../../src/link/transit.js';
import { type Parcel, parcelOf } from '../../src/parcel.js';
import { duration, type Instant, instant, NEVER, START } from '../../src/time.js';

const MIB = 1024 * 1024;

/** A direction, and what it let go and dropped, by the ids of datagrams. */
const direction = (settings: Partial<ImpairmentSettings>, transit = new Transit(() => 0.5), sender = 'a') => {
  const [left, dropped, copies]: [number[], [number, DropReason][], DropReason[]] = [[], [], []];
  const made = new Direction({
    ...{ link: 'red', sender, transit },
    allocate: (length) => new Uint8Array(length),
    refused: (reason) => void copies.push(reason),
  });
  made.apply({ ...UNIMPAIRED, ...settings }, START);
  const octets: Uint8Array[] = [];
  const hop = {
    take: (parcel: Parcel) => {
      left.push(parcel.id);
      octets.push(parcel.octets);
    },
  };
  let sent = 0;
  const send = (content: Uint8Array = new Uint8Array(100), now: Instant = START, datagrams = 1) => {
    sent += 1;
    const refused = (reason: DropReason, { id }: Parcel) => void dropped.push([id, reason]);
    made.take({ ...parcelOf(content, sent, refused), datagrams }, hop, now);
  };
  return { made, transit, left, dropped, copies, octets, send };
};

const at = (now: number) => instant(now);

describe('one direction of a link', () => {
  it('lets at most 1024 datagrams go before others have their turn', () => {
    const { transit, left, send } = direction({ delay: duration(5) });
    for (let i = 0; i < 2100; i += 1) send(new Uint8Array(20));
    const counts = [0, 1, 2].map(() => {
      expect(transit.nextDeadline()).toBe(5);
      transit.poll(at(5));
      return left.length;
    });
    expect(counts).toEqual([1024, 2048, 2100]);
  });

  it('lets at most half a MiB go before others have their turn', () => {
    const { transit, left, send } = direction({ delay: duration(5) });
    const most = MIB / 16;
    const lengths = [...Array(7).fill(most), most - 1, 20, ...Array(12).fill(most)];
    for (const length of lengths) send(new Uint8Array(length));
    const counts = [0, 1, 2].map(() => {
      transit.poll(at(5));
      return left.length;
    });
    // An octet less than that leaves room for one more.
    expect(counts).toEqual([9, 17, 21]);
  });

  it('is given its turn again while others have theirs', () => {
    const transit = new Transit(() => 0.5);
    const [one, other] = [
      direction({ delay: duration(5) }, transit),
      direction({ delay: duration(5) }, transit),
    ];
    for (let i = 0; i < 1025; i += 1) one.send();
    other.send();
    transit.poll(at(5));
    expect([one.left.length, other.left.length]).toEqual([1024, 1]);
  });

  it('sends first what is in turn, of two that are due at once', () => {
    // 1000 octets take 1 ms. The second overtakes, and is through as the first arrives.
    const { made, transit, left, send } = direction({ rate: 8_000_000, delay: duration(1) });
    send(new Uint8Array(1000));
    made.apply({ ...UNIMPAIRED, rate: 8_000_000, delay: duration(1), reorder: 1 }, START);
    send(new Uint8Array(1000));
    transit.poll(at(2));
    expect(left).toEqual([1, 2]);
  });

  it('may pass one bit a second', () => {
    const { transit, left, send } = direction({ rate: 1 });
    send(new Uint8Array(1));
    transit.poll(at(7999));
    expect([left, transit.nextDeadline()]).toEqual([[], 8000]);
    transit.poll(at(8000));
    expect(left).toEqual([1]);
    const slower = direction({ rate: 2 });
    slower.send(new Uint8Array(1));
    slower.made.apply({ ...UNIMPAIRED, rate: 1 }, START);
    slower.transit.poll(at(7999));
    expect(slower.left).toEqual([]);
    slower.transit.poll(at(8000));
    expect(slower.left).toEqual([1]);
  });

  it.each([15, 16, 17])('passes %d of each kind by another rate, and what follows after them', (count) => {
    // 1000 octets take 8 ms, and then 4 ms; every other datagram leaves without the delay.
    const both = { rate: 1_000_000, delay: duration(1) };
    const { made, transit, left, send } = direction(both);
    const sendAs = (reorder: number): void => {
      made.apply({ ...UNIMPAIRED, ...both, reorder }, START);
      send(new Uint8Array(1000));
    };
    for (let i = 0; i < count; i += 1) for (const reorder of [0, 1]) sendAs(reorder);
    both.rate = 2_000_000;
    made.apply({ ...UNIMPAIRED, ...both }, START);
    sendAs(1);
    const times: number[] = [];
    for (let due = transit.nextDeadline(); due < NEVER; due = transit.nextDeadline()) {
      const before = left.length;
      transit.poll(due);
      for (let i = before; i < left.length; i += 1) times[left[i]! - 1] = due;
    }
    const expected = Array.from({ length: 2 * count + 1 }, (_, i) => 4 * (i + 1) + (i % 2 === 0 ? 1 : 0));
    expected[2 * count] = 4 * (2 * count + 1);
    expect(times).toEqual(expected);
  });

  it('holds 64 MiB and not an octet more, where nothing is said of its queue', () => {
    const { made, dropped, send } = direction({ delay: duration(5) });
    for (let i = 0; i < 1024; i += 1) send(new Uint8Array(65_536));
    expect([made.queuedOctets, dropped]).toEqual([64 * MIB, []]);
    send(new Uint8Array(1));
    expect([made.queuedOctets, dropped]).toEqual([64 * MIB, [[1025, 'link-queue']]]);
  });

  it('holds nothing beyond the GiB that all links of a lab hold together', () => {
    const transit = new Transit(() => 0.5);
    transit.storage.octets = 1024 * MIB - 150;
    const { dropped, send } = direction({ delay: duration(5), queue: 10 }, transit);
    send();
    send();
    send(new Uint8Array(50));
    expect([dropped, transit.storage.octets]).toEqual([[[2, 'link-queue']], 1024 * MIB]);
  });

  it('counts in its queue, and of what is lost, the datagrams that a parcel stands for', () => {
    const held = direction({ delay: duration(5), queue: 5 });
    for (const datagrams of [3, 3, 2]) held.send(new Uint8Array(10), START, datagrams);
    expect([held.made.queued, held.made.counts.dropped, held.dropped]).toEqual([5, 3, [[2, 'link-queue']]]);
    const lossy = direction({ loss: 1 });
    lossy.send(new Uint8Array(10), START, 3);
    const noisy = direction({ duplicate: 1, corrupt: 1 });
    noisy.send(new Uint8Array(10), START, 3);
    const none = { lost: 0, dropped: 0, duplicated: 0, corrupted: 0 };
    expect(lossy.made.counts).toEqual({ ...none, lost: 3 });
    expect(noisy.made.counts).toEqual({ ...none, duplicated: 3, corrupted: 3 });
  });

  it('tells the sender of what it drops, and the link of what it made itself', () => {
    const { made, dropped, copies, send } = direction({ delay: duration(5), duplicate: 1, queue: 3 });
    for (let i = 0; i < 3; i += 1) send();
    expect([dropped, copies]).toEqual([[[3, 'link-queue']], ['link-queue', 'link-queue']]);
    made.cut(START);
    expect(made.queued).toBe(0);
    expect(dropped.slice(1)).toEqual([1, 2].map((id) => [id, 'link-down']));
    expect(copies.slice(2)).toEqual(['link-down']);
    expect(made.counts).toMatchObject({ dropped: 6, duplicated: 3 });
  });

  it('drops 4096 of what it held before others have their turn, where it is cut, and holds other things meanwhile', () => {
    const { made, transit, left, dropped, send } = direction({ delay: duration(5) });
    for (let i = 0; i < 10_000; i += 1) send(new Uint8Array(20));
    made.cut(START);
    expect([dropped.length, made.queued, transit.nextDeadline()]).toEqual([4096, 5904, START]);
    made.apply({ ...UNIMPAIRED, delay: duration(5), queue: 1 }, START);
    send(new Uint8Array(20));
    expect([made.queued, made.queuedOctets]).toEqual([5905, 5905 * 20]);
    transit.poll(START);
    expect([dropped.length, transit.nextDeadline()]).toEqual([8192, START]);
    made.cut(START);
    expect([dropped.length, made.counts.dropped, transit.nextDeadline()]).toEqual([10_001, 10_001, NEVER]);
    expect(dropped.map(([id]) => id)).toEqual(Array.from({ length: 10_001 }, (_, i) => i + 1));
    expect([left, transit.storage.octets]).toEqual([[], 0]);
  });

  it('holds nothing twice of what it is still to drop, however that waited', () => {
    const rate = 8_000;
    const hurried = direction({ rate, delay: duration(5), reorder: 1 });
    for (let i = 0; i < 5000; i += 1) hurried.send(new Uint8Array(20));
    const swapped = direction({ rate });
    for (let i = 0; i < 4999; i += 1) swapped.send(new Uint8Array(20));
    swapped.made.apply({ ...UNIMPAIRED, rate, reorder: 1 }, START);
    swapped.send(new Uint8Array(20));
    for (const { made, transit, dropped, left } of [hurried, swapped]) {
      made.cut(START);
      expect([dropped.length, made.queued, made.queuedOctets]).toEqual([4096, 904, 904 * 20]);
      transit.poll(at(1_000_000));
      expect([dropped.length, made.queued, left, transit.nextDeadline()]).toEqual([5000, 0, [], NEVER]);
    }
  });

  it('needs no turn any more once it was cut', () => {
    const { made, transit, send } = direction({ delay: duration(5) });
    send();
    expect(transit.nextDeadline()).toBe(5);
    made.cut(START);
    expect(transit.nextDeadline()).toBe(NEVER);
  });

  it('flips a bit of a copy, for others may hold the same octets, and none where there is none', () => {
    const { made, octets, send } = direction({ corrupt: 1, seed: 3 });
    const content = new Uint8Array(4);
    for (let i = 0; i < 200; i += 1) send(content);
    expect([...content]).toEqual([0, 0, 0, 0]);
    const flipped = new Set(octets.map((each) => [...each].map((octet) => octet.toString(2)).join('.')));
    expect(flipped.size).toBe(32);
    for (const each of flipped) expect(each.replaceAll(/[0.]/g, '')).toBe('1');
    send(new Uint8Array(0));
    expect([octets.at(-1)!.length, made.counts.corrupted]).toEqual([0, 200]);
  });

  it('flips the first bit where the draw is the lowest there is', () => {
    // Of all seeds, one of a few whose fourth draw is 0.
    const { octets, send } = direction({ corrupt: 0.5, seed: 1_178_866_875 });
    send(new Uint8Array(4));
    expect([...octets[0]!]).toEqual([0x80, 0, 0, 0]);
  });

  it('draws by its seed, or by one of its own where it has none', () => {
    const lost = (settings: Partial<ImpairmentSettings>, chance: number): string => {
      const { dropped, send } = direction({ loss: 0.5, ...settings }, new Transit(() => chance));
      for (let i = 0; i < 40; i += 1) send();
      return dropped.join(' ');
    };
    expect(lost({}, 0.1)).not.toBe(lost({}, 0.2));
    expect(lost({}, 0.1)).toBe(lost({}, 0.1));
    expect(lost({ seed: 7 }, 0.1)).toBe(lost({ seed: 7 }, 0.2));
    expect(lost({}, 0.5)).toBe(lost({ seed: 2 ** 31 }, 0));
    const { made, left, send } = direction({ loss: 0.5, seed: 7 });
    const firstLeft = (): string => {
      const from = left.length;
      for (let i = 0; i < 40; i += 1) send();
      return left
        .slice(from)
        .map((id) => (id - 1) % 40)
        .join(' ');
    };
    const first = firstLeft();
    made.apply({ ...UNIMPAIRED, loss: 0.5, seed: 8 }, START);
    expect(firstLeft()).not.toBe(first);
    made.apply({ ...UNIMPAIRED, loss: 0.5, seed: 7 }, START);
    expect(firstLeft()).toBe(first);
  });

  it('says what its settings are', () => {
    const { made } = direction({ delay: duration(5) });
    expect(made.settings).toEqual({ ...UNIMPAIRED, delay: 5 });
  });

  it('lets what it does not copy go on at once, also while copies are under way', () => {
    const { made, transit, left, send } = direction({ loss: 1e-9 });
    const then: number[] = [];
    const sends = {
      take: () => {
        send();
        then.push(...left);
      },
    };
    transit.newCopies().pass(parcelOf(new Uint8Array(100)), sends, START);
    expect([then, made.queued]).toEqual([[1], 0]);
  });

  it('lets nothing pass a copy that waits, be it only one', () => {
    const { made, transit } = direction({ duplicate: 1 });
    const copies = transit.newCopies();
    const left: number[] = [];
    const some = (id: number): Parcel => parcelOf(new Uint8Array(100), id);
    const end = { take: () => {} };
    const hop = {
      take: ({ id }: Parcel, now: Instant) => {
        left.push(id);
        if (left.length === 1) for (let each = 0; each < 4096; each += 1) copies.pass(some(0), end, now);
      },
    };
    copies.pass(some(0), { take: () => made.take(some(1), hop, START) }, START);
    expect([left, made.queued]).toEqual([[1], 1]);
    made.apply({ ...UNIMPAIRED, loss: 1e-9 }, START);
    made.take(some(2), hop, START);
    expect([left, made.queued]).toEqual([[1], 2]);
    for (let now = 1; now < 10; now += 1) transit.poll(at(now));
    expect([left, made.queued]).toEqual([[1, 1, 2], 0]);
  });
});
