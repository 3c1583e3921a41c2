/** Why something is to end, and with what error where one is the reason. */
type Obey = (why: string, failure?: unknown) => void;

/** The order to stop: the first one counts, and whoever is to obey it may come later. */
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

  /** Obeys at once where the order was given before. */
  obeyWith(obey: Obey): void {
    this.#obey = obey;
    if (this.#given !== undefined) obey(...this.#given);
  }
}
