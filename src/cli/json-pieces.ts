/** So many items of a list are made into text at once. */
const PIECE = 1000;

/** The pieces of `JSON.stringify(value, null, 2)`: a list may be longer than the longest text that there can be. */
export function* jsonPieces(value: unknown): Generator<string, void> {
  if (!Array.isArray(value) || value.length <= PIECE) {
    yield JSON.stringify(value, null, 2);
    return;
  }
  const list = new JsonList();
  for (let at = 0; at < value.length; at += PIECE) yield list.piece(value.slice(at, at + PIECE));
  yield list.end();
}

/** The same of a list whose items come some at a time. */
export class JsonList {
  #isEmpty = true;

  piece(items: readonly unknown[]): string {
    if (items.length === 0) return '';
    const before = this.#isEmpty ? '[\n' : ',\n';
    this.#isEmpty = false;
    return before + JSON.stringify(items, null, 2).slice(2, -2);
  }

  end(): string {
    return this.#isEmpty ? '[]' : '\n]';
  }
}
