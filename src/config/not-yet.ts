import type { Key, Section } from '../key.js';

/** A key of the file format whose feature is not built yet: refused by name, never ignored, never suggested. */
export interface NotYet {
  /** `*` matches any name or position. */
  readonly path: string;
}

/** Whoever finishes a feature removes its lines. */
export const NOT_YET: readonly NotYet[] = [];

/** A section without the keys that are not available yet; `above` is its own path with a dot. */
export const availableKeys = (keys: Section, notYet: readonly NotYet[], above = ''): Section =>
  Object.fromEntries(
    Object.entries(keys)
      .filter(([name]) => !notYet.some(({ path }) => path === `${above}${name}`))
      .map(([name, key]) => [name, availableIn(key, notYet, `${above}${name}`)]),
  );

const availableIn = (key: Key, notYet: readonly NotYet[], path: string): Key => {
  if (key.kind === 'section') return { ...key, keys: availableKeys(key.keys, notYet, `${path}.`) };
  if (key.kind === 'named')
    return { ...key, of: { ...key.of, keys: availableKeys(key.of.keys, notYet, `${path}.*.`) } };
  if (key.kind === 'list' && key.of.kind === 'section')
    return { ...key, of: { ...key.of, keys: availableKeys(key.of.keys, notYet, `${path}.*.`) } };
  return key;
};
