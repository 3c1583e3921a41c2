import type { Random } from '../random.js';
import { randomBelow } from '../random.js';
import type { Instant } from '../time.js';
import { Timers } from '../timers.js';
import { Storage } from './storage.js';

/** Something that holds datagrams until an instant. */
export interface Holder {
  /** Lets go of what is due. It arms itself again for the rest. */
  release(now: Instant): void;
}

/** What is on its way on all links of a lab: one clock for all of them, and one storage. */
export class Transit {
  readonly storage = new Storage();
  readonly #random: Random;
  readonly #timers = new Timers<Holder>();

  /** The randomness is for links without a seed of their own. */
  constructor(random: Random) {
    this.#random = random;
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
    for (const holder of [...this.#timers.takeAllDue(now)]) holder.release(now);
  }

  nextDeadline(): Instant {
    return this.#timers.next();
  }
}
