/** So many items of a list are made into text at once. */
const PIECE = 1000;

/** The pieces of `JSON.stringify(value, null, 2)`: a list may be longer than the longest text that there can be. */
export function* jsonPieces(value: unknown): Generator<string, void> {
  if (!Array.isArray(value) || value.length <= PIECE) {
    yield JSON.stringify(value, null, 2);
    return;
  }
  for (let at = 0; at < value.length; at += PIECE) {
    const items = JSON.stringify(value.slice(at, at + PIECE), null, 2).slice(2, -2);
    yield `${at === 0 ? '[\n' : ',\n'}${items}`;
  }
  yield '\n]';
}
