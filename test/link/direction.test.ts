import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DropReason } from '../../src/drop-reason.js';
import type { Hop } from '../../src/hop.js';
import { type ImpairmentSettings, UNIMPAIRED } from '../../src/impairments.js';
import { Direction } from '../../src/link/direction.js';
import { Transit } from '../../src/link/transit.js';
import { type Parcel, parcelOf } from '../../src/parcel.js';
import { type Duration, duration, type Instant, instant, milliseconds } from '../../src/time.js';

interface Arrived {
  readonly at: Instant;
  readonly number: number;
  readonly octets: Uint8Array;
}

/** A direction in virtual time; each datagram carries its number in its first four octets. */
class Wire {
  readonly transit = new Transit(() => 0.25);
  readonly direction: Direction;
  readonly arrived: Arrived[] = [];
  readonly dropped: (readonly [number, DropReason])[] = [];
  /** Of copies that the link made. */
  readonly lostCopies: DropReason[] = [];
  now: Instant = instant(0);
  #sent = 0;
  readonly #to: Hop = {
    take: ({ octets }, at) => void this.arrived.push({ at, number: numberOf(octets), octets }),
  };

  constructor(settings: Partial<ImpairmentSettings>) {
    this.direction = new Direction({
      link: 'core',
      sender: 'alice',
      transit: this.transit,
      allocate: (length) => new Uint8Array(length),
      refused: (reason) => void this.lostCopies.push(reason),
    });
    this.set(settings);
  }

  set(settings: Partial<ImpairmentSettings>): void {
    this.direction.apply({ ...UNIMPAIRED, ...settings }, this.now);
  }

  send(length = 100, id?: number): void {
    const octets = new Uint8Array(length);
    new DataView(octets.buffer).setUint32(0, this.#sent++);
    const refused = (reason: DropReason, parcel: Parcel) =>
      void this.dropped.push([numberOf(parcel.octets), reason]);
    this.direction.take(parcelOf(octets, id ?? this.#sent, refused), this.#to, this.now);
  }

  /** Sends so many while another copy is under way. */
  sendWhileBusy(count: number): void {
    const sender: Hop = {
      take: () => {
        for (let each = 0; each < count; each += 1) this.send();
      },
    };
    this.transit.newCopies().pass(parcelOf(new Uint8Array(0)), sender, this.now);
  }

  advance(wait: Duration): void {
    const end = instant(this.now + wait);
    for (let due = this.transit.nextDeadline(); due <= end; due = this.transit.nextDeadline()) {
      this.now = instant(Math.max(this.now, due));
      this.transit.poll(this.now);
    }
    this.now = end;
  }

  get numbers(): number[] {
    return this.arrived.map(({ number }) => number);
  }
}

const numberOf = (octets: Uint8Array): number => new DataView(octets.buffer, octets.byteOffset).getUint32(0);

const MANY = 100_000;

/** Whether a count is what chance gives, within four standard deviations. */
const expectShare = (count: number, share: number, of = MANY): void => {
  const deviation = Math.sqrt(of * share * (1 - share));
  expect(Math.abs(count - of * share), `${count} of ${of}`).toBeLessThan(4 * deviation);
};

describe('chance', () => {
  const sendMany = (settings: Partial<ImpairmentSettings>): Wire => {
    const wire = new Wire({ seed: 42, ...settings });
    for (let i = 0; i < MANY; i += 1) wire.send(20);
    return wire;
  };

  it.each([0.0001, 0.005, 0.3, 0.9])('loses the share %d, each on its own', (loss) => {
    const { direction, dropped, arrived } = sendMany({ loss });
    expectShare(dropped.length, loss);
    expect(direction.counts.lost).toBe(dropped.length);
    expect(arrived).toHaveLength(MANY - dropped.length);
    expect(new Set(dropped.map(([, reason]) => reason))).toEqual(new Set(['link-loss']));
    const pairs = dropped.filter(([number], at) => dropped[at - 1]?.[0] === number - 1).length;
    expectShare(pairs, loss * loss);
  });

  it.each([
    [0.005, 3],
    [0.02, 10],
    [0.5, 2],
    [0.9, 40],
  ])('loses the share %d in bursts of mean length %d', (loss, burst) => {
    const lost = new Set(sendMany({ loss, burst }).dropped.map(([number]) => number));
    const bursts = [...lost].filter((number) => !lost.has(number - 1)).length;
    const mean = lost.size / bursts;
    // A geometric length has the deviation √(b (b - 1)).
    expect(Math.abs(mean - burst)).toBeLessThan((4 * Math.sqrt(burst * (burst - 1))) / Math.sqrt(bursts));
    // Losses of a burst hang together, so the share varies as if there were as many fewer datagrams.
    expect(Math.abs(lost.size / MANY - loss)).toBeLessThan(
      4 * Math.sqrt((loss * (1 - loss) * 2 * burst) / MANY),
    );
  });

  it('makes no burst shorter than single losses make them', () => {
    const lost = new Set(sendMany({ loss: 0.9, burst: 2 }).dropped.map(([number]) => number));
    expectShare(lost.size, 0.9);
  });

  it.each([0, 1])('loses the share %d to the last datagram', (loss) => {
    expect(sendMany({ loss, burst: 3 }).dropped).toHaveLength(loss * MANY);
  });

  it('doubles a share', () => {
    const { direction, arrived } = sendMany({ duplicate: 0.02 });
    expectShare(arrived.length - MANY, 0.02);
    expect(direction.counts.duplicated).toBe(arrived.length - MANY);
  });

  it('flips one bit in a share, anywhere, and nothing in the rest', () => {
    const { direction, arrived } = sendMany({ corrupt: 0.02 });
    const bits = new Map<number, number>();
    let most = 0;
    for (const [at, { octets }] of arrived.entries()) {
      let flipped = 0;
      for (let i = 0; i < 20; i += 1) {
        const wrong = octets[i]! ^ (i < 4 ? (at >>> (24 - 8 * i)) & 255 : 0);
        for (let bit = 0; wrong >>> bit > 0; bit += 1)
          if ((wrong >>> bit) & 1) {
            flipped += 1;
            bits.set(i * 8 + bit, (bits.get(i * 8 + bit) ?? 0) + 1);
          }
      }
      most = Math.max(most, flipped);
    }
    const total = [...bits.values()].reduce((sum, each) => sum + each, 0);
    expect(most).toBe(1);
    expectShare(total, 0.02);
    expect(direction.counts.corrupted).toBe(total);
    expect(bits.size).toBe(160);
  });

  it('draws the delay evenly from delay ± jitter', () => {
    const wire = new Wire({ seed: 42, delay: milliseconds(20), jitter: milliseconds(8) });
    const delays: number[] = [];
    for (let i = 0; i < MANY; i += 1) {
      const sentAt = wire.now;
      wire.send(20);
      wire.advance(milliseconds(30));
      delays.push(wire.arrived.at(-1)!.at - sentAt);
    }
    expect(delays.reduce((a, b) => Math.min(a, b))).toBeGreaterThan(12 - 1e-6);
    expect(delays.reduce((a, b) => Math.max(a, b))).toBeLessThan(28 + 1e-6);
    for (let from = 12; from < 28; from += 2)
      expectShare(delays.filter((delay) => delay >= from && delay < from + 2).length, 1 / 8);
  });

  it('lets a share overtake', () => {
    const wire = new Wire({ seed: 42, delay: milliseconds(10), reorder: 0.05 });
    for (let i = 0; i < MANY; i += 1) {
      wire.send(20);
      wire.advance(milliseconds(1));
    }
    wire.advance(milliseconds(10));
    expect(wire.arrived).toHaveLength(MANY);
    const early = wire.arrived.filter(({ at, number }) => at < number + 10).length;
    expectShare(early, 0.05);
  });
});

describe('the same seed and datagrams', () => {
  const fates = (settings: Partial<ImpairmentSettings>, count = 400): string => {
    const wire = new Wire(settings);
    for (let i = 0; i < count; i += 1) {
      wire.send(60);
      wire.advance(milliseconds(5));
    }
    return wire.dropped
      .filter(([, reason]) => reason === 'link-loss')
      .map(([number]) => number)
      .join(' ');
  };

  it('lose the same ones, whatever else is set', () => {
    const share = fc.constantFrom(0, 0.1, 0.5, 1);
    fc.assert(
      fc.property(
        fc.nat(0xffffffff),
        fc.constantFrom(0.01, 0.1, 0.5),
        fc.constantFrom(0, 4),
        fc.record({ duplicate: share, reorder: share, corrupt: share }),
        fc.constantFrom(0, 3, 1000),
        fc.constantFrom(0, 1e5, 1e8),
        (seed, loss, burst, others, delay, rate) => {
          const settings = { seed, loss, burst };
          const more = { ...others, delay: duration(delay), jitter: duration(delay / 2), rate, queue: 7 };
          expect(fates({ ...settings, ...more })).toBe(fates(settings));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('lose others with another seed, and the same again once it starts again', () => {
    const loss = 0.2;
    expect(fates({ seed: 1, loss })).not.toBe(fates({ seed: 2, loss }));
    const wire = new Wire({ seed: 1, loss });
    const round = (): string => {
      wire.dropped.length = 0;
      wire.arrived.length = 0;
      for (let i = 0; i < 200; i += 1) wire.send();
      const first = wire.dropped[0]![0] - (wire.dropped[0]![0] % 200);
      return wire.dropped.map(([number]) => number - first).join(' ');
    };
    const one = round();
    wire.direction.restart();
    expect(round()).toBe(one);
    expect(round()).not.toBe(one);
    wire.set({ seed: 2, loss });
    wire.set({ seed: 1, loss });
    expect(round()).toBe(one);
  });

  it('lose the same ones where the losses are switched on later', () => {
    const later = new Wire({ seed: 5 });
    for (let i = 0; i < 100; i += 1) later.send();
    later.set({ seed: 5, loss: 0.3 });
    for (let i = 0; i < 100; i += 1) later.send();
    const all = new Wire({ seed: 5, loss: 0.3 });
    for (let i = 0; i < 200; i += 1) all.send();
    expect(later.dropped).toEqual(all.dropped.filter(([number]) => number >= 100));
  });
});

describe('delay', () => {
  it('is exact, and keeps octets that others write over', () => {
    const wire = new Wire({ delay: milliseconds(15) });
    const octets = Uint8Array.of(0, 0, 0, 7, 1, 2, 3);
    wire.direction.take(
      parcelOf(octets, 9),
      { take: (each, at) => expect([each.id, at]).toEqual([9, 15]) },
      wire.now,
    );
    octets.fill(255);
    wire.advance(milliseconds(14.999));
    expect(wire.direction.queued).toBe(1);
    wire.advance(milliseconds(1));
    expect(wire.direction).toMatchObject({ queued: 0, queuedOctets: 0 });
    expect(wire.transit.storage.octets).toBe(0);
    expect.assertions(4);
  });

  it('with more jitter than itself is never below zero, and keeps the order', () => {
    const wire = new Wire({ seed: 3, delay: milliseconds(1), jitter: milliseconds(50) });
    for (let i = 0; i < 2000; i += 1) {
      wire.send();
      wire.advance(milliseconds(1));
    }
    wire.advance(milliseconds(60));
    expect(wire.numbers).toEqual([...Array(2000).keys()]);
    for (const { at, number } of wire.arrived) expect(at).toBeGreaterThanOrEqual(number);
  });

  it('of 300 ms holds all of 1 Gbit/s', () => {
    const wire = new Wire({ delay: milliseconds(300) });
    for (let ms = 0; ms < 700; ms += 1) {
      for (let i = 0; i < 83; i += 1) wire.send(1500);
      wire.advance(milliseconds(1));
    }
    wire.advance(milliseconds(300));
    expect(wire.dropped).toEqual([]);
    expect(wire.arrived).toHaveLength(700 * 83);
    expect(wire.arrived.every(({ at, number }) => Math.abs(at - Math.floor(number / 83) - 300) < 1e-6)).toBe(
      true,
    );
  });

  it('of an hour fills 64 MiB, drops the rest, and gives all of it back', () => {
    const wire = new Wire({ delay: milliseconds(3_600_000) });
    const fit = Math.floor((64 * 1024 * 1024) / 60_000);
    for (let i = 0; i < fit + 10; i += 1) wire.send(60_000);
    expect(wire.direction.queued).toBe(fit);
    expect(wire.dropped.map(([, reason]) => reason)).toEqual(Array(10).fill('link-queue'));
    expect(wire.direction.counts.dropped).toBe(10);
    wire.advance(milliseconds(3_600_000));
    expect(wire.arrived).toHaveLength(fit);
    expect(wire.transit.storage.octets).toBe(0);
  });

  it('that becomes shorter also shortens the way of what is held, in order', () => {
    const wire = new Wire({ delay: milliseconds(3_600_000) });
    for (let i = 0; i < 3000; i += 1) wire.send();
    wire.set({ delay: milliseconds(10) });
    wire.send();
    wire.advance(milliseconds(10));
    expect(wire.numbers).toEqual([...Array(3001).keys()]);
    wire.set({ delay: milliseconds(1000) });
    wire.send();
    wire.set({});
    wire.send();
    wire.advance(milliseconds(0));
    expect(wire.numbers.slice(-2)).toEqual([3001, 3002]);
  });

  it('that becomes longer leaves alone what is on its way', () => {
    const wire = new Wire({ delay: milliseconds(10) });
    wire.send();
    wire.set({ delay: milliseconds(100) });
    wire.send();
    wire.advance(milliseconds(200));
    expect(wire.arrived.map(({ at }) => at)).toEqual([10, 100]);
  });
});

describe('reordering without a delay', () => {
  it('changes places with the next', () => {
    const wire = new Wire({ reorder: 1 });
    for (let i = 0; i < 6; i += 1) wire.send();
    expect(wire.numbers).toEqual([1, 0, 3, 2, 5, 4]);
  });

  it('does not wait for ever', () => {
    const wire = new Wire({ reorder: 1 });
    wire.send();
    expect(wire.arrived).toEqual([]);
    wire.advance(milliseconds(1000));
    expect(wire.numbers).toEqual([0]);
  });
});

describe('the rate', () => {
  it.each([1e5, 5e6, 1e9])('passes %d bits of datagrams a second, give or take 3 in 100', (rate) => {
    const wire = new Wire({ rate });
    let offered = 0;
    const length = rate < 1e6 ? 100 : 1500;
    for (let ms = 0; ms < 500; ms += 1) {
      for (; offered < (1.2 * rate * ms) / 1000; offered += 8 * length) wire.send(length);
      wire.advance(milliseconds(1));
    }
    const bits = wire.arrived.reduce((sum, { octets }) => sum + octets.length * 8, 0);
    expect(Math.abs(bits / (0.5 * rate) - 1)).toBeLessThan(0.03);
  });

  it('takes its time for a single datagram, and the delay comes after it', () => {
    const wire = new Wire({ rate: 1_000_000, delay: milliseconds(5) });
    wire.send(1250);
    wire.send(1250);
    wire.advance(milliseconds(100));
    expect(wire.arrived.map(({ at }) => at)).toEqual([15, 25]);
  });

  it('that changes passes what waits as it is now', () => {
    const wire = new Wire({ rate: 100_000 });
    for (let i = 0; i < 3; i += 1) wire.send(1250);
    wire.advance(milliseconds(50));
    wire.set({ rate: 1_000_000 });
    wire.send(1250);
    wire.advance(milliseconds(100));
    expect(wire.arrived.map(({ at }) => Math.round(at * 1e6) / 1e6)).toEqual([55, 65, 75, 85]);
    wire.set({ rate: 1000 });
    wire.send();
    wire.set({});
    wire.advance(milliseconds(0));
    expect(wire.arrived).toHaveLength(5);
  });

  it('is kept by what leaves without the delay', () => {
    const wire = new Wire({ rate: 1_000_000, delay: milliseconds(50), reorder: 1 });
    for (let i = 0; i < 3; i += 1) wire.send(1250);
    wire.advance(milliseconds(100));
    expect(wire.arrived.map(({ at }) => at)).toEqual([10, 20, 30]);
  });
});

describe('the queue', () => {
  it('drops at its tail what waits for the rate', () => {
    const wire = new Wire({ rate: 1_000_000, queue: 3 });
    for (let i = 0; i < 5; i += 1) wire.send(1250);
    expect(wire.direction.queued).toBe(3);
    expect(wire.dropped).toEqual([
      [3, 'link-queue'],
      [4, 'link-queue'],
    ]);
    wire.advance(milliseconds(10));
    wire.send(1250);
    wire.advance(milliseconds(100));
    // What was dropped took none of the rate.
    expect(wire.arrived.map(({ at, number }) => [at, number])).toEqual([
      [10, 0],
      [20, 1],
      [30, 2],
      [40, 5],
    ]);
  });

  it('also limits what is only delayed, and counts copies that the link made', () => {
    const wire = new Wire({ delay: milliseconds(10), queue: 3, duplicate: 1 });
    wire.send();
    wire.send();
    expect(wire.direction.queued).toBe(3);
    expect(wire.lostCopies).toEqual(['link-queue']);
    expect(wire.dropped).toEqual([]);
  });

  it('doubles one after the other, also if they are the same, without end', () => {
    const wire = new Wire({ duplicate: 1 });
    for (let each = 0; each < 100; each += 1) wire.send(100, 1);
    expect([wire.arrived.length, wire.dropped, wire.lostCopies]).toEqual([200, [], []]);
  });

  it('holds what comes behind copies that wait, so that all keep their order', () => {
    const wire = new Wire({ duplicate: 1 });
    wire.sendWhileBusy(2100);
    expect([wire.arrived.length, wire.direction.queued]).toEqual([0, 4200]);
    wire.set({});
    wire.send();
    expect([wire.arrived.length, wire.direction.queued]).toEqual([0, 4201]);
    wire.advance(milliseconds(10));
    expect([wire.numbers.length, wire.direction.queued]).toEqual([4201, 0]);
    expect(wire.numbers).toEqual([...wire.numbers].sort((a, b) => a - b));
  });

  it('has no copies left that wait when the link is cut', () => {
    const wire = new Wire({ duplicate: 1 });
    wire.sendWhileBusy(2100);
    wire.direction.cut(wire.now);
    expect([wire.direction.queued, wire.transit.storage.octets]).toEqual([0, 0]);
    expect([wire.dropped.length, wire.lostCopies.length, wire.direction.counts.dropped]).toEqual([
      2100, 2100, 4200,
    ]);
    wire.advance(milliseconds(10));
    wire.set({});
    wire.send();
    expect(wire.numbers).toEqual([2100]);
  });

  it('has what waits its turn refused where it was sent, though the sender hands the same on to others meanwhile', () => {
    const wire = new Wire({ duplicate: 1 });
    const refusals: string[] = [];
    const sent = parcelOf(new Uint8Array(100), 1, () => void refusals.push('of this link'));
    const to: Hop = { take: (parcel, now) => parcel.refused?.('link-down', parcel, now) };
    const sender: Hop = {
      take: (_, now) => {
        wire.direction.take(sent, to, now);
        sent.refused = () => void refusals.push('of another link');
      },
    };
    wire.transit.newCopies().pass(parcelOf(new Uint8Array(0)), sender, wire.now);
    expect([refusals, wire.lostCopies]).toEqual([['of this link'], ['link-down']]);
  });

  it('is empty after the link was cut, and everything in it is accounted for', () => {
    const wire = new Wire({ rate: 1_000_000, delay: milliseconds(10), reorder: 0.5, seed: 8 });
    for (let i = 0; i < 50; i += 1) wire.send();
    wire.advance(milliseconds(5));
    const arrived = wire.arrived.length;
    wire.direction.cut(wire.now);
    expect(wire.dropped).toHaveLength(50 - arrived);
    expect(new Set(wire.dropped.map(([, reason]) => reason))).toEqual(new Set(['link-down']));
    wire.advance(milliseconds(1000));
    expect(wire.arrived).toHaveLength(arrived);
    expect(wire.direction.queued).toBe(0);
    expect(wire.transit.storage.octets).toBe(0);
  });
});
