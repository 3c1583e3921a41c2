/** Deletes the first key of a map, which keeps its keys in the order in which they were set. */
export const deleteOldest = <Key>(map: Map<Key, unknown>): void => {
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
};
