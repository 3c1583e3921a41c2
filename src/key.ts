import type { Address, Prefix } from './address.js';
import type { Duration } from './time.js';

/**
 * A section of the configuration, as a table of its keys by their names in the file.
 *
 * Everything about a key is on its line. The type of the settings, their defaults, the syntax of the file,
 * `show config`, the template and the JSON Schema are derived from it.
 */
export type Section = Readonly<Record<string, Key>>;

/** The type of a single value, by its kind. The configuration defines how it is written. */
export interface Values {
  readonly flag: boolean;
  readonly whole: number;
  readonly decimal: number;
  readonly text: string;
  readonly duration: Duration;
  /** Bits a second. */
  readonly rate: number;
  /** Octets. */
  readonly size: number;
  /** 0 to 1. */
  readonly share: number;
  /** A length in octets, with or without a unit. */
  readonly octets: number;
  /** 0 to 1, as a share or as a fraction. */
  readonly chance: number;
  readonly mtu: number;
  readonly protocol: number;
  readonly 'host-address': Address;
  readonly 'interface-address': { readonly address: Address; readonly prefix: Prefix };
  readonly loopback: Address;
  readonly prefix: Prefix;
  /** A prefix, or a single address. */
  readonly 'prefix-or-address': Prefix;
  readonly group: Address;
  readonly 'group-prefix': Prefix;
  /** One group, or a prefix of groups. */
  readonly groups: Prefix;
  readonly 'multicast-ttl': number | 'pass';
  readonly boundary: Prefix;
  /** `127.0.0.1:9476`. */
  readonly endpoint: string;
  readonly name: string;
  readonly device: string;
  readonly 'socket-path': string;
  /** File permissions. */
  readonly mode: number;
}

/** The bounds of a number, or of the length of a text or a list. */
export interface Range {
  readonly least?: number;
  readonly most?: number;
}

/** Bounds of a quantity, as messages write them. */
export interface Bounds {
  readonly least?: string;
  readonly most: string;
  /** The unit to suggest where none is written; default: the first one. */
  readonly usual?: string;
  /** `0` may stand without a unit: nothing is nothing in any of them. */
  readonly isZeroBare?: true;
}

/** What every kind of key has. */
export interface About {
  /** Empty for an item that its list describes. */
  readonly description: string;
  /** The template's comment; true for the description. The words of a choice are always listed. */
  readonly note?: string | true;
  readonly isRequired?: true;
}

/** A single value; undefined if omitted and without a default. */
export interface Leaf<Kind extends keyof Values = keyof Values, Default = unknown> extends About {
  readonly kind: Kind;
  readonly default: Default;
  readonly range?: Range;
  readonly bounds?: Bounds;
}

/** What a choice is between. */
export type Word = string | number | boolean;

/** One of several words. */
export interface Choice<Of = Word, Default = unknown> extends About {
  readonly kind: 'choice';
  readonly words: readonly Of[];
  readonly default: Default;
}

/** Several values of one kind; none if omitted and without a default. */
export interface List<Item = unknown, Kind = 'list' | 'one-or-more'> extends About {
  readonly kind: Kind;
  readonly of: Item;
  readonly default: unknown;
  readonly range?: Range;
}

/** A section inside another; if omitted, it has its defaults, unless it is optional. */
export interface Part<Keys = Section> extends About {
  readonly kind: 'section';
  readonly keys: Keys;
  readonly isOptional?: true;
  /** The key whose value alone may be written instead of the section. */
  readonly short?: string;
}

/** Sections under names chosen by the user; none if omitted. */
export interface Named<Keys = Section> extends About {
  readonly kind: 'named';
  /** What the names stand for. */
  readonly names: string;
  readonly of: Part<Keys>;
}

export type Key = Leaf | Choice | List<Leaf | Choice | Part> | Part | Named;

export const leaf = <Kind extends keyof Values, Default extends Values[Kind] | undefined = undefined>(
  kind: Kind,
  description: string,
  preset?: Default,
): Leaf<Kind, Default> => ({ kind, description, default: preset as Default });

export const flag = <Default extends boolean | undefined = undefined>(
  description: string,
  preset?: Default,
): Leaf<'flag', Default> => leaf('flag', description, preset);

export const whole = <Default extends number | undefined = undefined>(
  description: string,
  least: number,
  most: number,
  preset?: Default,
): Leaf<'whole', Default> => ({ ...leaf('whole', description, preset), range: { least, most } });

export const decimal = <Default extends number | undefined = undefined>(
  description: string,
  least: number,
  most: number,
  preset?: Default,
): Leaf<'decimal', Default> => ({ ...leaf('decimal', description, preset), range: { least, most } });

export const text = (description: string, longest: number): Leaf<'text', undefined> => ({
  ...leaf('text', description),
  range: { least: 1, most: longest },
});

export const lasting = <Default extends Duration | undefined = undefined>(
  description: string,
  bounds?: Bounds,
  preset?: Default,
): Leaf<'duration', Default> => ({
  ...leaf('duration', description, preset),
  ...(bounds === undefined ? {} : { bounds }),
});

export const choice = <const Of extends Word, Default extends Of | undefined = undefined>(
  description: string,
  words: readonly Of[],
  preset?: Default,
): Choice<Of, Default> => ({ kind: 'choice', description, words, default: preset as Default });

export const list = <const Item extends Leaf | Choice | Part>(
  description: string,
  of: Item,
  range?: Range,
  preset?: readonly [],
): List<Item, 'list'> => ({
  kind: 'list',
  description,
  of,
  default: preset,
  ...(range === undefined ? {} : { range }),
});

/** A list whose only item may be written without brackets. */
export const oneOrMore = <const Item extends Leaf>(
  description: string,
  of: Item,
  most: number,
): List<Item, 'one-or-more'> => ({
  kind: 'one-or-more',
  description,
  of,
  default: undefined,
  range: { least: 1, most },
});

/** Any of several words. */
export const several = <const Of extends Word>(
  description: string,
  words: readonly Of[],
  preset: readonly Of[],
): List<Choice<Of, undefined>, 'list'> => ({ ...list(description, choice('', words)), default: preset });

export const section = <const Keys extends Section>(description: string, keys: Keys): Part<Keys> => ({
  kind: 'section',
  description,
  keys,
});

export const named = <const Keys extends Section>(
  description: string,
  names: string,
  of: Part<Keys>,
): Named<Keys> => ({ kind: 'named', description, names, of });

/** A section that may be written as the value of one of its keys: `default` for `{ to: default }`. */
export const shortened = <const K extends Part>(short: keyof K['keys'] & string, key: K): K => ({
  ...key,
  short,
});

/** A required key. */
export const required = <const K extends Key>(key: K): K & { readonly isRequired: true } => ({
  ...key,
  isRequired: true,
});

/** A section whose absence means that there is none. */
export const optional = <const K extends Part>(key: K): K & { readonly isOptional: true } => ({
  ...key,
  isOptional: true,
});

/** A key with the template's comment for it. */
export const noted = <const K extends Key>(note: string | true, key: K): K => ({ ...key, note });
