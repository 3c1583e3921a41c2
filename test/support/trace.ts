/** The addresses in what traceroute or mtr prints, hop by hop. */
export const hopsOf = (stdout: string): string[] =>
  stdout.split('\n').flatMap((line) => /^\s*\d+(?:\.\|--|:)?\s+(\d+\.\d+\.\d+\.\d+)/.exec(line)?.[1] ?? []);
