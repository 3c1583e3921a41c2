import { type Fault, fault } from '../text/fault.js';

/** The words of a line, as a shell would split it: blanks between them, and quotes around those with blanks. */
export const wordsOf = (line: string): readonly string[] | Fault => {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (const letter of line) {
    if (quote !== undefined) {
      if (letter === quote) quote = undefined;
      else word += letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + letter;
  }
  if (quote !== undefined)
    return fault('E-TYPE', `a quote ${quote} is not closed`, `add ${quote} where it ends`);
  if (word !== undefined) words.push(word);
  return words;
};
