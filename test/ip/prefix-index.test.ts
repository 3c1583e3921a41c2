import { describe, expect, it } from 'vitest';
import { type Prefix, prefixOf } from '../../src/address.js';
import { COVERED, PrefixIndex, SEARCHED, UNKNOWN } from '../../src/ip/prefix-index.js';
import { type Random, randomBelow, seededRandom } from '../../src/random.js';

/** A group is 8192 addresses, 32 blocks of a /24 each. */
const GROUP = 8192;
const BLOCK = 256;

interface Known extends Prefix {
  readonly number: number;
}

/** Prefixes around a group and in it, each with a number: what contains another comes before it. */
const prefixesAt = (random: Random, first: number): Known[] => {
  const known = new Map<string, Known>();
  const add = (address: number, length: number): void => {
    const prefix = prefixOf(address, length);
    const number = random() < 0.1 ? 0xfffd + randomBelow(random, 4) : 1 + randomBelow(random, 3);
    known.set(`${prefix.network}/${length}`, { ...prefix, number });
  };
  if (random() < 0.5) add(first, 17 + randomBelow(random, 2));
  for (let count = randomBelow(random, 30); count > 0; count -= 1)
    add(first + randomBelow(random, GROUP), 19 + randomBelow(random, random() < 0.2 ? 14 : 6));
  return [...known.values()].sort((a, b) => a.network - b.network || a.length - b.length);
};

/** What stands for each block of a group: the longest prefix around it, unless one is inside. */
const wantedAt = (prefixes: readonly Known[], first: number): number[] =>
  Array.from({ length: GROUP / BLOCK }, (_, slot) => {
    const block = prefixOf(first + slot * BLOCK, 24);
    const isInside = prefixes.some(
      ({ network, length }) => length > 24 && prefixOf(network, 24).network === block.network,
    );
    const around = prefixes.findLast(
      ({ network, length }) => length <= 24 && prefixOf(block.network, length).network === network,
    );
    if (isInside) return SEARCHED;
    if (around === undefined) return COVERED;
    return around.number < COVERED ? around.number : SEARCHED;
  });

const fill = (index: PrefixIndex, first: number, prefixes: readonly Known[]): void => {
  expect(index.begin(first + 77)).toEqual([first, first + GROUP - 1]);
  for (const { network, length, number } of prefixes)
    index.add(Math.max(network, first), number * 64 + length);
};

const heldAt = ({ numbers }: PrefixIndex, first: number): number[] => [
  ...numbers.subarray(first / BLOCK, (first + GROUP) / BLOCK),
];

describe('the index of prefixes', () => {
  it('has a number for each /24, and knows none at first', () => {
    const { numbers } = new PrefixIndex();
    expect(numbers).toHaveLength(2 ** 24);
    expect(numbers.every((number) => number === UNKNOWN)).toBe(true);
  });

  it('says of each /24 what the longest prefix around it says, or that it is searched', () => {
    const random = seededRandom(3);
    const index = new PrefixIndex();
    const firsts = [0, GROUP, 0x0a000000, 0x0a000000 + GROUP, 0xffffe000];
    const known = new Map<number, number[]>();
    const seen = new Set<number>();
    for (let step = 0; step < 300; step += 1) {
      const first = firsts[randomBelow(random, firsts.length)]!;
      const prefixes = prefixesAt(random, first);
      fill(index, first, prefixes);
      known.set(first, wantedAt(prefixes, first));
      for (const number of known.get(first)!) seen.add(number);
      expect([...known.keys()].map((at) => heldAt(index, at))).toEqual([...known.values()]);
    }
    expect(seen).toEqual(new Set([COVERED, SEARCHED, 1, 2, 3, 0xfffd]));
  });

  it.each([
    [17, 128],
    [18, 64],
    [19, 32],
    [23, 2],
    [24, 1],
    [25, 1],
    [32, 1],
  ])('forgets the /24s in a /%i or around it, and no other', (length, count) => {
    const index = new PrefixIndex();
    const [begin, end] = [0x0a000000 - GROUP, 0x0a000000 + 5 * GROUP];
    for (let first = begin; first < end; first += GROUP) fill(index, first, []);
    index.forget(0x0a000000, length);
    const held = [...index.numbers.subarray(begin / BLOCK, end / BLOCK)];
    const isIn = (at: number): boolean => at >= GROUP / BLOCK && at < GROUP / BLOCK + count;
    expect(held).toEqual(held.map((_, at) => (isIn(at) ? UNKNOWN : COVERED)));
  });
});
