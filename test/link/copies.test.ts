import { describe, expect, it } from 'vitest';
import type { Hop } from '../../src/hop.js';
import { Copies, Turns } from '../../src/link/copies.js';
import { Storage } from '../../src/link/storage.js';
import { type Parcel, parcelOf } from '../../src/parcel.js';
import { type Instant, instant, NEVER } from '../../src/time.js';
import { superDatagram } from '../support/super-datagram.js';

/** Nobody changes them. */
const OCTETS = new Uint8Array(64 * 1024);

/** Copies, and what they ask to be called at. */
class Made {
  deadline: Instant = NEVER;
  readonly storage = new Storage();
  readonly #environment = {
    turns: new Turns(),
    storage: this.storage,
    allocate: (length: number) => new Uint8Array(length),
    arm: (_: Copies, deadline: Instant) => {
      this.deadline = deadline;
    },
  };
  readonly copies = new Copies(this.#environment);
  /** Those of another sender. */
  readonly others = this.another();
  readonly dropped: string[] = [];

  another(): Copies {
    return new Copies(this.#environment);
  }

  /** Has so many copies made, each of so many octets. */
  making(to: Hop, count: number, copies = this.copies, length = 20): Hop {
    return {
      take: (_, now) => {
        for (let each = 0; each < count; each += 1) copies.pass(this.copy(length), to, now);
      },
    };
  }

  copy(length = 20): Parcel {
    return parcelOf(OCTETS.subarray(0, length), 0, (reason) => void this.dropped.push(reason));
  }

  /** Lets pass what waits, at the moment that was asked for; returns that moment. */
  wait(): Instant {
    const now = this.deadline;
    this.deadline = NEVER;
    this.copies.release(now);
    return now;
  }
}

const START = instant(0);

/** Takes so many at once, and makes nothing of them. */
const counter = () => {
  const hop: Hop & { taken: number } = {
    taken: 0,
    take: () => {
      hop.taken += 1;
    },
  };
  return hop;
};

describe('copies that links make', () => {
  it('go on at once, each of them, where nothing else is under way', () => {
    const [made, end] = [new Made(), counter()];
    for (let each = 0; each < 5000; each += 1) made.copies.pass(made.copy(), end, START);
    expect([end.taken, made.deadline]).toEqual([5000, NEVER]);
  });

  it('go on after each other, in the order in which they were made, not within each other', () => {
    const made = new Made();
    const said: string[] = [];
    const named = (name: string, ...then: Hop[]): Hop => ({
      take: (_, now) => {
        said.push(`${name} begins`);
        for (const each of then) made.copies.pass(made.copy(), each, now);
        said.push(`${name} ends`);
      },
    });
    made.copies.pass(made.copy(), named('a', named('b', named('d')), named('c')), START);
    expect(said).toEqual(['a', 'b', 'c', 'd'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('need no stack', () => {
    const made = new Made();
    let left = 4000;
    const again: Hop = {
      take: (parcel, now) => (left-- > 0 ? made.copies.pass(parcel, again, now) : undefined),
    };
    made.copies.pass(made.copy(), again, START);
    expect([left, made.deadline]).toEqual([-1, NEVER]);
  });

  it('are 4096 of one datagram at once, and only 64 while others wait', () => {
    const [made, end] = [new Made(), counter()];
    for (let each = 0; each < 3; each += 1) made.copies.pass(made.copy(), made.making(end, 4096), START);
    expect([end.taken, made.deadline]).toEqual([3 * 4096, NEVER]);
    made.copies.pass(made.copy(), made.making(end, 4097), START);
    expect([end.taken, made.deadline]).toEqual([3 * 4096, instant(1)]);
    made.others.pass(made.copy(), made.making(end, 64, made.others), START);
    expect(end.taken).toBe(3 * 4096 + 64);
    made.others.pass(made.copy(), made.making(end, 65, made.others), START);
    expect(end.taken).toBe(3 * 4096 + 64);
  });

  it('are 8 MiB of one datagram at once', () => {
    const [made, end] = [new Made(), counter()];
    made.copies.pass(made.copy(), made.making(end, 128, made.copies, 64 * 1024), START);
    expect([end.taken, made.deadline]).toEqual([128, NEVER]);
    made.copies.pass(made.copy(), made.making(end, 129, made.copies, 64 * 1024), START);
    expect([end.taken, made.deadline]).toEqual([128, instant(1)]);
  });

  it('wait their turn for as long as others do: 1000 of them, or a mebioctet, go on in a millisecond', () => {
    const [made, end] = [new Made(), counter()];
    made.copies.pass(made.copy(), made.making(end, 5000), START);
    expect([end.taken, made.deadline]).toEqual([0, instant(1)]);
    // What comes now has to wait, too, or it would go before the others.
    made.copies.pass(made.copy(), end, instant(0.5));
    made.others.pass(made.copy(), made.making(end, 1), instant(0.5));
    expect(end.taken).toBe(0);
    for (let each = 1; each <= 5; each += 1) {
      expect(made.wait()).toBe(instant(each));
      expect([end.taken, made.deadline]).toEqual([each * 1000, instant(each + 1)]);
    }
    made.wait();
    expect([end.taken, made.deadline, made.storage.octets]).toEqual([5002, NEVER, 0]);
    made.copies.pass(made.copy(), made.making(end, 129, made.copies, 64 * 1024), instant(10));
    made.wait();
    expect(end.taken).toBe(5002 + 16);
  });

  it('may be an octet short of a mebioctet, and then go on with one more', () => {
    const [made, end] = [new Made(), counter()];
    made.copies.pass(made.copy(), made.making(end, 300, made.copies, 31_775), START);
    made.wait();
    expect(end.taken).toBe(33 + 1);
  });

  it('wait for another millisecond for what becomes of those that have waited, and make no more than others', () => {
    const [made, end] = [new Made(), counter()];
    const doubling: Hop = {
      take: (_, now) => {
        end.taken += 1;
        for (let each = 0; each < 2; each += 1) made.copies.pass(made.copy(), doubling, now);
      },
    };
    made.copies.pass(made.copy(), doubling, START);
    // One, and half of those that it came to: each has made two.
    expect([end.taken, made.deadline]).toEqual([2049, instant(1)]);
    for (let each = 1; each < 10; each += 1) {
      made.wait();
      // Each that goes on counts, and the two that it makes.
      expect([end.taken, made.deadline]).toEqual([2049 + each * 334, instant(each + 1)]);
    }
  });

  it('make no more than a mebioctet in a millisecond, with what becomes of them', () => {
    const [made, end] = [new Made(), counter()];
    const doubling: Hop = {
      take: (_, now) => {
        end.taken += 1;
        made.copies.pass(made.copy(10_000), end, now);
      },
    };
    made.copies.pass(made.copy(), made.making(doubling, 200, made.copies, 64 * 1024), START);
    made.wait();
    // 14 of 64 KiB, and 10,000 octets made by each, are less than a mebioctet; then one more goes on.
    expect([end.taken, made.deadline]).toEqual([14, instant(2)]);
  });

  it('wait for the next millisecond also where only one is left', () => {
    const [made, end] = [new Made(), counter()];
    made.copies.pass(made.copy(), made.making(end, 5001), START);
    for (let each = 1; each <= 5; each += 1) made.wait();
    expect([end.taken, made.copies.held, made.deadline]).toEqual([5000, 1, instant(6)]);
    made.wait();
    expect([end.taken, made.copies.held, made.deadline]).toEqual([5001, 0, NEVER]);
  });

  it('are dropped where 8192 of a sender wait, or 8 MiB', () => {
    for (const [length, most] of [
      [20, 8192],
      [64 * 1024, 128],
      [4096, 2048],
    ] as const) {
      const [made, end] = [new Made(), counter()];
      made.copies.pass(made.copy(), made.making(end, most + 8000, made.copies, length), START);
      expect([end.taken, made.dropped.length]).toEqual([0, 8000]);
      expect(new Set(made.dropped)).toEqual(new Set(['link-queue']));
    }
  });

  it.each([
    [20, 8192, 16_384],
    [4096, 2048, 4096],
  ])('are dropped where too many of all senders wait: of %d octets', (length, each, all) => {
    const [made, end] = [new Made(), counter()];
    for (let sender = 0; sender < 5; sender += 1) {
      const copies = made.another();
      copies.pass(made.copy(), made.making(end, each + 1, copies, length), START);
    }
    expect([made.storage.octets, made.dropped.length]).toEqual([all * length, 5 * (each + 1) - all]);
  });

  it('leave their room to others when they have gone on', () => {
    const [made, end] = [new Made(), counter()];
    const senders = [made.another(), made.another(), made.another()];
    for (const [round, copies] of senders.entries()) {
      copies.pass(made.copy(), made.making(end, 2048 + 1, copies, 4096), instant(100 * round));
      for (let each = 1; each <= 8; each += 1) copies.release(instant(100 * round + each));
    }
    expect([end.taken, made.storage.octets, made.dropped.length]).toEqual([3 * 2048, 0, 3]);
    for (const copies of senders)
      copies.pass(made.copy(), made.making(end, 2048 + 1, copies, 4096), instant(1000));
    expect([made.storage.octets, made.dropped.length]).toEqual([16 * 1024 * 1024, 3 + 2 + 2049]);
  });

  it('leave no more room than theirs to others when they have gone on', () => {
    const [made, end] = [new Made(), counter()];
    made.copies.pass(made.copy(), made.making(end, 5000), START);
    for (let each = 1; each <= 5; each += 1) made.wait();
    expect([end.taken, made.storage.octets]).toEqual([5000, 0]);
    for (const copies of [made.another(), made.another(), made.another()])
      copies.pass(made.copy(), made.making(end, 8192, copies), instant(10));
    expect([made.storage.octets, made.dropped.length]).toEqual([16_384 * 20, 3 * 8192 - 16_384]);
  });

  it('do not keep those of another sender waiting, and share what goes on in a millisecond with them', () => {
    const [made, end, others] = [new Made(), counter(), counter()];
    made.copies.pass(made.copy(), made.making(end, 5000), START);
    made.others.pass(made.copy(), others, START);
    expect(others.taken).toBe(1);
    made.others.pass(made.copy(), made.making(others, 1000, made.others), START);
    expect([end.taken, others.taken]).toEqual([0, 1]);
    for (let each = 1; each <= 2; each += 1) {
      for (const copies of [made.copies, made.others]) copies.release(instant(each));
      expect([end.taken, others.taken]).toEqual([500 * each, 1 + 500 * each]);
    }
    made.copies.release(instant(3));
    expect(end.taken).toBe(2000);
  });

  it('share octets with those of another sender, too', () => {
    const [made, end, others] = [new Made(), counter(), counter()];
    made.copies.pass(made.copy(), made.making(end, 130, made.copies, 64 * 1024), START);
    made.others.pass(made.copy(), made.making(others, 130, made.others, 64 * 1024), START);
    for (const copies of [made.copies, made.others]) copies.release(instant(1));
    expect([end.taken, others.taken]).toEqual([8, 8]);
  });

  it('are dropped where the links of the lab have no room', () => {
    const [made, end] = [new Made(), counter()];
    made.storage.octets = 1024 * 1024 * 1024 - 20;
    made.copies.pass(made.copy(), made.making(end, 4097), START);
    expect([end.taken, made.copies.held, made.dropped.length]).toEqual([0, 1, 4096]);
  });

  it('wait as the datagrams that they stand for', () => {
    const made = new Made();
    const got: Parcel[] = [];
    const end: Hop = { take: (parcel) => void got.push(parcel) };
    const making: Hop = {
      take: (_, now) => {
        made.copies.pass(superDatagram({ segment: 100, length: 250 }), end, now);
        for (let each = 0; each < 4096; each += 1) made.copies.pass(made.copy(), end, now);
      },
    };
    made.copies.pass(made.copy(), making, START);
    made.wait();
    expect(
      got.slice(0, 3).map(({ octets, datagrams, isPartial }) => [octets.length, datagrams, isPartial]),
    ).toEqual([
      [128, 1, false],
      [128, 1, false],
      [78, 1, false],
    ]);
  });

  it('go on, each of them once, although one of them has failed', () => {
    const [made, end] = [new Made(), counter()];
    const failing: Hop = {
      take: (parcel, now) => {
        made.copies.pass(parcel, end, now);
        throw new Error('of the taker');
      },
    };
    expect(() => made.copies.pass(made.copy(), failing, START)).toThrow('of the taker');
    made.wait();
    made.copies.pass(made.copy(), end, instant(5));
    expect(end.taken).toBe(2);
    const second: Hop = {
      take: (parcel, now) => {
        for (const each of [end, failing, end]) made.copies.pass(parcel, each, now);
      },
    };
    expect(() => made.copies.pass(made.copy(), second, instant(6))).toThrow('of the taker');
    expect(end.taken).toBe(3);
    made.wait();
    expect([end.taken, made.deadline]).toEqual([5, NEVER]);
  });
});
