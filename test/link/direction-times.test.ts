import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ImpairmentSettings, UNIMPAIRED } from '../../src/impairments.js';
import { Dice } from '../../src/link/dice.js';
import { Direction } from '../../src/link/direction.js';
import { Transit } from '../../src/link/transit.js';
import { parcelOf } from '../../src/parcel.js';
import { duration, type Instant, instant, NEVER } from '../../src/time.js';

interface Item {
  readonly number: number;
  readonly octets: number;
  /** What the rate has not passed yet. */
  bits: number;
  /** When the last of it passed. */
  passed: number;
  /** How long it is on its way then, at most. */
  wait: number;
  readonly isInTurn: boolean;
}

type Left = readonly [at: number, number: number];

/**
 * A direction as anybody would describe it: bits pass one after the other, then each datagram is on its way for a
 * while. It looks at everything each time, and knows nothing of instants in the future but what follows from now.
 */
class Description {
  settings: ImpairmentSettings = { ...UNIMPAIRED, seed: 1 };
  readonly left: Left[] = [];
  readonly dropped: number[] = [];
  now = 0;
  items: Item[] = [];
  /** One that changes places with the next, and until when it waits for that. */
  swapped: { readonly item: Item; readonly until: number } | undefined;
  #dice = new Dice(1, 'core', 'alice');

  set(settings: Partial<ImpairmentSettings>): void {
    this.settings = { ...this.settings, ...settings };
    const { delay = 0, jitter = 0, rate = 0 } = this.settings;
    for (const item of this.items) {
      if (item.isInTurn) item.wait = Math.min(item.wait, delay + jitter);
      if (rate === 0 && item.bits > 0) Object.assign(item, { bits: 0, passed: this.now });
    }
  }

  /** When each passes the rate, and when it is due, as things are. */
  times(): { readonly item: Item; readonly due: number }[] {
    const { rate = 0 } = this.settings;
    let passed = this.now;
    let last = Number.NEGATIVE_INFINITY;
    return this.items.map((item) => {
      if (item.bits > 0) passed += (item.bits * 1000) / rate;
      const own = item.bits > 0 ? passed : item.passed;
      const due = item.isInTurn ? Math.max(last, own + item.wait) : own;
      if (item.isInTurn) last = due;
      return { item, due };
    });
  }

  get nextDue(): number {
    return Math.min(this.swapped?.until ?? NEVER, ...this.times().map(({ due }) => due));
  }

  take(number: number, octets: number): void {
    this.#dice.roll(this.settings);
    const { delay = 0, jitter = 0 } = this.settings;
    const { isReordered, isDuplicated, offset } = this.#dice;
    const isHurried = isReordered && delay + jitter > 0;
    const item = (draw: number): Item => ({
      ...{ number, octets, bits: octets * 8, passed: this.now },
      ...{ wait: isHurried ? 0 : Math.max(0, delay + draw * jitter), isInTurn: !isHurried },
    });
    if (isReordered && !isHurried && this.swapped === undefined) {
      if (this.#hasRoom(item(0))) this.swapped = { item: item(0), until: this.now + 250 };
    } else {
      this.#queue(item(offset));
      this.#swap();
    }
    if (isDuplicated) this.#queue(item(offset));
  }

  advance(to: number): void {
    while (this.nextDue <= to) {
      this.#pass(Math.max(this.now, this.nextDue));
      if (this.swapped !== undefined && this.swapped.until <= this.now) this.#swap();
      this.#letGo();
    }
    this.#pass(to);
  }

  cut(): void {
    const all = [...this.items, ...(this.swapped === undefined ? [] : [this.swapped.item])];
    this.dropped.push(...all.map(({ number }) => number));
    this.items = [];
    this.swapped = undefined;
  }

  get held(): readonly Item[] {
    return [...this.items, ...(this.swapped === undefined ? [] : [this.swapped.item])];
  }

  /** Time goes on, and bits pass. */
  #pass(to: number): void {
    const { rate = 0 } = this.settings;
    let at = this.now;
    for (const item of this.items) {
      if (item.bits === 0) continue;
      const bits = Math.min(item.bits, ((to - at) * rate) / 1000);
      at += (bits * 1000) / rate;
      item.bits -= bits;
      if (item.bits > 0) break;
      item.passed = at;
    }
    this.now = to;
  }

