import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Neighbor, Neighbors, type OwnerChange, ownerChangeEvent } from '../../src/link/neighbors.js';
import { START } from '../../src/time.js';
import { ip } from '../support/datagram.js';

interface Owner {
  readonly name: string;
  readonly addresses: readonly number[];
}

/** Above 2 ** 31, where a signed number is another one. */
const FIRST = ip('192.0.2.0');
const owners: readonly Owner[] = [
  { name: 'alice', addresses: [FIRST, FIRST + 1] },
  { name: 'bob', addresses: [FIRST + 2] },
  { name: 'carol', addresses: [] },
];

/** A list of who has which address, the longest known first, of which 256 at most are learned. */
class List {
  all: Neighbor<Owner>[] = [];

  find(address: number): Neighbor<Owner> | undefined {
    return this.all.find((each) => each.address === address);
  }

  configure(address: number, owner: Owner): OwnerChange<Owner> | undefined {
    return this.#set({ address, owner, state: 'static' });
  }

  learn(address: number, owner: Owner): OwnerChange<Owner> | undefined {
    const known = this.find(address);
    if (known?.state === 'static') return undefined;
    const learned = this.all.filter(({ state }) => state === 'learned');
    if (known === undefined && learned.length === 256)
      this.all = this.all.filter((each) => each !== learned[0]);
    return this.#set({ address, owner, state: 'learned' });
  }

  release(address: number, owner: Owner): OwnerChange<Owner> | undefined {
    if (this.find(address)?.owner !== owner) return undefined;
    this.all = this.all.filter((each) => each.address !== address);
    return { address, from: owner, to: undefined };
  }

  configureAll(those: readonly Owner[], mayKeep: (address: number) => boolean): void {
    const before = this.all;
    this.all = [];
    for (const owner of those) for (const address of owner.addresses) this.configure(address, owner);
    for (const { address, owner, state } of before)
      if (state === 'learned' && those.includes(owner) && mayKeep(address)) this.learn(address, owner);
  }

  #set(one: Neighbor<Owner>): OwnerChange<Owner> | undefined {
    const { address, owner } = one;
    const known = this.find(address);
    this.all =
      known === undefined ? [...this.all, one] : this.all.map((each) => (each === known ? one : each));
    return known?.owner === owner ? undefined : { address, from: known?.owner, to: owner };
  }
}

const written = (all: Iterable<Neighbor<Owner>>): string =>
  [...all].map(({ address, owner, state }) => `${address & 511} ${owner.name} ${state}`).join();

describe('the neighbors of a link', () => {
  const owner = fc.constantFrom(...owners);
  const address = fc.nat(8).map((each) => FIRST + each);
  const what = fc.constantFrom('learn' as const, 'configure' as const, 'release' as const);
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ what, address, owner }) },
    { weight: 1, arbitrary: fc.record({ flood: fc.integer({ min: 245, max: 265 }), owner }) },
    { weight: 1, arbitrary: fc.record({ those: fc.subarray([...owners]), kept: fc.nat(9) }) },
  );

  it('are those of a list, in which what is configured stays and of what is learned the oldest goes first', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const [neighbors, list] = [new Neighbors<Owner>(), new List()];
        for (const each of steps) {
          if ('what' in each)
            expect(neighbors[each.what](each.address, each.owner)).toEqual(
              list[each.what](each.address, each.owner),
            );
          else if ('flood' in each)
            for (let i = 0; i < each.flood; i += 1)
              for (const one of [neighbors, list]) one.learn(FIRST + 100 + i, each.owner);
          else
            for (const one of [neighbors, list])
              one.configureAll(each.those, (kept) => kept - FIRST < each.kept || kept - FIRST > 99);
          expect(written(neighbors)).toBe(written(list.all));
          for (let at = 0; at < 9; at += 1)
            expect(neighbors.ownerOf(FIRST + at)).toBe(list.find(FIRST + at)?.owner);
          for (const one of owners)
            expect(neighbors.learnedOf(one)).toEqual(
              list.all
                .filter((all) => all.owner === one && all.state === 'learned')
                .map((all) => all.address),
            );
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each<[string, (neighbors: Neighbors<Owner>) => void]>([
    ['configured', (neighbors) => void neighbors.configure(FIRST, owners[1]!)],
    ['lost', (neighbors) => void neighbors.release(FIRST, owners[2]!)],
    ['of another owner', (neighbors) => void neighbors.configureAll(owners, (each) => each > FIRST + 2)],
  ])('leave room for one more when one that was learned is %s', (_, change) => {
    const neighbors = new Neighbors<Owner>();
    for (let i = 0; i < 256; i += 1) neighbors.learn(FIRST + i, owners[2]!);
    change(neighbors);
    const before = [...neighbors].length;
    neighbors.learn(FIRST + 300, owners[2]!);
    expect([...neighbors]).toHaveLength(before + 1);
    for (let i = 301; i < 310; i += 1) neighbors.learn(FIRST + i, owners[2]!);
    expect([...neighbors].filter(({ state }) => state === 'learned')).toHaveLength(256);
  });

  it('are told of as learned, moved or lost, by the name of who has the address, or had it', () => {
    const [from, to] = [{ name: 'alice.red' }, { name: 'bob.red' }];
    const told = (change: Partial<OwnerChange<{ name: string }>>) =>
      ownerChangeEvent({ address: FIRST, from: undefined, to: undefined, ...change }, 'red', START);
    const event = { type: 'link', time: START, link: 'red', detail: '192.0.2.0' };
    expect(told({ to })).toEqual({ ...event, event: 'neighbor-learned', attachment: 'bob.red' });
    expect(told({ from, to })).toEqual({ ...event, event: 'neighbor-moved', attachment: 'bob.red' });
    expect(told({ from })).toEqual({ ...event, event: 'neighbor-lost', attachment: 'alice.red' });
  });
});
