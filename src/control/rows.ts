/** Which rows are wanted. */
export interface Selection {
  readonly keeps: (row: unknown) => boolean;
  readonly limit: number;
}

/** A list that may be long: it is made and sent piece by piece, and arrives as the array of its rows. */
export class Rows<Row> implements Iterable<Row> {
  readonly #each: () => Iterable<Row | undefined>;

  /** `each` makes the rows one by one; it gives undefined where it has looked for the next one for long enough. */
  constructor(each: () => Iterable<Row | undefined>) {
    this.#each = each;
  }

  /** Its JSON in pieces, with undefined where the next one is still to be found. */
  *text(): Generator<string | undefined, void> {
    let before = '[';
    for (const row of this.#each()) {
      yield row === undefined ? undefined : `${before}${JSON.stringify(row)}`;
      if (row !== undefined) before = ',';
    }
    yield before === '[' ? '[]' : ']';
  }

  /** Those that are kept, and no more than so many of them. */
  selected({ keeps, limit }: Selection): Rows<Row> {
    const each = this.#each;
    return new Rows(function* () {
      let left = limit;
      if (left <= 0) return;
      for (const row of each()) {
        const isKept = row !== undefined && keeps(row);
        // A million rows that nobody wants are a long look for the next one, too.
        yield isKept ? row : undefined;
        if (isKept && --left === 0) return;
      }
    });
  }

  *[Symbol.iterator](): Generator<Row, void> {
    for (const row of this.#each()) if (row !== undefined) yield row;
  }
}

/** An answer of any shape with long lists in it: its JSON is made and sent piece by piece. */
export class JsonText {
  readonly #text: () => Iterable<string | undefined>;

  /** `text` makes the pieces; it gives undefined where it has looked for the next one for long enough. */
  constructor(text: () => Iterable<string | undefined>) {
    this.#text = text;
  }

  text(): Iterator<string | undefined> {
    return this.#text()[Symbol.iterator]();
  }

  /** The whole of it, at once. */
  get value(): unknown {
    return JSON.parse([...this.#text()].join(''));
  }
}

/** What a method may answer with, where its caller is to get `Result`. */
export type Answer<Result> =
  | Result
  | (Result extends readonly (infer Row)[] ? Rows<Row> : Result extends object ? JsonText : never);

/** Whether an answer is made in pieces. */
export const isInPieces = (answer: unknown): answer is Rows<unknown> | JsonText =>
  answer instanceof Rows || answer instanceof JsonText;
