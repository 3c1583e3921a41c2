import { queryObjects } from 'node:v8';

/** How many objects of a class are still held by anything, after a collection of garbage; takes a tenth of a second. */
export const retained = (kind: Parameters<typeof queryObjects>[0]): number => {
  const { emitWarning } = process;
  // That it is experimental.
  process.emitWarning = () => {};
  try {
    return queryObjects(kind, { format: 'count' });
  } finally {
    process.emitWarning = emitWarning;
  }
};
