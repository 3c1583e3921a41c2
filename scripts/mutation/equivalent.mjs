/** The lines around a mutant as they are and as they become, on one line each. */
export const linesOf = (text, { start, end, text: becomes }) => {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const to = text.indexOf('\n', end) === -1 ? text.length : text.indexOf('\n', end);
  const short = (each) => each.replace(/\s+/g, ' ').trim();
  return {
    is: short(text.slice(from, to)),
    becomes: short(text.slice(from, start) + becomes + text.slice(end, to)),
  };
};

/**
 * Survivors of which somebody has said why no behaviour differs: `{ file, is, becomes, why }`.
 *
 * Gives whether one is among them, and which entries fit nothing any more that survives in the files looked at.
 */
export class Equivalents {
  #entries;
  #used = new Set();

  constructor(entries) {
    this.#entries = entries;
  }

  has(file, text, mutant) {
    const { is, becomes } = linesOf(text, mutant);
    const found = this.#entries.find(
      (each) => each.file === file && each.is === is && each.becomes === becomes,
    );
    if (found !== undefined) this.#used.add(found);
    return found !== undefined;
  }

  unfit(files) {
    return this.#entries.filter((each) => files.includes(each.file) && !this.#used.has(each));
  }
}
