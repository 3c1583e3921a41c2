import { describe, expect, it } from 'vitest';
import { type Address, type Prefix, prefixOf } from '../../src/address.js';
import { type CompiledEntry, Fib, type FibEntries, type FibEntry } from '../../src/ip/fib.js';
import { PrefixTable } from '../../src/ip/prefix-table.js';
import { type Random, randomBelow, seededRandom } from '../../src/random.js';
import { edgesOf, NaivePrefixes, someBlock, somePrefix } from './naive-prefixes.js';

const ENTRIES = 40;

const NO_WAY: FibEntry = { kind: 'route', interface: undefined, way: undefined, tosWays: [] };

/** Entries by number, every fifth of which has no way that can be used. */
class Entries implements FibEntries {
  changes = 0;
  compilations = 0;
  reads = 0;
  readonly #all: (CompiledEntry | undefined)[] = [];
  readonly #numbers = new Map<FibEntry, number>();

  /** There are those up to `ENTRIES`, and more. */
  constructor(more: readonly number[]) {
    for (const number of [...Array(ENTRIES).keys(), ...more]) {
      if (number === 0) continue;
      const entry = { ...NO_WAY, isUsable: number % 5 !== 0, compiledAt: -1 };
      this.#all[number] = entry;
      this.#numbers.set(entry, number);
    }
  }

  numberOf(entry: FibEntry): number {
    return this.#numbers.get(entry) ?? -1;
  }

