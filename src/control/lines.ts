const NEWLINE = 0x0a;

/** Stands for a line that is too long; nothing follows it. */
export const TOO_LONG = Symbol('too long');

/**
 * The lines of a stream of octets, without their newlines; text after the last newline is not a line.
 *
 * Holds at most `longest` octets, and reads no further while its reader is busy.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  longest: number,
): AsyncGenerator<string | typeof TOO_LONG> {
  let held: Uint8Array[] = [];
  let heldLength = 0;
  for await (const chunk of chunks) {
    let begin = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, begin);
      const piece = chunk.subarray(begin, end === -1 ? undefined : end);
      if (heldLength + piece.length > longest) {
        yield TOO_LONG;
        return;
      }
      held.push(piece);
      heldLength += piece.length;
      if (end === -1) break;
      yield Buffer.concat(held, heldLength).toString('utf8');
      held = [];
      heldLength = 0;
      begin = end + 1;
    }
  }
}
