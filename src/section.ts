import type { Key, Section, Values } from './key.js';

/** `echo-reply` gives `echoReply`. */
type CamelCase<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name;

export const camelCase = (name: string): string =>
  name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The type of a key's value in the settings. */
type ValueOf<K> = K extends { kind: infer Kind extends keyof Values }
  ? Values[Kind]
  : K extends { kind: 'choice'; words: readonly (infer Word)[] }
    ? Word
    : K extends { kind: 'list' | 'one-or-more'; of: infer Item }
      ? readonly ValueOf<Item>[]
      : K extends { kind: 'section'; keys: infer Keys }
        ? SettingsOf<Keys>
        : K extends { kind: 'named'; of: infer Of }
          ? ReadonlyMap<string, ValueOf<Of>>
          : never;

/** What the settings hold for an omitted key, other than a value of its kind. */
type Absent<K> = K extends { isRequired: true }
  ? never
  : K extends { isOptional: true }
    ? undefined
    : K extends { kind: keyof Values | 'choice'; default: infer Default }
      ? undefined extends Default
        ? undefined
        : never
      : never;

/** The settings that a section yields, defaults included. */
export type SettingsOf<Keys> = {
  readonly [Name in keyof Keys & string as CamelCase<Name>]: ValueOf<Keys[Name]> | Absent<Keys[Name]>;
};

/** The type of a key's value in a draft: sections by their names in the file, undefined where wrong. */
type DraftValueOf<K> = K extends { kind: 'one-or-more'; of: infer Item }
  ? ValueOf<Item> | readonly (ValueOf<Item> | undefined)[]
  : K extends { kind: 'list'; of: infer Item }
    ? readonly (DraftValueOf<Item> | undefined)[]
    : K extends { kind: 'section'; keys: infer Keys }
      ? DraftOf<Keys>
      : K extends { kind: 'named'; of: infer Of }
        ? ReadonlyMap<string, DraftValueOf<Of> | undefined>
        : ValueOf<K>;

/**
 * A section as far as it could be read.
 *
 * Undefined is what is missing or wrong; the report knows which. Named sections are a map, because an object
 * would put names that look like numbers first.
 */
export type DraftOf<Keys> = {
  readonly [Name in keyof Keys]?: DraftValueOf<Keys[Name]> | undefined;
};

/** A section whose keys are part of another one, under a prefix. */
type Prefixed<Prefix extends string, Keys> = {
  readonly [Name in keyof Keys & string as `${Prefix}${Name}`]: Keys[Name];
};

export const prefixed = <const P extends string, Keys extends Section>(
  prefix: P,
  keys: Keys,
): Prefixed<P, Keys> =>
  Object.fromEntries(Object.entries(keys).map(([name, key]) => [`${prefix}${name}`, key])) as Prefixed<
    P,
    Keys
  >;

type Loose = Readonly<Record<string, unknown>>;

/** The settings of a section without errors. */
export const settingsOf = <Keys extends Section>(keys: Keys, draft: DraftOf<Keys>): SettingsOf<Keys> =>
  filled(keys, draft as Loose) as SettingsOf<Keys>;

/** The settings of an empty section; it must not have a required key. */
export const defaultsOf = <Keys extends Section>(keys: Keys): SettingsOf<Keys> =>
  filled(keys, {}) as SettingsOf<Keys>;

/** The settings of certain keys of a section, by their names without the prefix. */
export const selected = <Keys extends Section, P extends string = ''>(
  keys: Keys,
  settings: SettingsOf<Prefixed<P, Keys>>,
  prefix?: P,
): SettingsOf<Keys> =>
  Object.fromEntries(
    Object.keys(keys).map((name) => [
      camelCase(name),
      (settings as Loose)[camelCase(`${prefix ?? ''}${name}`)],
    ]),
  ) as SettingsOf<Keys>;

const filled = (keys: Section, draft: Loose): Loose =>
  Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [camelCase(name), valueFor(key, draft[name])]),
  );

const valueFor = (key: Key, read: unknown): unknown => {
  switch (key.kind) {
    case 'section':
      return read === undefined && key.isOptional ? undefined : filled(key.keys, (read ?? {}) as Loose);
    case 'named':
      return new Map(
        [...((read ?? []) as Iterable<[string, unknown]>)].map(([name, each]) => [
          name,
          valueFor(key.of, each),
        ]),
      );
    case 'list':
    case 'one-or-more':
      if (read === undefined) return key.default ?? [];
      return Array.isArray(read) ? read.map((each) => valueFor(key.of, each)) : [read];
    default:
      return read ?? key.default;
  }
};
