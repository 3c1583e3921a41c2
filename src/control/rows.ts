/** A list that may be long: it is made and sent piece by piece, and arrives as the array of its rows. */
export class Rows<Row> implements Iterable<Row> {
  readonly #each: () => Iterator<Row>;

  constructor(each: () => Iterator<Row>) {
    this.#each = each;
  }

  [Symbol.iterator](): Iterator<Row> {
    return this.#each();
  }
}

/** What a method may answer with, where its caller is to get `Result`. */
export type Answer<Result> = Result | (Result extends readonly (infer Row)[] ? Rows<Row> : never);
