import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEqual, merge, withKnownParts } from '../../src/config/merge.js';
import { RouteTable } from '../../src/config/route-table.js';
import { finished } from '../../src/pieces.js';

/** Plain data as a configuration is made of: leaves, lists, maps by name, sections by key. */
const plain = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('map'), tie('section')),
  leaf: fc.oneof(
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom(undefined, true, 'a'),
    fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 3 }),
  ),
  map: fc
    .array(fc.tuple(fc.constantFrom('x', 'y', 'z'), tie('value')), { maxLength: 3 })
    .map((entries) => new Map(entries)),
  section: fc.dictionary(fc.constantFrom('k', 'l', 'm'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
})).value;

/** A map of sections of leaves, whose every change is one leaf. */
const flat = fc
  .array(fc.tuple(fc.constantFrom('x', 'y'), fc.record({ k: fc.nat(3), l: fc.nat(3), m: fc.nat(3) })), {
    minLength: 2,
    maxLength: 2,
  })
  .map((sections) => new Map([['x', sections[0]![1]] as const, ['y', sections[1]![1]] as const]));

describe('a merge of three configurations', () => {
  it('gives the new one where nothing was changed at run time', () => {
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(merge(a, b, a)).toEqual(b);
      }),
    );
  });

  it('keeps what was changed at run time where the file says what it said', () => {
    fc.assert(
      fc.property(plain, plain, (a, c) => {
        expect(merge(a, a, c)).toEqual(c);
      }),
    );
  });

  it('gives the new one where it was changed to the same at run time', () => {
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(merge(a, b, b)).toEqual(b);
      }),
    );
  });

  it('takes each key from the new one if the files differ in it, and else from the current one', () => {
    fc.assert(
      fc.property(flat, flat, flat, (a, b, c) => {
        const result = merge(a, b, c);
        for (const name of ['x', 'y'] as const)
          for (const key of ['k', 'l', 'm'] as const) {
            const [was, is, now] = [a, b, c].map((each) => each.get(name)![key]);
            expect(result.get(name)![key]).toBe(was === is ? now : is);
          }
      }),
    );
  });

  it('changes none of the three', () => {
    fc.assert(
      fc.property(plain, plain, plain, (a, b, c) => {
        const before = structuredClone([a, b, c]);
        merge(a, b, c);
        expect([a, b, c]).toEqual(before);
      }),
    );
  });

  it('adds and removes by name, in the order of the new one', () => {
    const base = new Map([['red', 1] as const, ['core', 2] as const]);
    const next = new Map([['blue', 3] as const, ['core', 2] as const]);
    const current = new Map([['red', 9] as const, ['core', 8] as const, ['mine', 7] as const]);
    expect([...merge<ReadonlyMap<string, number>>(base, next, current)]).toEqual([
      ['blue', 3],
      ['core', 8],
      ['mine', 7],
    ]);
  });

  it('leaves out what was removed at run time, unless the file says another thing of it now', () => {
    const base = new Map([['red', 1] as const, ['blue', 2] as const]);
    const next = new Map([['red', 1] as const, ['blue', 3] as const]);
    expect([...merge<ReadonlyMap<string, number>>(base, next, new Map([['core', 4] as const]))]).toEqual([
      ['blue', 3],
      ['core', 4],
    ]);
  });

  it('takes from the new one what both have added since', () => {
    const [next, current] = [new Map([['red', { mtu: 1, ttl: 1 }]]), new Map([['red', { mtu: 2, ttl: 2 }]])];
    expect([...merge(new Map(), next, current)]).toEqual([['red', { mtu: 1, ttl: 1 }]]);
  });

  it('gives what is there, no copy, where only one side differs', () => {
    const [base, same, other] = [new Map([['x', 1]]), new Map([['x', 1]]), new Map([['x', 2]])];
    expect(merge(base, other, same)).toBe(other);
    expect(merge(base, same, other)).toBe(other);
  });

  it('takes a list as a whole', () => {
    expect(merge([1, 2], [1, 3], [1, 2, 9])).toEqual([1, 3]);
    expect(merge([1, 2], [1, 2], [9])).toEqual([9]);
  });

  it('takes records to be the same whatever the order of their keys, and maps only in one order', () => {
    expect(isEqual({ a: 1, b: [{ c: undefined }] }, { b: [{ c: undefined }], a: 1 })).toBe(true);
    for (const other of [{ a: 1 }, { a: 1, b: 3 }, { a: 1, c: 2 }, { a: 1, b: 2, c: 3 }, [1, 2], null, 1])
      expect([isEqual({ a: 1, b: 2 }, other), isEqual(other, { a: 1, b: 2 })]).toEqual([false, false]);
    const entries = [['a', 1], ['b', 2]] as const;
    expect(isEqual(new Map(entries), new Map(entries))).toBe(true);
    expect(isEqual(new Map(entries), new Map(entries.toReversed()))).toBe(false);
    expect(isEqual([1, [2]], [1, [2]])).toBe(true);
    for (const other of [[1], [1, [3]], [1, [2], 3], [1, 2]]) expect(isEqual([1, [2]], other)).toBe(false);
    expect(isEqual(Number.NaN, Number.NaN)).toBe(true);
  }); // biome-ignore format: short

  it('takes tables of routes to be the same only if they are one', () => {
    const [a, b] = [new RouteTable('f', 'f'), new RouteTable('f', 'f')];
    expect(isEqual([a], [a])).toBe(true);
    expect(isEqual([a], [b])).toBe(false);
    expect(merge([a], [b], [a])[0]).toBe(b);
  });
});

