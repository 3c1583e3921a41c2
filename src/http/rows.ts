import type { ServerResponse } from 'node:http';
import type { Turns } from '../control/turns.js';

/** A text in pieces, with undefined where the next one is still to be found. */
export interface Pieces {
  text(): Iterator<string | undefined>;
}

/** Pieces at once, whatever the time they take. */
const MOST_AT_ONCE = 1000;

/**
 * Writes an answer piece by piece: never longer than one turn at a time, and no faster than it is read.
 *
 * `begin` writes its head, before the first piece and not until that is there: what makes it may throw.
 */
export const writePieces = async (
  response: ServerResponse,
  answer: Pieces,
  turns: Turns,
  begin: () => void,
): Promise<void> => {
  const each = answer.text();
  for (let isDone = false; !isDone && !response.destroyed; ) {
    const piece = await turns.take(() => {
      const made: string[] = [];
      for (let count = 0; count < MOST_AT_ONCE && (count === 0 || !turns.isOver); count += 1) {
        const { done, value } = each.next();
        if (done === true) {
          isDone = true;
          break;
        }
        if (value !== undefined) made.push(value);
      }
      return made.join('');
    });
    if (piece === '' && !isDone) continue;
    if (!response.headersSent) begin();
    if (response.req.method === 'HEAD') break;
    if (!response.write(isDone ? `${piece}\n` : piece) && !isDone) await drained(response);
  }
  response.end();
};

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go);
      response.off('close', go);
      resolve();
    };
    response.on('drain', go);
    response.on('close', go);
  });
