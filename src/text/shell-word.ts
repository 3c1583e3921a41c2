import { printable } from './printable.js';

/**
 * A text as one word of a shell, such as a file's name in a line to copy: in quotes where a shell would take it apart.
 *
 * Nothing in it is obeyed by a terminal: what would be is written as `$'\033'`, which bash, zsh and ksh know.
 */
export const shellWord = (text: string): string => {
  if (PLAIN.test(text)) return text;
  return printable(text) === text ? `'${text.replaceAll("'", `'\\''`)}'` : `$'${dollarQuoted(text)}'`;
};

/** The same for the name of a file: one that begins with `-` would be taken for an option. */
export const shellFile = (file: string): string => shellWord(/^-./.test(file) ? `./${file}` : file);

const PLAIN = /^[\p{L}\p{N}_@%+=:,./-]+$/u;

/** Octet by octet where a terminal would obey, always with three digits: a digit may come next. */
const dollarQuoted = (text: string): string =>
  [...text.replace(/[\\']/g, '\\$&')]
    .map((each) => (printable(each) === each ? each : [...Buffer.from(each)].map(octetEscape).join('')))
    .join('');

const octetEscape = (octet: number): string => `\\${octet.toString(8).padStart(3, '0')}`;
