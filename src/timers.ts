import { type Instant, NEVER } from './time.js';

const NOTHING: readonly never[] = [];

/** So many entries whose deadline is another one by now are moved at once: a twentieth of a millisecond. */
const MOVED_AT_ONCE = 128;

/**
 * Deadlines by key, over one wake-up.
 *
 * The map is authoritative; the heap only says when to look at a key, never later than its deadline. A postponed
 * deadline is noticed when its entry comes up, and the entry is moved, so refreshing a key costs only the map, and
 * arming O(log n). Entries that wait behind one that is right are not noticed, so there may be thousands of them when
 * that one goes: then they are moved some at a time, whenever somebody asks. No memory is taken until something is armed: a router may know 100,000 groups without sources.
 */
export class Timers<Key> {
  #deadlines: Map<Key, Instant> | undefined;
  #heap: Heap<Key> | undefined;

  get size(): number {
    return this.#deadlines?.size ?? 0;
  }

  /** Sets the deadline of a key, replacing any it had. */
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

  /** Cancels every key. */
  clear(): void {
    this.#deadlines = undefined;
    this.#heap = undefined;
  }

  deadline(key: Key): Instant | undefined {
    return this.#deadlines?.get(key);
  }

  /** Every key that is armed. */
  keys(): Iterable<Key> {
    return this.#deadlines?.keys() ?? [];
  }

  /**
   * When to look for the next key: when it is due, or before, where very many deadlines were changed; `NEVER` if none
   * is armed.
   */
  next(): Instant {
    const heap = this.#heap;
    if (heap === undefined) return NEVER;
    if (this.size === 0) {
      this.clear();
      return NEVER;
    }
    for (let left = MOVED_AT_ONCE; left > 0 && !this.#isFirstRight; left -= 1) {
      const { key } = heap;
      const deadline = this.#deadlines!.get(key);
      heap.pop();
      if (deadline !== undefined) heap.push(key, deadline);
    }
    return heap.deadline;
  }

  /** Whether the first entry has the deadline of its key; there must be one. */
  get #isFirstRight(): boolean {
    const { key, deadline } = this.#heap!;
    return this.#deadlines!.get(key) === deadline;
  }

  /**
   * Removes and returns the key that has been due longest; undefined if none is due at `now`, or none is found yet,
   * and then `next` is due still.
   */
  takeDue(now: Instant): Key | undefined {
    const next = this.next();
    if (next === NEVER || next > now || !this.#isFirstRight) return undefined;
    const { key } = this.#heap!;
    this.#heap!.pop();
    this.#deadlines!.delete(key);
    return key;
  }

  /** Removes and yields the keys that are due at `now`, longest due first; also those that come to be meanwhile, and perhaps not all: see `takeDue`. */
  takeAllDue(now: Instant): Iterable<Key> {
    const next = this.next();
    // Mostly nothing is due (measured: a generator each time is most of the garbage of a link that delays).
    return next === NEVER || next > now ? NOTHING : this.#takeEach(now);
  }

  *#takeEach(now: Instant): Generator<Key, void> {
    for (let due = this.takeDue(now); due !== undefined; due = this.takeDue(now)) yield due;
  }

  #rebuild(): void {
    this.#heap = new Heap();
    for (const [key, deadline] of this.#deadlines!) this.#heap.push(key, deadline);
  }
}

/** A binary heap, earliest deadline first, in two arrays (measured: one object per entry takes three times the memory). */
class Heap<Key> {
  readonly #keys: Key[] = [];
  readonly #deadlines: Instant[] = [];

  get length(): number {
    return this.#keys.length;
  }

  /** The key of the first entry, which must exist. */
  get key(): Key {
    return this.#keys[0]!;
  }

  /** The deadline of the first entry, which must exist. */
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

  /** Removes the first entry. */
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
