import { type Prefix, prefixOf } from '../address.js';

interface Entry<Value> {
  readonly order: number;
  readonly prefix: Prefix;
  readonly owner: string;
  readonly value: Value;
}

/** The first two entries that have different owners: one of them is not the owner who asks. */
type Entries<Value> = [first: Entry<Value>, other?: Entry<Value>];

/**
 * Prefixes of owners, among which those that overlap a given one are found in constant time.
 *
 * Prefixes nest or are disjoint, so the overlapping ones are those that the given prefix is in, and those that are in
 * it: each prefix is entered under itself, and under every prefix that it is in.
 */
export class PrefixIndex<Value> {
  readonly #same = new Map<number, Entries<Value>>();
  readonly #inside = new Map<number, Entries<Value>>();
  #order = 0;

  add(prefix: Prefix, owner: string, value: Value): void {
    const entry = { order: this.#order, prefix, owner, value };
    this.#order += 1;
    enter(this.#same, prefixKey(prefix), entry);
    for (let length = 0; length <= prefix.length; length += 1)
      enter(this.#inside, prefixKey(prefixOf(prefix.network, length)), entry);
  }

  /** The value that was added first among those of other owners that overlap a prefix. */
  firstOverlapping(prefix: Prefix, owner: string): Value | undefined {
    let first = otherThan(owner, this.#inside.get(prefixKey(prefix)));
    for (let length = 0; length < prefix.length; length += 1) {
      const around = otherThan(owner, this.#same.get(prefixKey(prefixOf(prefix.network, length))));
      if (around !== undefined && (first === undefined || around.order < first.order)) first = around;
    }
    return first?.value;
  }
}

const enter = <Value>(map: Map<number, Entries<Value>>, key: number, entry: Entry<Value>): void => {
  const there = map.get(key);
  if (there === undefined) map.set(key, [entry]);
  else if (there[1] === undefined && there[0].owner !== entry.owner) there[1] = entry;
};

const otherThan = <Value>(owner: string, [first, other]: readonly (Entry<Value> | undefined)[] = []) =>
  first?.owner === owner ? other : first;

/** A number for each prefix. */
export const prefixKey = ({ network, length }: Prefix): number => network * 64 + length;
