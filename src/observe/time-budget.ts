/** The share of the time that may be spent. */
const SHARE = 0.1;
/** The most that is saved up, in milliseconds. */
const MOST = 20;

/** A tenth of the time, for work that the datagrams cause but do not need. */
export class TimeBudget {
  #left = MOST;
  #countedAt = performance.now();

  /** Does the work if there is time for it, and says whether it did. */
  spend(work: () => void): boolean {
    const begun = performance.now();
    this.#left = Math.min(MOST, this.#left + (begun - this.#countedAt) * SHARE);
    this.#countedAt = begun;
    if (this.#left <= 0) return false;
    this.charge(work, begun);
    return true;
  }

  /** Does the work in any case, and counts the time that it took. */
  charge(work: () => void, begun = performance.now()): void {
    work();
    this.#left -= performance.now() - begun;
  }
}
