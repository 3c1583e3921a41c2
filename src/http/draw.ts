import { Worker } from 'node:worker_threads';
import type { TopologyRow } from '../observe/shown.js';
import type { Drawing, DrawingDirection } from './drawing.js';

/** Lays a lab out. */
export type Draw = (topology: readonly TopologyRow[], direction: DrawingDirection) => Promise<Drawing>;

/** No lab takes that long. In milliseconds. */
const LONGEST = 10_000;

/**
 * Lays labs out in a thread of its own, which lives as long as that takes, so that datagrams do not wait for it.
 *
 * A drawing is kept until the lab has changed; whoever asks meanwhile gets the same one.
 */
export const drawer = (): Draw => {
  const kept = new Map<DrawingDirection, { readonly of: string; readonly drawing: Promise<Drawing> }>();
  return (topology, direction) => {
    const of = JSON.stringify(topology);
    const known = kept.get(direction);
    if (known?.of === of) return known.drawing;
    const drawing = drawBeside(topology, direction);
    kept.set(direction, { of, drawing });
    // What failed is tried again.
    drawing.catch(() => kept.delete(direction));
    return drawing;
  };
};

const drawBeside = (topology: readonly TopologyRow[], direction: DrawingDirection): Promise<Drawing> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./layout-thread.js', import.meta.url), {
      workerData: { topology, direction },
      resourceLimits: { maxOldGenerationSizeMb: 256 },
      env: {},
      execArgv: [],
    });
    thread.unref();
    const late = setTimeout(() => end(() => reject(new Error('the layout takes too long'))), LONGEST);
    late.unref();
    const end = (then: () => void): void => {
      clearTimeout(late);
      void thread.terminate();
      then();
    };
    thread.once('message', (drawing: Drawing) => end(() => resolve(drawing)));
    thread.once('error', (error) => end(() => reject(error)));
  });
