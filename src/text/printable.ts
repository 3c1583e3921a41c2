/**
 * What a terminal obeys rather than shows: control characters (C0, DEL, C1), line and paragraph separators, and the
 * marks that turn the direction of writing.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text that is safe to print on a terminal, on one line: `\u001b` stands for what a terminal would obey. */
export const printable = (text: string): string => text.replace(OBEYED, escaped);

/** The same for a text of several lines. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');

/** The same with a blank in place of each such character, so that columns stay where they are. */
export const printableColumns = (text: string): string => text.replace(OBEYED, ' ');

const escaped = (character: string): string =>
  SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
