import type { Choice, Key, Section } from '../key.js';
import { describeValue } from './describe-section.js';
import { KINDS } from './kinds.js';

/** Values that replace the defaults of some keys; undefined omits a key. */
type Sample<Keys> = { readonly [Name in keyof Keys]?: unknown };

/** Columns at which comments start; the first that leaves room is used. */
const COMMENT_COLUMNS = [32, 52];
/** The longest line for a section that is written on one line. */
const LONGEST_LINE = 100;

/** One line for each key of a section, with its default or sample value and its note. */
export const templateLines = <Keys extends Section>(
  keys: Keys,
  indentation: number,
  sample: Sample<Keys> = {},
): string => linesOf(keys, indentation, new Map(Object.entries(sample)), true);

const linesOf = (
  keys: Section,
  indentation: number,
  sample: ReadonlyMap<string, unknown>,
  hasWords: boolean,
): string =>
  Object.entries(keys)
    .flatMap(([name, key]) => {
      const value = sample.has(name) ? sample.get(name) : sampleOf(key);
      return value === undefined ? [] : [linesFor(name, key, value, indentation, hasWords)];
    })
    .join('\n');

/** A section too long for one line has its keys below it. `hasWords`: the words of a choice are listed beside it. */
const linesFor = (name: string, key: Key, value: unknown, indentation: number, hasWords: boolean): string => {
  const start = `${' '.repeat(indentation)}${name}:`;
  const line = `${start} ${flow(value)}`;
  if (key.kind !== 'section' || line.length <= LONGEST_LINE) return commented(line, noteOf(key, hasWords));
  const words = allWords(key.keys);
  const heading = commented(start, words === undefined ? noteOf(key, hasWords) : words.join(' | '));
  return `${heading}\n${linesOf(key.keys, indentation + 2, new Map(), words === undefined)}`;
};

/** The words that every key of a section accepts; they are listed once, at the section. */
const allWords = (keys: Section): Choice['words'] | undefined => {
  const [first, ...others] = Object.values(keys);
  if (first?.kind !== 'choice') return undefined;
  const isSame = (key: Key): boolean => key.kind === 'choice' && `${key.words}` === `${first.words}`;
  return others.length > 0 && others.every(isSame) ? first.words : undefined;
};

/** What is written for a key without a sample: its default, otherwise an example of its kind. */
const sampleOf = (key: Key): unknown => {
  switch (key.kind) {
    case 'section':
      return Object.fromEntries(Object.entries(key.keys).map(([name, each]) => [name, sampleOf(each)]));
    case 'named':
      return {};
    case 'list':
    case 'one-or-more':
      if (key.default !== undefined) return describeValue(key, key.default);
      return key.range?.least === undefined ? [] : [sampleOf(key.of)];
    case 'choice':
      return key.default ?? key.words[0];
    case 'whole':
    case 'decimal':
      return key.default ?? key.range?.least;
    default:
      return key.default === undefined ? KINDS[key.kind].example : describeValue(key, key.default);
  }
};

const noteOf = (key: Key, hasWords: boolean): string => {
  const words = key.kind === 'choice' && hasWords ? key.words.join(' | ') : '';
  const note = key.note === true ? key.description : (key.note ?? '');
  return [words, note].filter((each) => each !== '').join(' ');
};

const commented = (line: string, comment: string): string => {
  if (comment === '') return line;
  const column = COMMENT_COLUMNS.find((each) => line.length < each) ?? line.length + 2;
  return `${line.padEnd(column)}# ${comment}`;
};

/** A value on one line, quoted if YAML or a reader could mistake it for something else. */
const flow = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, each]) => `${name}: ${flow(each)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return typeof value !== 'string' || isPlain(value) ? String(value) : JSON.stringify(value);
};

const isPlain = (text: string): boolean =>
  /^[\w/][\w./%-]*$/.test(text) && Number.isNaN(Number(text)) && !/^(true|false|null)$/i.test(text);
