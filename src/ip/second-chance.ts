/**
 * A bounded set that evicts the first item, in order of arrival, that has been idle since it was last examined.
 *
 * A flood of new items thus evicts new items, not active ones. Each put costs one step, plus one for each item found
 * active. Known as CLOCK.
 *
 * Source: F. J. Corbató, A Paging Experiment with the Multics System, 1968.
 */
export class SecondChance<Item> {
  readonly #items: Item[] = [];
  readonly #capacity: number;
  readonly #wasAtWork: (item: Item) => boolean;
  #next = 0;

  /** `wasAtWork` tells whether an item has been active since it was last called for that item. */
  constructor(capacity: number, wasAtWork: (item: Item) => boolean) {
    this.#capacity = capacity;
    this.#wasAtWork = wasAtWork;
  }

  /** Adds an item; returns the evicted one, if any. */
  put(item: Item): Item | undefined {
    const items = this.#items;
    if (items.length < this.#capacity) {
      items.push(item);
      return undefined;
    }
    while (this.#wasAtWork(items[this.#next]!)) this.#next = (this.#next + 1) % this.#capacity;
    const gone = items[this.#next]!;
    items[this.#next] = item;
    this.#next = (this.#next + 1) % this.#capacity;
    return gone;
  }
}