  get all(): readonly (CompiledEntry | undefined)[] {
    this.reads += 1;
    return this.#all;
  }
  compile(number: number): void {
    Object.assign(this.#all[number]!, { isUsable: this.isUsable(number), compiledAt: this.changes });
    this.compilations += 1;
  }
  /** It changes whenever anything does. */
  readonly isUsable = (number: number): boolean => (number + this.changes) % 5 !== 0;
}

/** A FIB that follows a table, beside a model of it; `check` compares what both say of addresses. */
const beside = (more: readonly number[] = []) => {
  const [entries, table, model] = [new Entries(more), new PrefixTable(), new NaivePrefixes()];
  const fib = new Fib(table, entries);
  const wrong: string[] = [];
  const check = (addresses: readonly Address[]): void => {
    for (const address of addresses) {
      const wanted = model.longest(address, entries.isUsable);
      const found = fib.lookup(address);
      const number = found === undefined ? 0 : entries.numberOf(found);
      const prefix = fib.prefixOf(address);
      if (number !== (wanted === undefined ? 0 : model.get(wanted)))
        wrong.push(`${address.toString(16)}: entry ${number}`);
      if (prefix?.network !== wanted?.network || prefix?.length !== wanted?.length)
        wrong.push(`${address.toString(16)}: ${JSON.stringify(prefix)}, not ${JSON.stringify(wanted)}`);
    }
  };
  const set = (prefix: Prefix, number: number): void => {
    table.set(prefix.network, prefix.length, number);
    model.set(prefix, number);
    fib.changed();
  };
  const remove = (prefix: Prefix): void => {
    table.delete(prefix.network, prefix.length);
    model.delete(prefix);
    fib.changed();
  };
  const change = (): void => {
    entries.changes += 1;
    fib.changed();
  };
  return { fib, table, entries, model, wrong, check, set, remove, change };
};

describe('the longest prefix', () => {
  /** Prefixes come and go, and after each change addresses at its edges and elsewhere are looked up. */
  const follow = (seed: number, size: number, steps: number, pick: (random: Random) => Prefix) => {
    const random = seededRandom(seed);
    const { model, wrong, check, set, remove, change } = beside();
    const known: Prefix[] = [];
    const add = (): Prefix => {
      const prefix = pick(random);
      set(prefix, 1 + randomBelow(random, ENTRIES - 1));
      known.push(prefix);
      return prefix;
    };
    while (model.size < size) add();
    for (const { network } of known.filter((_, at) => at % 7 === 0)) check([network]);
    for (let step = 0; step < steps; step += 1) {
      if (step % 40 === 0) change();
      const isAdded = random() < 0.5 || known.length < 2;
      const prefix = isAdded ? add() : known.splice(randomBelow(random, known.length), 1)[0]!;
      if (!isAdded) remove(prefix);
      const other = known[randomBelow(random, known.length)]!;
      check([...edgesOf(prefix), ...edgesOf(other), randomBelow(random, 2 ** 32), 0, 2 ** 32 - 1]);
    }
    return wrong;
  };

  it.each<[string, number, number, (random: Random) => Prefix]>([
    ['a few that nest', 5, 300, somePrefix],
    ['hundreds', 300, 200, somePrefix],
    ['more than a thousand', 1300, 500, somePrefix],
    ['more than a thousand blocks beside each other', 1300, 200, someBlock],
    [
      'a thousand host routes in one /16',
      1300,
      200,
      (random) => prefixOf(0x0b0b0000 + randomBelow(random, 4000), 27 + randomBelow(random, 6)),
    ],
    [
      'a thousand, and everything around them',
      1100,
      400,
      (random) =>
        random() < 0.5
          ? someBlock(random)
          : prefixOf(0x0b000000 + randomBelow(random, 0x400000), 6 + randomBelow(random, 19)),
    ],
  ])('is what a look into a map for each length finds, among %s', (_, size, steps, pick) => {
    expect(follow(size + steps, size, steps, pick)).toEqual([]);
  });

  it('is found while a table grows into one of many prefixes, and is empty again', () => {
    const random = seededRandom(9);
    const { model, wrong, check, set, remove } = beside();
    const known: Prefix[] = [];
    while (model.size < 1200) {
      const prefix = somePrefix(random);
      set(prefix, 1 + randomBelow(random, ENTRIES - 1));
      known.push(prefix);
      if (model.size % 50 === 0 || Math.abs(model.size - 1024) < 4) check(edgesOf(prefix));
    }
    for (const [at, prefix] of known.entries()) {
      remove(prefix);
      if (at % 20 === 0) check(edgesOf(prefix));
    }
    check([0, 0x0a080000, 2 ** 32 - 1]);
    expect(wrong).toEqual([]);
  });

  it('is the default route where nothing is longer, in a small table and in a large one', () => {
    for (const count of [0, 1100]) {
      const { fib, wrong, check, set } = beside();
      set(prefixOf(0, 0), 1);
      for (let at = 0; at < count; at += 1) set(prefixOf(0x14000000 + at * 0x200, 24), 2);
      check([0, 1, 0x14000001, 0x14000101, 0x13ffffff, 0x80000000, 2 ** 32 - 1]);
      expect(wrong).toEqual([]);
      expect(fib.prefixOf(0x80000000)).toEqual({ network: 0, length: 0 });
    }
  });

  it('is found for the very first addresses, among many others that nest', () => {
    const { wrong, check, set } = beside();
    for (let at = 0; at < 1100; at += 1) set(prefixOf(0x14000000 + at * 0x10000, 24), 2);
    for (const length of [17, 18, 19, 20]) set(prefixOf(0x0b000000, length), 3);
    set(prefixOf(0, 24), 4);
    check([0, 1, 2, 3, 255, 256, 0x0b000000]);
    expect(wrong).toEqual([]);
  });

  it('is found at both ends of every block that is known as a whole', () => {
    const { wrong, check, set, remove } = beside();
    for (let at = 0; at < 1100; at += 1) set(prefixOf(0x14000000 + at * 0x200, 24), 2);
    const ends = [0x0b002000, 0x0b003fff, 0x0b0020ff, 0x0b0021ff, 0x0b01ffff, 0x0b020000];
    for (const [at, end] of ends.entries()) {
      check(ends);
      set(prefixOf(end, 32), 1 + at);
      check(ends);
    }
    for (const end of ends) {
      remove(prefixOf(end, 32));
      check(ends);
    }
    expect(wrong).toEqual([]);
  });
});

describe('a lookup', () => {
  it('finds what was found just now without a search, in a small table', () => {
    const { fib, entries, set, change } = beside();
    set(prefixOf(0x0a000000, 8), 1);
    const look = (): number => {
      const before = entries.reads;
      for (let at = 0; at < 200; at += 1) fib.lookup(0x0a000000 + at);
      return entries.reads - before;
    };
    const first = look();
    expect(first).toBeGreaterThanOrEqual(200);
    expect(look()).toBeLessThan(first / 3);
    change();
    expect(look()).toBeGreaterThanOrEqual(200);
  });

  it('reads one entry where it has been before, among many, and fills in what it knows once', () => {
    const { fib, table, entries, set } = beside();
    for (let at = 0; at < 1100; at += 1) set(prefixOf(0x14000000 + at * 0x200, 24), 2);
    set(prefixOf(0x0b000000, 8), 1);
    set(prefixOf(0x0b010000, 17), 3);
    set(prefixOf(0x0b018100, 25), 4);
    let fills = 0;
    const fillIndex = table.fillIndex.bind(table);
    table.fillIndex = (...given) => {
      fills += 1;
      fillIndex(...given);
    };
    /** Around a block there is a short prefix, a longer one, none; and in the last there is one. */
    const readsAt = (address: Address): number => {
      const before = entries.reads;
      fib.lookup(address);
      return entries.reads - before;
    };
    const addresses = [0x0b020001, 0x0b010001, 0x0b018101];
    for (const address of addresses) readsAt(address);
    expect(fills).toBe(3);
    expect(addresses.map(readsAt)).toEqual([1, 1, 3]);
    expect([0x0b0201ff, 0x0b010201, 0x0b018101].map(readsAt)).toEqual([1, 1, 3]);
    const nowhere = [0x30000001, 0x30000001].map(readsAt);
    expect([nowhere[1], fib.lookup(0x30000001)]).toEqual([0, undefined]);
    expect(fills).toBe(4);
  });

  it('takes no entry for what the index says of a block, however many entries there are', () => {
    const numbers = [0xfffd, 0xfffe, 0xffff, 0x10000, 0x3ffffff];
    const { check, set, change, wrong } = beside(numbers);
    for (let at = 0; at < 1100; at += 1) set(prefixOf(0x14000000 + at * 0x200, 24), 2);
    for (const [at, number] of numbers.entries()) {
      set(prefixOf(0x0b000000 + at * 0x10000, 17), number);
      set(prefixOf(0x0c000000 + at * 0x10000, 16), number);
      set(prefixOf(0x0d000000 + at * 0x100, 25), number);
    }
    const addresses = numbers.flatMap((_, at) =>
      [0x0b000000 + at * 0x10000, 0x0c000000 + at * 0x10000, 0x0d000000 + at * 0x100].flatMap((of) => [
        of,
        of + 0x80,
        of + 0x8001,
      ]),
    );
    for (let round = 0; round < 3; round += 1) {
      check(addresses);
      check(addresses);
      change();
    }
    expect(wrong).toEqual([]);
  });

  it('compiles an entry once after each change of interfaces, and only when it is asked for', () => {
    const { fib, entries, set, change } = beside();
    set(prefixOf(0x0a000000, 8), 1);
    set(prefixOf(0x0b000000, 8), 2);
    for (let round = 0; round < 3; round += 1) for (const last of [1, 2, 300]) fib.lookup(0x0a000000 + last);
    expect(entries.compilations).toBe(1);
    change();
    for (const last of [1, 2, 300]) fib.lookup(0x0a000000 + last);
    expect(entries.compilations).toBe(2);
  });

  it('remembers no answer beyond a change, of many addresses neither', () => {
    const { check, set, remove, change, wrong } = beside();
    const addresses = Array.from({ length: 1000 }, (_, at) => 0x0a000000 + at * 77);
    set(prefixOf(0x0a000000, 8), 1);
    for (const act of [
      () => set(prefixOf(0x0a000000, 16), 2),
      () => remove(prefixOf(0x0a000000, 8)),
      () => set(prefixOf(0x0a000000, 8), 4),
      change,
    ]) {
      check(addresses);
      check(addresses.toReversed());
      act();
      check(addresses);
    }
    expect(wrong).toEqual([]);
  });
});
