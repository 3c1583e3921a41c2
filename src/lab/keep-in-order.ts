/** Removes what is no longer named, and sorts the rest in the order of the names. */
export const keepInOrder = <Item>(items: Map<string, Item>, names: ReadonlyMap<string, unknown>): void => {
  const kept = [...names.keys()].flatMap((name): [string, Item][] => {
    const item = items.get(name);
    return item === undefined ? [] : [[name, item]];
  });
  items.clear();
  for (const [name, item] of kept) items.set(name, item);
};
