/** Acts on the order to stop. */
type Obey = (why: string) => void;

/** The order to stop. The first one counts; whoever obeys it may come later. */
export class StopOrder {
  #why: string | undefined;
  #failure: unknown;
  #obey: Obey | undefined;

  get isGiven(): boolean {
    return this.#why !== undefined;
  }

  /** The first error that was given as a reason, also if something else had given the order before. */
  get failure(): unknown {
    return this.#failure;
  }

  readonly give = (why: string, failure?: unknown): void => {
    this.#failure ??= failure;
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#obey?.(why);
  };

  /** Obeys at once if the order was given before. */
  obeyWith(obey: Obey): void {
    this.#obey = obey;
    if (this.#why !== undefined) obey(this.#why);
  }
}
