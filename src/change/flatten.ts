import type { Key, Section } from '../key.js';
import { camelCase } from '../section.js';

/** `--rate-limit-burst`: the keys of sections inside a section, under one name each. */
export const flattened = (keys: Section): Section =>
  Object.fromEntries(flatKeys(keys).map(({ path, key }) => [path.join('-'), key]));

/** Settings with those replaced that are given by the names of `flattened`, in camel case. */
export const replaced = <Settings extends object>(
  settings: Settings,
  keys: Section,
  given: Readonly<Record<string, unknown>>,
): Settings => {
  let result: object = settings;
  for (const { path } of flatKeys(keys)) {
    const name = camelCase(path.join('-'));
    if (Object.hasOwn(given, name)) result = withValue(result, path.map(camelCase), given[name]);
  }
  return result as Settings;
};

interface FlatKey {
  readonly path: readonly string[];
  readonly key: Key;
}

const flatKeys = (keys: Section): readonly FlatKey[] =>
  Object.entries(keys).flatMap(([name, key]) =>
    key.kind === 'section'
      ? flatKeys(key.keys).map((each) => ({ ...each, path: [name, ...each.path] }))
      : [{ path: [name], key }],
  );

const withValue = (settings: object, [name, ...rest]: readonly string[], value: unknown): object => {
  const inner = (settings as Readonly<Record<string, unknown>>)[name!];
  return { ...settings, [name!]: rest.length === 0 ? value : withValue(inner as object, rest, value) };
};
