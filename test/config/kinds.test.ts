import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KINDS, type Written, within } from '../../src/config/kinds.js';
import type { Values } from '../../src/key.js';
import { formatRate } from '../../src/text/quantities.js';

const kinds = Object.keys(KINDS) as (keyof Values)[];
const examplesOf = (kind: keyof Values): readonly Written[] => {
  const { examples } = KINDS[kind].schema({}).meta() ?? {};
  return Array.isArray(examples) ? examples : [KINDS[kind].example];
};

/** What is written for a value that was read from `text`. */
const again = <Kind extends keyof Values>(kind: Kind, text: Written): Written => {
  const { schema, format } = KINDS[kind];
  return format(schema({}).parse(text) as Values[Kind]);
};

describe('every kind of value', () => {
  it.each(kinds)('%s: has examples that its pattern and its grammar take', (kind) => {
    const pattern = KINDS[kind].schema({}).meta()?.pattern;
    for (const example of examplesOf(kind)) {
      expect(z.safeParse(KINDS[kind].schema({}), example).error).toBeUndefined();
      if (pattern !== undefined) expect(example).toMatch(new RegExp(String(pattern)));
    }
  });

  it.each(kinds)('%s: is written so that it is read as the same value', (kind) => {
    for (const example of examplesOf(kind)) {
      const written = again(kind, example);
      expect(again(kind, written)).toBe(written);
      expect(KINDS[kind].schema({}).parse(written)).toEqual(KINDS[kind].schema({}).parse(example));
    }
  });
});

describe('a number, a text or a list', () => {
  const isTaken = (schema: z.ZodType, value: unknown): boolean => z.safeParse(schema, value).success;

  it('is taken within its range, both ends with it, and without one whatever it is', () => {
    const range = { least: 2, most: 4 };
    const taken = (schema: z.ZodType): number[] => [1, 2, 3, 4, 5].filter((each) => isTaken(schema, each));
    expect(taken(within(z.number(), range))).toEqual([2, 3, 4]);
    expect(taken(within(z.number(), { least: 2 }))).toEqual([2, 3, 4, 5]);
    expect(taken(within(z.number(), { most: 4 }))).toEqual([1, 2, 3, 4]);
    expect(taken(within(z.number()))).toEqual([1, 2, 3, 4, 5]);
    for (const kind of ['whole', 'decimal'] as const)
      expect(taken(KINDS[kind].schema({ range }))).toEqual([2, 3, 4]);
    expect(
      ['a', 'ab', 'abcd', 'abcde'].filter((each) => isTaken(KINDS.text.schema({ range }), each)),
    ).toEqual(['ab', 'abcd']);
  });

  it('that is an MTU is 68 to 65535', () => {
    expect([67, 68, 65_535, 65_536].filter((each) => isTaken(KINDS.mtu.schema({}), each))).toEqual([
      68, 65_535,
    ]);
  });

  it('that is a text with a grammar of its own is a text, or a number as it is written', () => {
    const faultOf = (value: unknown): unknown =>
      z.safeParse(KINDS.duration.schema({}), value).error?.issues[0];
    expect(isTaken(KINDS.octets.schema({}), 1400)).toBe(true);
    for (const value of [true, null, undefined, [], {}])
      expect(faultOf(value)).toMatchObject({
        message: 'not a text',
        params: { code: 'E-TYPE', fix: 'write a single value (example: 15ms)' },
      });
  });
});

describe('a quantity', () => {
  /** Any number with up to nine digits behind the point, as the file may write it. */
  const number = fc
    .tuple(fc.nat(999), fc.nat(999_999_999))
    .map(([whole, part]) => `${whole}.${`${part}`.padStart(9, '0')}`);
  const texts = fc.oneof(
    number.map((each) => ['duration', `${each}s`] as const),
    number.map((each) => ['duration', `${each}ms`] as const),
    number.map((each) => ['share', `${Number(each) % 100}%`] as const),
    number.map((each) => ['chance', `${Number(each) % 100}%`] as const),
    number.map((each) => ['chance', (Number(each) % 1).toFixed(9)] as const),
    number.map((each) => ['rate', `${each}mbit`] as const),
    number.map((each) => ['size', `${each}kB`] as const),
  );

  it('is written so that it is read as the same value, all its digits', () => {
    fc.assert(
      fc.property(texts, ([kind, text]) => {
        fc.pre(KINDS[kind].schema({}).safeParse(text).success);
        expect(KINDS[kind].schema({}).parse(again(kind, text))).toBe(KINDS[kind].schema({}).parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [50_000_000, '50mbit'],
    [1500, '1.5kbit'],
    [1_500_000, '1500kbit'],
    [2_000_000_000, '2gbit'],
    [1_000_001, '1000.001kbit'],
  ])('of %d bits a second is %s', (bitsPerSecond, text) => {
    expect(formatRate(bitsPerSecond)).toBe(text);
  });
});
