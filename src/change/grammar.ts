import type { Key, Section } from '../key.js';
import { camelCase, type SettingsOf } from '../section.js';
import { type Fault, fault, isFault } from '../text/fault.js';
import { nearest } from '../text/nearest.js';
import { readValue } from '../text/values.js';

/**
 * The words of a command that changes a running lab: `icmp set --frag-needed false -r r2`.
 *
 * Arguments and options are tables of keys, those of the file where the file has them too, so that both have the same
 * kinds, ranges and units.
 */
export interface Grammar<
  Words extends string = string,
  Arguments extends Section = Section,
  Options extends Section = Section,
> {
  /** The command and what it does: `icmp set`. */
  readonly words: Words;
  readonly description: string;
  /** All of them are written, in this order; each may also be written as an option: `--group 239.1.2.3`. */
  readonly arguments: Arguments;
  /** Arguments in a form of their own, instead of `arguments`: how usage shows them, and how they are read. */
  readonly operands?: {
    readonly form: string;
    read(words: readonly string[]): Readonly<Record<string, unknown>> | Fault;
  };
  /** Each is written `--name value`; of a flag, the value `true` may be left out. */
  readonly options: Options;
  /** Options by the letter that is short for them. */
  readonly letters?: Readonly<Record<string, keyof Options & string>>;
  /** What those arguments and options name whose values are names. */
  readonly names?: Readonly<Record<string, Named>>;
  /** Lines to type as they are, without `tunpike`, each with what it does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** Why arguments and options do not go together. */
  fault?(given: Given<Arguments, Options>): Fault | undefined;
}

/** What a name in a change may be the name of. */
export type Named = 'link' | 'router' | 'interface' | 'owner' | 'filter';

/** The arguments of a command, and those of its options that are given, by their names in camel case. */
export interface Given<Arguments extends Section, Options extends Section> {
  readonly arguments: {
    readonly [Name in keyof SettingsOf<Arguments>]-?: Exclude<SettingsOf<Arguments>[Name], undefined>;
  };
  readonly options: { readonly [Name in keyof SettingsOf<Options>]?: SettingsOf<Options>[Name] };
}

/** What a command of a grammar asks for. */
export type ChangeBy<G> =
  G extends Grammar<infer Words, infer Arguments, infer Options>
    ? { readonly kind: Words } & Given<Arguments, Options>
    : never;

export const grammar = <const Words extends string, Arguments extends Section, Options extends Section>(
  given: Grammar<Words, Arguments, Options>,
): Grammar<Words, Arguments, Options> => given;

/** Reads the words that follow those of the command, as a change by that grammar. */
export const readWords = (grammar: Grammar, words: readonly string[]): ChangeBy<Grammar> | Fault => {
  const sorted = sortWords(grammar, words);
  if (isFault(sorted)) return sorted;
  const placed = grammar.operands?.read(sorted.operands) ?? placeArguments(grammar, sorted);
  if (isFault(placed)) return placed;
  const read = { kind: grammar.words, arguments: placed, options: sorted.options } as ChangeBy<Grammar>;
  return grammar.fault?.(read) ?? read;
};

type Values = Record<string, unknown>;

/** What stands between options, the options, and the arguments that were written as such. */
interface Sorted {
  readonly operands: readonly string[];
  readonly options: Values;
  readonly named: Values;
}

/** Tells options from arguments, and reads the options. */
const sortWords = (grammar: Grammar, words: readonly string[]): Sorted | Fault => {
  const operands: string[] = [];
  const options: Values = {};
  const named: Values = {};
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    // A number below zero is no option: whoever reads it says what may stand there.
    if (!word.startsWith('-') || /^-\d/.test(word)) {
      operands.push(word);
      continue;
    }
    const [written = '', joined] = splitOnce(word);
    const name = optionNamed(grammar, written);
    if (isFault(name)) return name;
    const isOption = Object.hasOwn(grammar.options, name);
    const key = isOption ? grammar.options[name]! : grammar.arguments[name]!;
    const values = isOption ? options : named;
    if (Object.hasOwn(values, camelCase(name)))
      return fault('E-DUPLICATE', `\`${written}\` is written twice`, 'write it once');
    const next = words[at + 1];
    const isBare = key.kind === 'flag' && joined === undefined && (next ?? '-').startsWith('-');
    if (joined === undefined && !isBare) at += 1;
    const text = isBare ? 'true' : (joined ?? next);
    if (text === undefined)
      return fault(
        'E-TYPE',
        `\`${written}\` has no value`,
        `write one: \`${written} ${placeholderOf(key)}\``,
      );
    const value = readValue(text, key);
    if (isFault(value)) return { ...value, message: `${written}: ${value.message}` };
    values[camelCase(name)] = value;
  }
  return { operands, options, named };
};

/** `--loss=1%` is `--loss` and `1%`. */
const splitOnce = (word: string): [string, string?] => {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
};

const optionNamed = (
  { words, options, arguments: inOrder, letters = {} }: Grammar,
  written: string,
): string | Fault => {
  const name = written.startsWith('--') ? written.slice(2) : letters[written.slice(1)];
  if (name !== undefined && (Object.hasOwn(options, name) || Object.hasOwn(inOrder, name))) return name;
  const meant = nearest(written.replace(/^-+/, ''), Object.keys(options));
  return fault(
    'E-KEY',
    `\`${words}\` has no option \`${written.slice(0, 40)}\``,
    meant === undefined
      ? `its options are ${Object.keys(options)
          .map((each) => `--${each}`)
          .join(' ')}`
      : `did you mean \`--${meant}\`?`,
  );
};

const placeArguments = (grammar: Grammar, { operands, named }: Sorted): Values | Fault => {
  const keys = Object.entries(grammar.arguments).filter(([name]) => !Object.hasOwn(named, camelCase(name)));
  const usage = `write \`${usageOf(grammar)}\``;
  if (operands.length > keys.length)
    return fault('E-TYPE', `\`${operands[keys.length]!.slice(0, 40)}\` is one word too many`, usage);
  const values: Values = { ...named };
  for (const [at, [name, key]] of keys.entries()) {
    const text = operands[at];
    if (text === undefined) return fault('E-TYPE', `\`${grammar.words}\` needs ${name.toUpperCase()}`, usage);
    const value = readValue(text, key);
    if (isFault(value)) return { ...value, message: `${name}: ${value.message}` };
    values[camelCase(name)] = value;
  }
  return values;
};

/** `igmp leave INTERFACE GROUP`. */
const usageOf = ({ words, arguments: keys }: Grammar): string =>
  [words, ...Object.keys(keys).map((name) => name.toUpperCase())].join(' ');

/** What stands for a value in usage: `true|false`, `DURATION`. */
export const placeholderOf = (key: Key): string => {
  if (key.kind === 'flag') return 'true|false';
  if (key.kind === 'choice') return fewWords(key.words.join('|'));
  if (key.kind === 'list' || key.kind === 'one-or-more') return `${placeholderOf(key.of)},…`;
  return (PLACEHOLDERS[key.kind] ?? key.kind).toUpperCase();
};

/** Many words would push all descriptions aside; they stand in the description then. */
const fewWords = (words: string): string => (words.length > 40 ? 'CODE' : words);

const PLACEHOLDERS: Readonly<Partial<Record<Key['kind'], string>>> = {
  whole: 'n',
  decimal: 'number',
  'host-address': 'address',
  'interface-address': 'address/length',
  'prefix-or-address': 'prefix',
  chance: 'share',
};
