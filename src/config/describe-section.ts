import type { Key, Section, Values } from '../key.js';
import { camelCase, type SettingsOf } from '../section.js';
import { KINDS, type Written } from './kinds.js';

type Described = Readonly<Record<string, unknown>>;

/** A section as the file would say it, with every default written out; `prefix` is prepended to each name. */
export const describeSection = <Keys extends Section>(
  keys: Keys,
  settings: SettingsOf<Keys>,
  prefix = '',
): Described => describeKeys(keys, settings, prefix);

const describeKeys = (keys: Section, settings: object, prefix = ''): Described => {
  const values = new Map<string, unknown>(Object.entries(settings));
  return Object.fromEntries(
    Object.entries(keys).flatMap(([name, key]) => {
      const value = values.get(camelCase(name));
      return value === undefined || isEmpty(key, value)
        ? []
        : [[`${prefix}${name}`, describeValue(key, value)]];
    }),
  );
};

/** A list that must not be empty is written only if it has items, and so are names. */
const isEmpty = (key: Key, value: unknown): boolean =>
  (key.kind === 'named' && value instanceof Map && value.size === 0) ||
  ('range' in key && key.range?.least !== undefined && Array.isArray(value) && value.length === 0);

/** A value of the settings as it is written in the file. */
export const describeValue = (key: Key, value: unknown): unknown => {
  switch (key.kind) {
    case 'section': {
      const all = describeKeys(key.keys, value as object);
      const [only, ...others] = Object.keys(all);
      return only !== undefined && only === key.short && others.length === 0 ? all[only] : all;
    }
    case 'named':
      return Object.fromEntries(
        [...(value as ReadonlyMap<string, unknown>)].map(([name, each]) => [
          name,
          describeValue(key.of, each),
        ]),
      );
    case 'one-or-more':
    case 'list': {
      const items = (value as readonly unknown[]).map((each) => describeValue(key.of, each));
      return key.kind === 'one-or-more' && items.length === 1 ? items[0] : items;
    }
    case 'choice':
      return value;
    default:
      return format(key.kind, value as Values[typeof key.kind]);
  }
};

const format = <Kind extends keyof Values>(kind: Kind, value: Values[Kind]): Written =>
  KINDS[kind].format(value);
