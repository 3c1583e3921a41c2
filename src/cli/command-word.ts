/** Global options with a value of their own. */
const WITH_VALUE: ReadonlySet<string> = new Set(['-n', '--name', '--color']);

/** Where the next word stands, from a place on, that is neither a global option nor the value of one. */
export const commandAt = (argv: readonly string[], from = 0): number => {
  let at = from;
  while (argv[at]?.startsWith('-')) at += WITH_VALUE.has(argv[at]!) ? 2 : 1;
  return at;
};
