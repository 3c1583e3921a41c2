import type { Random } from '../random.js';
import { randomBelow } from '../random.js';
import type { Instant } from '../time.js';
import { Timers } from '../timers.js';
import { Copies, Turns } from './copies.js';
import { Storage } from './storage.js';

/** Something that holds datagrams until an instant. */
export interface Holder {
  /** Lets go of what is due. It arms itself again for the rest. */
  release(now: Instant): void;
}

/** What is on its way on all links of a lab: one clock for all of them, and one storage. */
export class Transit {
  readonly storage: Storage;
  readonly #turns = new Turns();
  readonly #allocate: (length: number) => Uint8Array;
  readonly #random: Random;
  readonly #timers = new Timers<Holder>();

  /** The randomness is for links without a seed of their own; `most`: how many octets all of them hold. */
  constructor(
    random: Random,
    allocate = (length: number): Uint8Array => new Uint8Array(length),
    most?: number,
  ) {
    this.#random = random;
    this.#allocate = allocate;
    this.storage = new Storage(most);
  }

  /** For the copies that are made of what one sender sends on a link. */
  newCopies(): Copies {
    const arm = (copies: Copies, deadline: Instant): void => this.arm(copies, deadline);
    return new Copies({ turns: this.#turns, storage: this.storage, allocate: this.#allocate, arm });
  }

  /** A seed for a link that has none. */
  freshSeed(): number {
    return randomBelow(this.#random, 2 ** 32);
  }

  /** Has a holder asked again at an instant, instead of the one it named before. */
  arm(holder: Holder, deadline: Instant): void {
    this.#timers.arm(holder, deadline);
  }

  cancel(holder: Holder): void {
    this.#timers.cancel(holder);
  }

  /** Holders that arm themselves for this very instant again have to wait: others have their turn. */
  poll(now: Instant): void {
    const due = [...this.#timers.takeAllDue(now)];
    try {
      for (let holder = due.shift(); holder !== undefined; holder = due.shift()) holder.release(now);
    } finally {
      // One has failed: the others are not forgotten.
      for (const holder of due) this.arm(holder, now);
    }
  }

  nextDeadline(): Instant {
    return this.#timers.next();
  }
}
