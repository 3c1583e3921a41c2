/**
 * A full house, and who makes room in it: the first, in the order of arrival, that nothing has happened to since
 * it was last asked.
 *
 * So a flood of newcomers drives out newcomers, not those who are at work. Each put costs a step, and one more for
 * each that was found at work since. Known as CLOCK.
 *
 * Source: F. J. Corbató, A Paging Experiment with the Multics System, 1968.
 */
export class SecondChance<Item> {
  readonly #items: Item[] = [];
  readonly #capacity: number;
  readonly #wasAtWork: (item: Item) => boolean;
  #next = 0;

  /** `wasAtWork` says whether something has happened since it was last called for the item. */
  constructor(capacity: number, wasAtWork: (item: Item) => boolean) {
    this.#capacity = capacity;
    this.#wasAtWork = wasAtWork;
  }

  /** Puts an item in; returns the one that made room. */
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
