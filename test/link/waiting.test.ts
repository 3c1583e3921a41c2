import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Storage } from '../../src/link/storage.js';
import { Waiting } from '../../src/link/waiting.js';
import { type Parcel, parcelOf } from '../../src/parcel.js';
import { instant, NEVER } from '../../src/time.js';

const hop = () => ({ take: () => {} });
const allocate = (length: number) => new Uint8Array(length);

interface Model {
  readonly parcel: Parcel;
  readonly to: ReturnType<typeof hop>;
  finish: number;
  due: number;
}

/** A queue and what should be in it. */
class Both {
  readonly storage = new Storage();
  readonly waiting = new Waiting(this.storage);
  readonly model: Model[] = [];
  #serial = 0;

  push(length: number, datagrams: number): void {
    const serial = ++this.#serial;
    const octets = new Uint8Array(length).fill(serial & 255);
    if (length > 0) octets[length - 1] = serial >> 8;
    const parcel = { ...parcelOf(octets, serial, () => {}), segment: serial + 1, datagrams };
    const one = {
      parcel: { ...parcel, octets: octets.slice() },
      to: hop(),
      finish: serial * 3,
      due: serial * 5,
    };
    this.waiting.push(parcel, one.to, instant(one.finish), instant(one.due));
    octets.fill(0);
    this.model.push(one);
  }

  shift(): void {
    const wanted = this.model.shift();
    if (wanted === undefined) return;
    const { parcel, to } = this.waiting.shift(allocate);
    const { octets, ...others } = parcel;
    const { octets: wantedOctets, ...wantedOthers } = wanted.parcel;
    // Octet by octet, an assertion would take seconds.
    expect(Buffer.compare(octets, wantedOctets)).toBe(0);
    expect(others).toEqual(wantedOthers);
    expect(to).toBe(wanted.to);
  }

  check(): void {
    const sum = (of: (one: Model) => number) => this.model.reduce((all, one) => all + of(one), 0);
    const octets = sum(({ parcel }) => parcel.octets.length);
    const { count, datagrams, due } = this.waiting;
    expect([count, datagrams, this.waiting.octets, this.storage.octets, due]).toEqual([
      this.model.length,
      sum(({ parcel }) => parcel.datagrams),
      octets,
      octets,
      this.model[0]?.due ?? NEVER,
    ]);
    for (const [at, { finish, due: wanted, parcel }] of this.model.entries())
      expect([this.waiting.finishAt(at), this.waiting.dueAt(at), this.waiting.lengthAt(at)]).toEqual([
        finish,
        wanted,
        parcel.octets.length,
      ]);
  }
}

describe('what waits in one direction of a link', () => {
  it('is what came, in order and whole, however much there is and whoever writes over it', () => {
    const step = fc.oneof(
      fc.record({
        push: fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.constantFrom(0, 65_535, 65_536)),
        times: fc.integer({ min: 1, max: 20 }),
        datagrams: fc.integer({ min: 1, max: 40 }),
      }),
      fc.record({ shift: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ retime: fc.nat(50) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const both = new Both();
        for (const each of steps) {
          if ('push' in each) for (let i = 0; i < each.times; i += 1) both.push(each.push, each.datagrams);
          else if ('shift' in each) for (let i = 0; i < each.shift; i += 1) both.shift();
          else if (both.model.length > 0) {
            const at = each.retime % both.model.length;
            Object.assign(both.model[at]!, { finish: 7, due: 9 });
            both.waiting.retime(at, instant(7), instant(9));
          }
          both.check();
        }
        while (both.model.length > 0) both.shift();
        both.check();
      }),
      { numRuns: 60 },
    );
  });

  it('shares pieces of the storage, and gives all of them back', () => {
    const storage = new Storage();
    const [take, giveBack] = [storage.take.bind(storage), storage.giveBack.bind(storage)];
    let [taken, given] = [0, 0];
    storage.take = () => {
      taken += 1;
      return take();
    };
    storage.giveBack = (slab) => {
      given += 1;
      giveBack(slab);
    };
    const waiting = new Waiting(storage);
    for (let round = 1; round <= 3; round += 1) {
      for (let i = 0; i < 2600; i += 1) waiting.push(parcelOf(new Uint8Array(100)), hop(), NEVER, NEVER);
      // 260,000 octets, in pieces of 131,072.
      expect(taken).toBe(2 * round);
      while (waiting.count > 0) waiting.shift(allocate);
      expect(given).toBe(taken);
    }
  });

  it('fills a piece to the last octet before it takes another', () => {
    const storage = new Storage();
    const take = storage.take.bind(storage);
    let taken = 0;
    storage.take = () => {
      taken += 1;
      return take();
    };
    const waiting = new Waiting(storage);
    const counts = [65_536, 65_535, 1, 1].map((length) => {
      waiting.push(parcelOf(new Uint8Array(length)), hop(), NEVER, NEVER);
      return taken;
    });
    expect(counts).toEqual([1, 1, 1, 2]);
  });

  it('may be thousands, or the longest there are, again and again', () => {
    const both = new Both();
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 5000; i += 1) both.push(i % 50 === 0 ? 65_535 : i % 100, 1);
      for (let i = 0; i < 1000; i += 1) both.shift();
      for (let i = 0; i < 10; i += 1) both.push(65_535, 2);
      while (both.model.length > 0) both.shift();
      both.check();
    }
  });
});
