/** A file in which `<E-REF>` stands before each place where that problem is expected. */
export interface Marked {
  readonly text: string;
  /** `LINE:COLUMN CODE`, in the order of the file. */
  readonly expected: readonly string[];
}

export const marked = (source: string): Marked => {
  const expected: string[] = [];
  const lines = source.split('\n').map((line, at) => {
    let rest = line;
    for (let match = MARK.exec(rest); match !== null; match = MARK.exec(rest)) {
      expected.push(`${at + 1}:${match.index + 1} ${match[1]}`);
      rest = rest.replace(MARK, '');
    }
    return rest;
  });
  return { text: lines.join('\n'), expected };
};

const MARK = /<([EW]-[A-Z]+)>/;
