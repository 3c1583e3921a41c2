const MOST = 10;

/** The first ten of some names, for a person to choose from. */
export const listed = (names: Iterable<string>): string => {
  const first: string[] = [];
  for (const name of names) if (first.push(name) === MOST) break;
  return first.join(', ') || 'there is none';
};
