/** What something that is done piece by piece gives, done at once. */
export const finished = <Result>(pieces: Generator<unknown, Result>): Result => {
  for (let next = pieces.next(); ; next = pieces.next()) if (next.done === true) return next.value;
};

/** What is made of each item, one by one. */
export function* mapped<From, To>(items: Iterable<From>, map: (item: From) => To): Generator<To, void> {
  for (const item of items) yield map(item);
}

/** All items in a list, with a pause after each so many. */
export function* gathered<Item>(items: Iterable<Item>, atOnce: number): Generator<undefined, Item[]> {
  const all: Item[] = [];
  for (const each of items) {
    all.push(each);
    if (all.length % atOnce === 0) yield undefined;
  }
  return all;
}

/**
 * All items in order, with a pause after each so many; what it returns gives them one by one, and no step of it is long.
 *
 * Each piece is sorted by itself, and pieces are merged as their items are asked for.
 */
export function* sorted<Item>(
  items: Iterable<Item>,
  compare: (one: Item, other: Item) => number,
  atOnce: number,
): Generator<undefined, Iterable<Item>> {
  let runs: Iterable<Item>[] = [];
  let piece: Item[] = [];
  for (const each of items) {
    piece.push(each);
    if (piece.length < atOnce) continue;
    runs.push(piece.sort(compare));
    piece = [];
    yield undefined;
  }
  runs.push(piece.sort(compare));
  while (runs.length > 1)
    runs = runs.flatMap((one, at) =>
      at % 2 === 1 ? [] : at + 1 < runs.length ? [merged(one, runs[at + 1]!, compare)] : [one],
    );
  return runs[0]!;
}

function* merged<Item>(
  some: Iterable<Item>,
  others: Iterable<Item>,
  compare: (one: Item, other: Item) => number,
): Generator<Item, void> {
  const rest = others[Symbol.iterator]();
  let other = rest.next();
  for (const one of some) {
    for (; other.done !== true && compare(other.value, one) < 0; other = rest.next()) yield other.value;
    yield one;
  }
  for (; other.done !== true; other = rest.next()) yield other.value;
}
