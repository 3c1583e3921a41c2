import type { Address } from '../address.js';

/** How many addresses a link learns; beyond that, the oldest is forgotten. */
const MOST_LEARNED = 256;

export interface Neighbor<Owner> {
  readonly address: Address;
  readonly owner: Owner;
  /** `static`: configured. `learned`: from the source of a datagram that the owner sent. */
  readonly state: 'static' | 'learned';
}

/** Who owns which address on one link. A configured owner is never displaced. */
export class Neighbors<Owner extends { readonly addresses: readonly Address[] }> {
  /** Keyed by the address as a signed number, which the engine keeps in one word (measured: lookups are twice as fast). */
  #neighbors = new Map<number, Neighbor<Owner>>();
  #learned = 0;

  [Symbol.iterator](): IterableIterator<Neighbor<Owner>> {
    return this.#neighbors.values();
  }

  /** Registers the configured addresses of all owners; keeps what was learned about them where `mayKeep` allows. */
  configureAll(owners: readonly Owner[], mayKeep: (address: Address) => boolean): void {
    const learned = [...this.#neighbors.values()].filter(({ state }) => state === 'learned');
    this.#neighbors = new Map();
    for (const owner of owners)
      for (const address of owner.addresses)
        this.#neighbors.set(address | 0, { address, owner, state: 'static' });
    this.#learned = 0;
    for (const each of learned)
      if (owners.includes(each.owner) && mayKeep(each.address)) this.learn(each.address, each.owner);
  }

  ownerOf(address: Address): Owner | undefined {
    return this.#neighbors.get(address | 0)?.owner;
  }

  /** Records who sends from an address; true if that is new. */
  learn(address: Address, owner: Owner): boolean {
    const known = this.#neighbors.get(address | 0);
    if (known !== undefined && (known.state === 'static' || known.owner === owner)) return false;
    if (known === undefined) {
      if (this.#learned >= MOST_LEARNED) this.#forgetOldest();
      this.#learned += 1;
    }
    this.#neighbors.set(address | 0, { address, owner, state: 'learned' });
    return true;
  }

  /** Forgets what was learned about an owner whose device is gone. */
  forget(owner: Owner): void {
    for (const neighbor of this.#neighbors.values()) {
      if (neighbor.owner !== owner || neighbor.state === 'static') continue;
      this.#neighbors.delete(neighbor.address | 0);
      this.#learned -= 1;
    }
  }

  #forgetOldest(): void {
    for (const { address, state } of this.#neighbors.values()) {
      if (state === 'static') continue;
      this.#neighbors.delete(address | 0);
      this.#learned -= 1;
      return;
    }
  }
}
