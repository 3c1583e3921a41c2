import { type Address, formatAddress } from '../address.js';
import type { Event } from '../event.js';
import type { Instant } from '../time.js';

/** How many addresses a link learns; beyond that, the oldest is forgotten. */
const MOST_LEARNED = 256;

export interface Neighbor<Owner> {
  readonly address: Address;
  readonly owner: Owner;
  /** `static`: configured. `learned`: from a datagram that the owner sent, or from its kernel. */
  readonly state: 'static' | 'learned';
}

/** An address has another owner; undefined for none. */
export interface OwnerChange<Owner> {
  readonly address: Address;
  readonly from: Owner | undefined;
  readonly to: Owner | undefined;
}

/** The same, to be told to observers. */
export const ownerChangeEvent = (
  { address, from, to }: OwnerChange<{ readonly name: string }>,
  link: string,
  time: Instant,
): Event => ({
  type: 'link',
  time,
  link,
  attachment: (to ?? from)!.name,
  event: to === undefined ? 'neighbor-lost' : from === undefined ? 'neighbor-learned' : 'neighbor-moved',
  detail: formatAddress(address),
});

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
    this.#learned = 0;
    for (const owner of owners) for (const address of owner.addresses) this.configure(address, owner);
    for (const each of learned)
      if (owners.includes(each.owner) && mayKeep(each.address)) this.learn(each.address, each.owner);
  }

  ownerOf(address: Address): Owner | undefined {
    return this.#neighbors.get(address | 0)?.owner;
  }

  /** Registers a configured address, whoever was seen with it; undefined if its owner stays the same. */
  configure(address: Address, owner: Owner): OwnerChange<Owner> | undefined {
    const known = this.#neighbors.get(address | 0);
    if (known?.state === 'learned') this.#learned -= 1;
    this.#neighbors.set(address | 0, { address, owner, state: 'static' });
    return known?.owner === owner ? undefined : { address, from: known?.owner, to: owner };
  }

  /** Records who was seen with an address; undefined if that is known, or if it has a configured owner. */
  learn(address: Address, owner: Owner): OwnerChange<Owner> | undefined {
    const known = this.#neighbors.get(address | 0);
    if (known !== undefined && (known.state === 'static' || known.owner === owner)) return undefined;
    if (known === undefined) {
      if (this.#learned >= MOST_LEARNED) this.#forgetOldest();
      this.#learned += 1;
    }
    this.#neighbors.set(address | 0, { address, owner, state: 'learned' });
    return { address, from: known?.owner, to: owner };
  }

  /** An owner has lost an address; undefined if the address is not its own. */
  release(address: Address, owner: Owner): OwnerChange<Owner> | undefined {
    const known = this.#neighbors.get(address | 0);
    if (known?.owner !== owner) return undefined;
    if (known.state === 'learned') this.#learned -= 1;
    this.#neighbors.delete(address | 0);
    return { address, from: owner, to: undefined };
  }

  /** What was learned about an owner. */
  learnedOf(owner: Owner): Address[] {
    const learned = [...this].filter((each) => each.owner === owner && each.state === 'learned');
    return learned.map(({ address }) => address);
  }

  #forgetOldest(): void {
    for (const { address, state, owner } of this)
      if (state === 'learned') return void this.release(address, owner);
  }
}
