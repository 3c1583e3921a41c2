import { commandAt } from './command-word.js';

/** The name under which a command takes an option of its own that has the name of a global one. */
export const ownName = (name: string): string => `own-${name}`;

/**
 * Gives `filter add` its `--name`: after it, that is the filter's name, and no instance's.
 *
 * `filter add --name f --action drop` becomes `filter add --own-name f --action drop`; everything else stays as it is.
 * `-n` is the instance everywhere.
 */
export const ownWords = (argv: readonly string[]): readonly string[] => {
  const at = commandAt(argv);
  const verb = commandAt(argv, at + 1);
  if (argv[at] !== 'filter' || argv[verb] !== 'add') return argv;
  return argv.map((word, place) => {
    if (place <= verb) return word;
    return word === '--name' || word.startsWith('--name=') ? `--${ownName(word.slice(2))}` : word;
  });
};
