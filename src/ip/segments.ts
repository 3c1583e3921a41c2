/** The numbers of one segment fit into a page, however many prefixes it has. */
export const PAGE_BITS = 19;
export const PLACE = (1 << PAGE_BITS) - 1;
/** A router with few routes has a page of so many words. */
const FIRST_PAGE = 64;

/** In which page a segment is, and where in it. */
export const pageOf = (segment: number): number => segment >>> PAGE_BITS;
export const placeIn = (segment: number): number => segment & PLACE;

/**
 * Room for segments, which are blocks of words, in pages, so that no growth moves them all. One that is released is
 * used again for the same capacity, of which there should be few.
 *
 * A segment is a number that says its page and its place, and never 0. It has so many words for each item that it has
 * room for; what they hold is the owner's.
 */
export class Segments {
  readonly #columns: number;
  readonly pages: Uint32Array[] = [new Uint32Array(FIRST_PAGE)];
  /** How many words of the last page are taken. */
  #taken = 1;
  /** Released segments, by their capacity. */
  readonly #free = new Map<number, number[]>();

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** A segment for so many items; its words are arbitrary. */
  allocate(capacity: number): number {
    const free = this.#free.get(capacity)?.pop();
    if (free !== undefined) return free;
    const words = capacity * this.#columns;
    if (this.#taken + words > 1 << PAGE_BITS) {
      this.pages.push(new Uint32Array(1 << PAGE_BITS));
      this.#taken = 0;
    }
    const last = this.pages.length - 1;
    const segment = (last << PAGE_BITS) + this.#taken;
    this.#taken += words;
    if (this.#taken > this.pages[last]!.length) this.#enlargeFirst();
    return segment;
  }

  release(segment: number, capacity: number): void {
    const free = this.#free.get(capacity);
    if (free === undefined) this.#free.set(capacity, [segment]);
    else free.push(segment);
  }

  /** Only the first page begins small; it is full-size before there is a second one. */
  #enlargeFirst(): void {
    let length = this.pages[0]!.length;
    while (length < this.#taken) length *= 2;
    const larger = new Uint32Array(length);
    larger.set(this.pages[0]!);
    this.pages[0] = larger;
  }
}
