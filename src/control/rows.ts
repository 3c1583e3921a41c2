/** A list that may be long: it is made and sent piece by piece, and arrives as the array of its rows. */
export class Rows<Row> implements Iterable<Row> {
  readonly #each: () => Iterable<Row | undefined>;

  /** `each` makes the rows one by one; it gives undefined where it has looked for the next one for long enough. */
  constructor(each: () => Iterable<Row | undefined>) {
    this.#each = each;
  }

  /** The rows as they are made, with undefined where the next one is still to be found. */
  get steps(): Iterator<Row | undefined> {
    return this.#each()[Symbol.iterator]();
  }

  *[Symbol.iterator](): Generator<Row, void> {
    for (const row of this.#each()) if (row !== undefined) yield row;
  }
}

/** What a method may answer with, where its caller is to get `Result`. */
export type Answer<Result> = Result | (Result extends readonly (infer Row)[] ? Rows<Row> : never);
