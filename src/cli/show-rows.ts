import type { ShowWhat } from '../observe/shown.js';
import { JsonList } from './json-pieces.js';
import { onOutputFailure, outputTaken } from './output-failure.js';
import type { Terminal } from './terminal.js';

/** The subjects that may be long, of which the first rows are printed before the last have come. */
const GROWING = ['interfaces', 'routes', 'neighbors', 'filters', 'drops'] as const;

export type Growing = (typeof GROWING)[number];

export const isGrowing = (what: ShowWhat): what is Growing => GROWING.some((each) => each === what);

/** Draws a list whose rows come some at a time; ends with a newline. */
export interface RowsDrawing<Rows> {
  piece(rows: Rows): string;
  end(): string;
}

/**
 * Prints rows as they arrive, as far as `narrow` leaves them, until nobody reads them any more.
 *
 * `none` is awaited before a list without any row ends; it may throw.
 */
export const printRows = async <Rows extends readonly unknown[]>(
  { io }: Terminal,
  rows: AsyncIterable<Rows>,
  narrow: (rows: Rows) => Rows,
  drawing: RowsDrawing<Rows>,
  none: () => Promise<void>,
): Promise<void> => {
  let isAny = false;
  let isUnread = false;
  const ignore = onOutputFailure(() => {
    isUnread = true;
  });
  const print = async (text: string): Promise<void> => {
    if (text === '') return;
    io.stdout.write(text);
    await outputTaken();
  };
  try {
    for await (const some of rows) {
      if (isUnread) return;
      const wanted = narrow(some);
      isAny ||= wanted.length > 0;
      await print(drawing.piece(wanted));
    }
    if (!isAny) await none();
    await print(drawing.end());
  } finally {
    ignore();
  }
};

/** As one JSON document. */
export const jsonDrawing = (): RowsDrawing<readonly unknown[]> => {
  const list = new JsonList();
  return { piece: (rows) => list.piece(rows), end: () => `${list.end()}\n` };
};
