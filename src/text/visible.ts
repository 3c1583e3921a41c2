/** What a terminal obeys or hides: control characters, what turns the direction of text, what has no width. */
const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text as a terminal may be shown it: what it would obey, or hide, is written out as `\u{202e}`. */
export const visible = (text: string): string =>
  text.replace(UNSEEN, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
