import { commandAt } from './command-word.js';

/** Letters of `ping` without a value, which may stand together in one word. */
const SWITCHES = 'nqRvj';

/**
 * Gives `ping` its letters: after it, `-n` is what it is in iputils, and no instance's name.
 *
 * `ping -nc 3 A` becomes `ping --numeric -c 3 A`; everything else stays as it is.
 */
export const pingWords = (argv: readonly string[]): readonly string[] => {
  const at = commandAt(argv);
  if (argv[at] !== 'ping') return argv;
  const end = argv.indexOf('--', at);
  const own = argv.slice(at + 1, end === -1 ? undefined : end);
  return [...argv.slice(0, at + 1), ...own.flatMap(separated), ...(end === -1 ? [] : argv.slice(end))];
};

const separated = (word: string): string[] => {
  const letters = /^-(?!-)(.*)$/.exec(word)?.[1] ?? '';
  const count = [...letters].findIndex((letter) => !SWITCHES.includes(letter));
  const switches = [...letters.slice(0, count === -1 ? undefined : count)];
  if (!switches.includes('n')) return [word];
  const rest = letters.slice(switches.length);
  return [
    ...switches.map((letter) => (letter === 'n' ? '--numeric' : `-${letter}`)),
    ...(rest === '' ? [] : [`-${rest}`]),
  ];
};
