/** Readings that are kept: five minutes of them. */
const MOST_POINTS = 300;
/** Reasons that have a line of their own; all others share one. */
const MOST_LINES = 6;

/** The name of the line that the other reasons share. */
export const OTHERS = 'other reasons';

/** Lines over time; undefined where there was nothing yet. */
export interface Lines {
  /** In seconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly { readonly reason: string; readonly values: readonly (number | null)[] }[];
}

/** How fast datagrams were dropped, by reason, over the last minutes. */
export class DropHistory {
  readonly #points: { readonly time: number; readonly rates: ReadonlyMap<string, number> }[] = [];
  /** In the order in which they came, so that a reason keeps its colour. */
  readonly #reasons: string[] = [];

  /** `rates` may name reasons that were never seen before; `time` is in seconds since 1970. */
  add(time: number, rates: ReadonlyMap<string, number>): void {
    this.#points.push({ time, rates });
    if (this.#points.length > MOST_POINTS) this.#points.shift();
    for (const reason of rates.keys()) if (!this.#reasons.includes(reason)) this.#reasons.push(reason);
  }

  clear(): void {
    this.#points.length = 0;
    this.#reasons.length = 0;
  }

  /** The number of a reason's line; undefined if it has none yet. */
  lineOf(reason: string): number | undefined {
    const index = this.#reasons.indexOf(reason);
    return index === -1 ? undefined : Math.min(index, MOST_LINES);
  }

  get lines(): Lines {
    const own = this.#reasons.slice(0, MOST_LINES);
    const others = this.#reasons.slice(MOST_LINES);
    const lines = own.map((reason) => ({
      reason,
      values: this.#points.map(({ rates }) => rates.get(reason) ?? 0),
    }));
    if (others.length > 0)
      lines.push({
        reason: OTHERS,
        values: this.#points.map(({ rates }) =>
          others.reduce((sum, each) => sum + (rates.get(each) ?? 0), 0),
        ),
      });
    return { times: this.#points.map(({ time }) => time), lines };
  }
}
