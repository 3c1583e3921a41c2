import { COALESCING } from './coalescing.js';
import type { OffloadRow } from './row.js';
import { SEGMENTATION } from './segmentation.js';

/** The third part of the table: what holds whatever is offloaded. */
export const OFFLOAD: readonly OffloadRow[] = [
  ...SEGMENTATION.map((row) => ({ ...row, isExact: true })),
  ...COALESCING,
];
