/** Acts on the order: why to stop, and the error if one is the reason. */
type Obey = (why: string, failure?: unknown) => void;

/** The order to stop. The first one counts; whoever obeys it may come later. */
export class StopOrder {
  #given: Parameters<Obey> | undefined;
  #obey: Obey | undefined;

  get isGiven(): boolean {
    return this.#given !== undefined;
  }

  readonly give: Obey = (...reason) => {
    if (this.#given !== undefined) return;
    this.#given = reason;
    this.#obey?.(...reason);
  };

  /** Obeys at once if the order was given before. */
  obeyWith(obey: Obey): void {
    this.#obey = obey;
    if (this.#given !== undefined) obey(...this.#given);
  }
}