describe('a value with the parts that are known', () => {
  it('says the same, and is the known one where that says so, too', () => {
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        const result = finished(withKnownParts(a, b));
        expect(isEqual(result, b)).toBe(true);
        expect(Object.is(result, a)).toBe(isEqual(a, b));
      }),
    );
  });

  it('has the known parts beside those that differ', () => {
    const before = new Map([['x', { k: [{ a: 1 }, { a: 2 }], l: { m: 1 } }]]);
    const after = new Map([['x', { k: [{ a: 1 }, { a: 3 }], l: { m: 1 } }]]);
    const result = finished(withKnownParts(before, after)).get('x')!;
    expect(result).toEqual(after.get('x'));
    expect([result.k[0] === before.get('x')!.k[0], result.l === before.get('x')!.l]).toEqual([true, true]);
  });

  it('has the known lists where they say the same', () => {
    const before = { same: [1, { a: 2 }], longer: [1], none: [] };
    const result = finished(withKnownParts(before, { same: [1, { a: 2 }], longer: [1, 2], none: [] }));
    expect(result).toEqual({ same: [1, { a: 2 }], longer: [1, 2], none: [] });
    expect([result.same === before.same, result.none === before.none]).toEqual([true, true]);
  });

  it('is compared in pieces', () => {
    const list = Array.from({ length: 5000 }, (_, at) => ({ at }));
    expect([...withKnownParts({ list }, structuredClone({ list }))].length).toBeGreaterThan(20);
  });

  it('is compared 128 values and items of lists at a time', () => {
    const pauses = (before: unknown, value: unknown): number => [...withKnownParts(before, value)].length;
    const mapOf = (count: number, value: number) =>
      new Map(Array.from({ length: count }, (_, at) => [at, value]));
    // The list, or the map, is a value itself.
    for (const [items, expected] of [
      [126, 0],
      [127, 1],
      [254, 1],
      [255, 2],
      [5000, 39],
    ] as const) {
      expect([items, pauses(Array(items).fill(1), Array(items).fill(2))]).toEqual([items, expected]);
      expect([items, pauses(mapOf(items, 1), mapOf(items, 2))]).toEqual([items, expected]);
    }
    // What is one is not looked at.
    const same = Array(5000).fill(1);
    expect(pauses({ same, other: 1 }, { same, other: 2 })).toBe(0);
  });
});
