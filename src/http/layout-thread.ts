import { parentPort, workerData } from 'node:worker_threads';
import type { TopologyRow } from '../observe/shown.js';
import type { DrawingDirection } from './drawing.js';
import { drawingOf } from './layout.js';

const { topology, direction } = workerData as {
  readonly topology: readonly TopologyRow[];
  readonly direction: DrawingDirection;
};
parentPort?.postMessage(drawingOf(topology, direction));
