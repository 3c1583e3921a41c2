import { commandAt } from './command-word.js';

/** The name under which a command takes an option of its own that has the name of a global one. */
export const ownName = (name: string): string => `own-${name}`;

/**
 * Gives what belongs to one command alone out of the reach of the global options.
 *
 * What `exec` runs has its options to itself, with and without `--` before it.
 */
export const ownWords = (argv: readonly string[]): readonly string[] =>
  argv[commandAt(argv)] === 'exec' ? programApart(argv) : nameOfFilter(argv);

/** Puts a `--` before the program of `exec`: `exec alice ping -c 1` becomes `exec alice -- ping -c 1`. */
const programApart = (argv: readonly string[]): readonly string[] => {
  const host = commandAt(argv, commandAt(argv) + 1);
  const program = commandAt(argv, host + 1);
  const isApart = argv.slice(0, program + 1).includes('--');
  return isApart || program >= argv.length ? argv : [...argv.slice(0, program), '--', ...argv.slice(program)];
};

/**
 * Gives `filter add` its `--name`: after it, that is the filter's name, and no instance's. So it is after `filter del`
 * where the filter is not named without it.
 *
 * `filter add --name f --action drop` becomes `filter add --own-name f --action drop`; everything else stays as it is.
 * `-n` is the instance everywhere.
 */
const nameOfFilter = (argv: readonly string[]): readonly string[] => {
  const at = commandAt(argv);
  const verb = commandAt(argv, at + 1);
  if (argv[at] !== 'filter') return argv;
  const isOwn = argv[verb] === 'add' || (argv[verb] === 'del' && !hasOperand(argv.slice(verb + 1)));
  if (!isOwn) return argv;
  return argv.map((word, place) => {
    if (place <= verb) return word;
    return word === '--name' || word.startsWith('--name=') ? `--${ownName(word.slice(2))}` : word;
  });
};

/** Whether a word stands among those of `filter del` that is no option and no value of one. */
const hasOperand = (words: readonly string[]): boolean => {
  const routerAt = words.findIndex((word) => word === '-r' || word === '--router');
  const rest = routerAt < 0 ? words : words.toSpliced(routerAt, 2);
  return commandAt(rest) < rest.length;
};
