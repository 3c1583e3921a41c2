import { type Instant, NEVER } from './time.js';

/**
 * Deadlines by key, over one wake-up.
 *
 * The map is the truth; the heap only remembers an order and may hold deadlines that were moved or
 * cancelled, which are passed over when they come up. Arming and cancelling cost O(log n).
 */
export class Timers<Key> {
  readonly #deadlines = new Map<Key, Instant>();
  #heap: { readonly key: Key; readonly deadline: Instant }[] = [];

  get size(): number {
    return this.#deadlines.size;
  }

  /** Sets the deadline of a key, in place of one it may have had. */
  arm(key: Key, deadline: Instant): void {
    this.#deadlines.set(key, deadline);
    this.#push({ key, deadline });
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#deadlines.size) this.#rebuild();
  }

  cancel(key: Key): void {
    this.#deadlines.delete(key);
  }

  deadline(key: Key): Instant | undefined {
    return this.#deadlines.get(key);
  }

  /** Every key that is armed. */
  keys(): MapIterator<Key> {
    return this.#deadlines.keys();
  }

  /** When the next key is due; `NEVER` where none is armed. */
  next(): Instant {
    this.#dropStale();
    return this.#heap[0]?.deadline ?? NEVER;
  }

  /** Takes out the key that has been due longest, or undefined where none is due at `now`. */
  takeDue(now: Instant): Key | undefined {
    this.#dropStale();
    const first = this.#heap[0];
    if (first === undefined || first.deadline > now) return undefined;
    this.#pop();
    this.#deadlines.delete(first.key);
    return first.key;
  }

  #dropStale(): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (this.#deadlines.get(first.key) === first.deadline) return;
      this.#pop();
    }
  }

  #rebuild(): void {
    this.#heap = [];
    for (const [key, deadline] of this.#deadlines) this.#push({ key, deadline });
  }

  #push(entry: { readonly key: Key; readonly deadline: Instant }): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.deadline <= entry.deadline) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.deadline < heap[child]!.deadline) child += 1;
      if (heap[child]!.deadline >= last.deadline) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}
