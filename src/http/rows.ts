import type { ServerResponse } from 'node:http';
import type { Rows } from '../control/rows.js';
import type { Turns } from '../control/turns.js';

/** Rows in one piece, whatever the time they take. */
const MOST_AT_ONCE = 1000;

/** Which rows are wanted. */
export interface Selection {
  readonly keeps: (row: unknown) => boolean;
  readonly limit: number;
}

/** Writes rows as a JSON array, piece by piece: never longer than one turn at a time, and no faster than they are read. */
export const writeRows = async (
  response: ServerResponse,
  rows: Rows<unknown>,
  turns: Turns,
  { keeps, limit }: Selection,
): Promise<void> => {
  const each = rows.steps;
  let left = limit;
  let before = '[';
  for (let isDone = false; !isDone && !response.destroyed; ) {
    const piece = await turns.take(() => {
      let text = '';
      for (let count = 0; count < MOST_AT_ONCE && (count === 0 || !turns.isOver); count += 1) {
        const { done, value } = each.next();
        if (done === true || left === 0) {
          isDone = true;
          break;
        }
        // Undefined: the next one is still to be found.
        if (value === undefined || !keeps(value)) continue;
        left -= 1;
        text += `${before}${JSON.stringify(value)}`;
        before = ',';
      }
      return text;
    });
    if (!response.write(isDone ? `${piece}${before === '[' ? '[' : ''}]\n` : piece) && !isDone)
      await drained(response);
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
