import { commandAt } from './command-word.js';

/** The letters of a command that has those of iputils. */
interface Letters {
  /** Those without a value, which may stand together in one word. */
  readonly switches: string;
  /** Those that mean something else before the command, and the options that they stand for here. */
  readonly own: Readonly<Record<string, string>>;
}

const LETTERS: Readonly<Record<string, Letters>> = {
  ping: { switches: 'nqRvj', own: { n: '--numeric' } },
  traceroute: { switches: 'nIvj', own: { n: '--numeric', q: '--queries' } },
  mtu: { switches: 'nvj', own: { n: '--numeric' } },
};

/**
 * Gives `ping` and its like their letters: after them, `-n` is what it is in iputils, and no instance's name.
 *
 * `ping -nc 3 A` becomes `ping --numeric -c 3 A`; everything else stays as it is.
 */
export const pingWords = (argv: readonly string[]): readonly string[] => {
  const at = commandAt(argv);
  const letters = Object.hasOwn(LETTERS, argv[at] ?? '') ? LETTERS[argv[at]!] : undefined;
  if (letters === undefined) return argv;
  const end = argv.indexOf('--', at);
  const own = argv.slice(at + 1, end === -1 ? undefined : end);
  return [
    ...argv.slice(0, at + 1),
    ...own.flatMap((word) => separated(word, letters)),
    ...(end === -1 ? [] : argv.slice(end)),
  ];
};

const separated = (word: string, { switches, own }: Letters): string[] => {
  const letters = /^-(?!-)(.*)$/.exec(word)?.[1] ?? '';
  const count = [...letters].findIndex((letter) => !switches.includes(letter));
  const alone = [...letters.slice(0, count === -1 ? undefined : count)];
  const [next, ...value] = letters.slice(alone.length);
  if (![...alone, next].some((letter) => letter !== undefined && Object.hasOwn(own, letter))) return [word];
  const last =
    next === undefined
      ? []
      : Object.hasOwn(own, next)
        ? [own[next]!, value.join('')]
        : [`-${next}${value.join('')}`];
  return [...alone.map((letter) => own[letter] ?? `-${letter}`), ...last.filter((each) => each !== '')];
};
