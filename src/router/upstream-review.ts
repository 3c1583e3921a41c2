import type { Address } from '../address.js';
import type { Waiting, Work } from '../igmp/work.js';
import type { Instant } from '../time.js';

/**
 * Tells the upstream of a proxy what an interface that went down has made of each group: one after the other, in turns.
 *
 * There may be thousands, and each may be a report.
 */
export class UpstreamReview implements Waiting {
  readonly #work: Work;
  readonly #report: (group: Address, now: Instant) => void;
  /** Undefined while there is nothing to do. */
  #groups: Iterator<Address> | undefined;

  constructor(work: Work, report: (group: Address, now: Instant) => void) {
    this.#work = work;
    this.#report = report;
  }

  /** Goes through groups, from the first on where it was about to already. They may change meanwhile, as those of a map. */
  begin(groups: Iterable<Address>, now: Instant): void {
    if (this.#groups === undefined) this.#work.wait(this, now);
    this.#groups = groups[Symbol.iterator]();
  }

  goOn(now: Instant): boolean {
    const next = this.#groups?.next();
    if (next === undefined || next.done === true) {
      this.#groups = undefined;
      return false;
    }
    this.#work.spend(1, now);
    this.#report(next.value, now);
    return true;
  }
}
