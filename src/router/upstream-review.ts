import type { Address } from '../address.js';
import type { Waiting, Work } from '../igmp/work.js';
import type { Instant } from '../time.js';

/** Gives groups to go through, with undefined where the next one is still to be found. They may change meanwhile, as those of a map. */
export type GroupsToReview = () => Iterable<Address | undefined>;

/**
 * Tells the upstream of a proxy what has become of many groups, by an interface that went down or by other settings: one
 * after the other, in turns.
 *
 * There may be thousands, and each may be a report.
 */
export class UpstreamReview implements Waiting {
  readonly #work: Work;
  readonly #report: (group: Address, now: Instant) => void;
  #groups: Iterator<Address | undefined> = NONE[Symbol.iterator]();
  /** Those to go through next, each of them once. */
  readonly #next = new Set<GroupsToReview>();
  /** Whether it has turns. */
  #isInLine = false;

  constructor(work: Work, report: (group: Address, now: Instant) => void) {
    this.#work = work;
    this.#report = report;
  }

  /** Goes through groups, after those that it is at already: whatever happens how often, each group has its turn. */
  begin(groups: GroupsToReview, now: Instant): void {
    this.#next.add(groups);
    this.#waitInLine(now);
  }

  /** The same; as many as there is work left for are told at once. */
  beginAtOnce(groups: GroupsToReview, now: Instant): void {
    this.#next.add(groups);
    while (this.#work.isLeft(now)) if (!this.#tellNext(now)) return;
    this.#waitInLine(now);
  }

  goOn(now: Instant): boolean {
    this.#isInLine = this.#tellNext(now);
    return this.#isInLine;
  }

  #waitInLine(now: Instant): void {
    if (!this.#isInLine) this.#work.wait(this, now);
    this.#isInLine = true;
  }

  /** Returns whether there may be more. */
  #tellNext(now: Instant): boolean {
    const { value, done } = this.#groups.next();
    if (done === true) return this.#beginNext();
    this.#work.spend(1, now);
    if (value !== undefined) this.#report(value, now);
    return true;
  }

  #beginNext(): boolean {
    const [next] = this.#next;
    if (next === undefined) return false;
    this.#next.delete(next);
    this.#groups = next()[Symbol.iterator]();
    return true;
  }
}

const NONE: readonly never[] = [];
