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
