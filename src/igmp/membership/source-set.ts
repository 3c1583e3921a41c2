import type { Address } from '../../address.js';

/** Sources, each once; it takes no memory until there is one, for most groups exclude none. */
export class SourceSet implements Iterable<Address> {
  #sources: Set<Address> | undefined;

  get size(): number {
    return this.#sources?.size ?? 0;
  }

  has(source: Address): boolean {
    return this.#sources?.has(source) ?? false;
  }

  add(source: Address): void {
    this.#sources ??= new Set();
    this.#sources.add(source);
  }

  delete(source: Address): void {
    this.#sources?.delete(source);
  }

  clear(): void {
    this.#sources = undefined;
  }

  [Symbol.iterator](): Iterator<Address> {
    return (this.#sources ?? []).values();
  }
}
