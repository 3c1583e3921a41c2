import { type Instant, NEVER } from './time.js';

/**
 * Deadlines by key, over one wake-up.
 *
 * The map is the truth; the heap only says when to look at a key, which is never later than its deadline. A deadline that
 * was put off is found when its entry comes up, and its entry moved; so refreshing a key over and over costs nothing
 * more than the map, and arming O(log n). Nothing takes memory before something is armed: a router may know
 * 100,000 groups of which nobody names a source.
 */
export class Timers<Key> {
  #deadlines: Map<Key, Instant> | undefined;
  #heap: Heap<Key> | undefined;

  get size(): number {
    return this.#deadlines?.size ?? 0;
  }

  /** Sets the deadline of a key, in place of one it may have had. */
  arm(key: Key, deadline: Instant): void {
    this.#deadlines ??= new Map();
    this.#heap ??= new Heap();
    const before = this.#deadlines.get(key);
    this.#deadlines.set(key, deadline);
    if (before !== undefined && before <= deadline) return;
    this.#heap.push(key, deadline);
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#deadlines.size) this.#rebuild();
  }

  cancel(key: Key): void {
    this.#deadlines?.delete(key);
  }

  deadline(key: Key): Instant | undefined {
    return this.#deadlines?.get(key);
  }

  /** Every key that is armed. */
  keys(): Iterable<Key> {
    return this.#deadlines?.keys() ?? [];
  }

  /** When the next key is due; `NEVER` where none is armed. */
  next(): Instant {
    const heap = this.#heap;
    if (heap === undefined) return NEVER;
    while (heap.length > 0) {
      const { key } = heap;
      const deadline = this.#deadlines!.get(key);
      if (deadline === heap.deadline) return deadline;
      heap.pop();
      if (deadline !== undefined) heap.push(key, deadline);
    }
    return NEVER;
  }

  /** Takes out the key that has been due longest, or undefined where none is due at `now`. */
  takeDue(now: Instant): Key | undefined {
    const next = this.next();
    if (next === NEVER || next > now) return undefined;
    const { key } = this.#heap!;
    this.#heap!.pop();
    this.#deadlines!.delete(key);
    return key;
  }

  #rebuild(): void {
    this.#heap = new Heap();
    for (const [key, deadline] of this.#deadlines!) this.#heap.push(key, deadline);
  }
}

/** A binary heap, the earliest deadline first, in two arrays (measured: an object an entry takes three times the memory). */
class Heap<Key> {
  readonly #keys: Key[] = [];
  readonly #deadlines: Instant[] = [];

  get length(): number {
    return this.#keys.length;
  }

  /** Of the first entry; there must be one. */
  get key(): Key {
    return this.#keys[0]!;
  }

  /** Of the first entry; there must be one. */
  get deadline(): Instant {
    return this.#deadlines[0]!;
  }

  push(key: Key, deadline: Instant): void {
    let at = this.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#deadlines[parent]! <= deadline) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#keys[at] = key;
    this.#deadlines[at] = deadline;
  }

  /** Takes out the first entry. */
  pop(): void {
    const key = this.#keys.pop()!;
    const deadline = this.#deadlines.pop()!;
    const { length } = this;
    if (length === 0) return;
    let at = 0;
    for (let child = 1; child < length; child = 2 * at + 1) {
      if (child + 1 < length && this.#deadlines[child + 1]! < this.#deadlines[child]!) child += 1;
      if (this.#deadlines[child]! >= deadline) break;
      this.#move(child, at);
      at = child;
    }
    this.#keys[at] = key;
    this.#deadlines[at] = deadline;
  }

  #move(from: number, to: number): void {
    this.#keys[to] = this.#keys[from]!;
    this.#deadlines[to] = this.#deadlines[from]!;
  }
}
