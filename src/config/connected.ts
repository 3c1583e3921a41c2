import { type Address, type Prefix, prefixOf } from '../address.js';
import { prefixKey } from './prefix-index.js';

/** The networks that one router is connected to, with the link of each; found by address in constant time. */
export class Connected {
  readonly #links = new Map<number, string>();
  readonly prefixes: readonly Prefix[];

  /** In the order of the file: of two equal prefixes, the first counts. */
  constructor(networks: Iterable<{ readonly prefix: Prefix; readonly link: string }>) {
    const prefixes: Prefix[] = [];
    for (const { prefix, link } of networks) {
      if (this.has(prefix)) continue;
      this.#links.set(prefixKey(prefix), link);
      prefixes.push(prefix);
    }
    this.prefixes = prefixes;
  }

  has(prefix: Prefix): boolean {
    return this.#links.has(prefixKey(prefix));
  }

  /** The connected prefixes that an address is in, the longest first. */
  *around(address: Address): Generator<{ readonly prefix: Prefix; readonly link: string }, void> {
    for (let length = 32; length >= 0; length -= 1) {
      const prefix = prefixOf(address, length);
      const link = this.#links.get(prefixKey(prefix));
      if (link !== undefined) yield { prefix, link };
    }
  }
}
