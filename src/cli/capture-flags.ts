import type { Only } from '../observe/capture/selection.js';

/** What `tunpike capture` takes. */
export interface CaptureFlags {
  readonly interface?: string;
  readonly write?: string;
  readonly count?: number;
  readonly snaplen?: number;
  readonly only?: Only;
  readonly match?: readonly string[];
  /** In milliseconds. */
  readonly duration?: number;
  /** In octets. */
  readonly rotate?: number;
  readonly keep?: number;
}