  #letGo(): void {
    const isDue = new Set(this.times().flatMap(({ item, due }) => (due <= this.now ? [item] : [])));
    for (const { number } of isDue) this.left.push([this.now, number]);
    this.items = this.items.filter((item) => !isDue.has(item));
  }

  #hasRoom({ number }: Item): boolean {
    const { queue = 0 } = this.settings;
    if (queue === 0 || this.held.length < queue) return true;
    this.dropped.push(number);
    return false;
  }

  #queue(item: Item): void {
    const { rate = 0 } = this.settings;
    if (rate === 0) item.bits = 0;
    const before = this.items;
    this.items = [...before, item];
    this.#letGo();
    if (!this.items.includes(item) || before.length === this.items.length) return;
    this.items = before;
    if (this.#hasRoom(item)) this.items = [...before, item];
  }

  #swap(): void {
    const item = this.swapped?.item;
    if (item === undefined) return;
    this.swapped = undefined;
    const { delay = 0 } = this.settings;
    this.#queue({ ...item, passed: this.now, wait: delay });
  }
}

/** The same through a direction, in virtual time. */
class Real {
  readonly transit = new Transit(() => 0.5);
  readonly left: Left[] = [];
  readonly dropped: number[] = [];
  now: Instant = instant(0);
  readonly direction = new Direction({
    link: 'core',
    sender: 'alice',
    transit: this.transit,
    allocate: (length) => new Uint8Array(length),
    refused: (_, { id }) => void this.dropped.push(id),
  });
  #settings: ImpairmentSettings = { ...UNIMPAIRED, seed: 1 };

  constructor() {
    this.set({});
  }

  set(settings: Partial<ImpairmentSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.direction.apply(this.#settings, this.now);
  }

  take(number: number, octets: number): void {
    const parcel = parcelOf(new Uint8Array(octets), number, (_, { id }) => void this.dropped.push(id));
    this.direction.take(parcel, { take: ({ id }, at) => void this.left.push([at, id]) }, this.now);
  }

  advance(to: number): void {
    for (let due = this.transit.nextDeadline(); due <= to; due = this.transit.nextDeadline()) {
      this.now = due > this.now ? due : this.now;
      this.transit.poll(this.now);
    }
    this.now = instant(to);
  }
}

/** Which of those that leave together comes first is said elsewhere. */
const sorted = (left: readonly Left[]): Left[] =>
  left.toSorted(([at, number], [otherAt, other]) => at - otherAt || number - other);

const compare = (real: Real, description: Description): void => {
  const { direction, transit } = real;
  const { held, nextDue } = description;
  expect({
    left: sorted(real.left),
    dropped: real.dropped.toSorted((a, b) => a - b),
    held: [direction.queued, direction.queuedOctets, transit.storage.octets],
    isCalledInTime: transit.nextDeadline() <= nextDue,
  }).toEqual({
    left: sorted(description.left),
    dropped: description.dropped.toSorted((a, b) => a - b),
    held: [held.length, ...Array(2).fill(held.reduce((sum, { octets }) => sum + octets, 0))],
    isCalledInTime: true,
  });
};

describe('what is sent in one direction of a link', () => {
  // Powers of two, so that every instant is exact, however it is computed.
  const some = <Value>(...values: readonly Value[]) => fc.constantFrom(undefined, ...values);
  const settings = fc.record(
    {
      rate: some(250_000, 500_000, 1_000_000, 4_000_000),
      delay: some(...[1, 4, 16].map(duration)),
      jitter: some(...[0.5, 8].map(duration)),
      reorder: some(0.5, 1),
      duplicate: some(0.25),
      queue: some(1, 2, 5),
    },
    { requiredKeys: [] },
  );
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ octets: fc.constantFrom(125, 125, 500, 1250) }) },
    { weight: 4, arbitrary: fc.record({ wait: fc.constantFrom(0.25, 1, 3, 10, 300) }) },
    { weight: 3, arbitrary: fc.record({ settings }) },
    { weight: 1, arbitrary: fc.constant({ cut: true as const }) },
  );

  it('leaves, is held and is dropped as the settings say, whatever they were when it came', () => {
    fc.assert(
      fc.property(settings, fc.array(step, { minLength: 10, maxLength: 50 }), (first, steps) => {
        const [real, description] = [new Real(), new Description()];
        let number = 0;
        for (const each of [{ settings: first }, ...steps]) {
          if ('octets' in each) {
            number += 1;
            for (const one of [real, description]) one.take(number, each.octets);
          } else if ('wait' in each) for (const one of [real, description]) one.advance(one.now + each.wait);
          else if ('settings' in each) for (const one of [real, description]) one.set(each.settings);
          else {
            real.direction.cut(real.now);
            description.cut();
          }
          // What is due now leaves when the loop comes to it.
          for (const one of [real, description]) one.advance(one.now);
          compare(real, description);
        }
        for (const one of [real, description]) one.advance(one.now + 10_000);
        compare(real, description);
      }),
      { numRuns: 100 },
    );
  });
});
