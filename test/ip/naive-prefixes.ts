import { type Address, lastAddress, mask, type Prefix, prefixOf } from '../../src/address.js';
import { type Random, randomBelow } from '../../src/random.js';

/** Prefixes with numbers, one map for each length: what a table of them must know. */
export class NaivePrefixes {
  readonly #byLength: readonly Map<Address, number>[] = Array.from({ length: 33 }, () => new Map());

  size = 0;

  set({ network, length }: Prefix, number: number): void {
    if (!this.#byLength[length]!.has(network)) this.size += 1;
    this.#byLength[length]!.set(network, number);
  }

  delete({ network, length }: Prefix): boolean {
    const isThere = this.#byLength[length]!.delete(network);
    if (isThere) this.size -= 1;
    return isThere;
  }

  get({ network, length }: Prefix): number {
    return this.#byLength[length]!.get(network) ?? 0;
  }

  /** The longest prefix around an address whose number is wanted. */
  longest(address: Address, isWanted: (number: number) => boolean = () => true): Prefix | undefined {
    for (let length = 32; length >= 0; length -= 1) {
      const prefix = prefixOf(address, length);
      const number = this.get(prefix);
      if (number !== 0 && isWanted(number)) return prefix;
    }
    return undefined;
  }

  /** All of them, by network and then by length. */
  get rows(): (readonly [network: Address, length: number, number: number])[] {
    return this.#byLength
      .flatMap((all, length) => [...all].map(([network, number]) => [network, length, number] as const))
      .sort(([a, short], [b, long]) => a - b || short - long);
  }
}

/** Where prefixes are crowded, so that they nest and touch: at both ends of all addresses, and in two /13 between. */
const CROWDED: readonly Address[] = [0, 0x0a07ff80, 0x0a080000, 0xac10fe00, 0xffffff00];

/** A prefix of any length; those of 16 bits and less are few. */
export const somePrefix = (random: Random): Prefix => {
  const base = CROWDED[randomBelow(random, CROWDED.length)]!;
  const spread = 2 ** [8, 12, 16, 21][randomBelow(random, 4)]!;
  const address = (base ^ randomBelow(random, spread)) >>> 0;
  const length = random() < 0.1 ? randomBelow(random, 17) : 17 + randomBelow(random, 16);
  return prefixOf(address, length);
};

/** A /24 in a crowd of them. */
export const someBlock = (random: Random): Prefix =>
  prefixOf(0x0b000000 + randomBelow(random, 0x4000) * 256, 24);

/** Addresses at which the answer may change with a prefix: its ends, their neighbors, and one inside. */
export const edgesOf = (prefix: Prefix): readonly Address[] => {
  const { network } = prefix;
  const last = lastAddress(prefix);
  const inside = (network | (0x55555555 & ~mask(prefix.length))) >>> 0;
  return [network, last, Math.max(0, network - 1), Math.min(0xffffffff, last + 1), inside];
};
