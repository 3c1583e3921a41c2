/** A text as one word of a shell, such as a file's name in a line to copy: in quotes where a shell would take it apart. */
export const shellWord = (text: string): string =>
  PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const PLAIN = /^[\p{L}\p{N}_@%+=:,./-]+$/u;
