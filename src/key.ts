import type { Address, Prefix } from './address.js';
import type { Duration } from './time.js';

/**
 * A section of the configuration, as a table of its keys by the names they have in the file.
 *
 * All that is to be said about a key stands in its line. The type of the settings, their defaults, what the
 * file may say, `show config`, the template and the JSON Schema follow from it.
 */
export type Section = Readonly<Record<string, Key>>;

/** What a single value is once it is read, by its kind. How it is written is the configuration's affair. */
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
  readonly mtu: number;
  readonly protocol: number;
  readonly 'host-address': Address;
  readonly 'interface-address': { readonly address: Address; readonly prefix: Prefix };
  readonly loopback: Address;
  readonly prefix: Prefix;
  readonly group: Address;
  readonly 'group-prefix': Prefix;
  readonly boundary: Prefix;
  /** `127.0.0.1:9476`. */
  readonly endpoint: string;
  readonly name: string;
  readonly device: string;
  readonly 'socket-path': string;
  /** File permissions. */
  readonly mode: number;
}

/** How large a number may be, or how long a text or a list. */
export interface Range {
  readonly least?: number;
  readonly most?: number;
}

/** Bounds of a quantity, each as it is written in a message. */
export interface Bounds {
  readonly least?: string;
  readonly most: string;
  /** The unit that is probably meant where none is written; the first one there is unless told. */
  readonly usual?: string;
}

/** What is said about a key of any kind. */
export interface About {
  /** Empty for an item whose list says it all. */
  readonly description: string;
  /** What the template says beside it; true for the description. A choice's words stand there anyway. */
  readonly note?: string | true;
  readonly isRequired?: true;
}

/** A single value. Without a default it is undefined where it is left out. */
export interface Leaf<Kind extends keyof Values = keyof Values, Default = unknown> extends About {
  readonly kind: Kind;
  readonly default: Default;
  readonly range?: Range;
  readonly bounds?: Bounds;
}

/** One of several words or numbers. */
export interface Choice<Word = string | number, Default = unknown> extends About {
  readonly kind: 'choice';
  readonly words: readonly Word[];
  readonly default: Default;
}

/** Several values of a kind; none where it is left out and has no default. */
export interface List<Item = unknown, Kind = 'list' | 'one-or-more'> extends About {
  readonly kind: Kind;
  readonly of: Item;
  readonly default: unknown;
  readonly range?: Range;
}

/** A section inside another one: with all its defaults where it is left out, unless that means there is none. */
export interface Part<Keys = Section> extends About {
  readonly kind: 'section';
  readonly keys: Keys;
  readonly isOptional?: true;
}

/** Sections under names that the user gives; none where it is left out. */
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

export const choice = <const Word extends string | number, Default extends Word | undefined = undefined>(
  description: string,
  words: readonly Word[],
  preset?: Default,
): Choice<Word, Default> => ({ kind: 'choice', description, words, default: preset as Default });

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

/** A list whose only item may stand alone, without brackets. */
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

/** Several of some words. */
export const several = <const Word extends string | number>(
  description: string,
  words: readonly Word[],
  preset: readonly Word[],
): List<Choice<Word, undefined>, 'list'> => ({ ...list(description, choice('', words)), default: preset });

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

/** A key that must be there. */
export const required = <const K extends Key>(key: K): K & { readonly isRequired: true } => ({
  ...key,
  isRequired: true,
});

/** A section whose absence means that there is no such thing. */
export const optional = <const K extends Part>(key: K): K & { readonly isOptional: true } => ({
  ...key,
  isOptional: true,
});

/** A key with what the template says beside it. */
export const noted = <const K extends Key>(note: string | true, key: K): K => ({ ...key, note });
