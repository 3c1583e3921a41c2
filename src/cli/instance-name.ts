import { InvalidArgumentError } from 'commander';
import { isName } from '../name.js';

/** A name from a flag: it becomes part of paths, so its alphabet is that of a name in a file. */
export const instanceName = (text: string): string => {
  if (isName(text)) return text;
  throw new InvalidArgumentError(
    'write letters, digits, `-`, `_` and `.`, and begin with a letter or a digit',
  );
};
