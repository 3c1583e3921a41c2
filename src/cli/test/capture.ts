import type { Configuration } from '../../config/configuration.js';
import type { RunningLab } from '../../runtime/running-lab.js';

/** A capture of everything, until it is ended. */
export interface RunningCapture {
  /** Completes the file, and gives its path. */
  end(): Promise<string>;
}

/** Captures every datagram of a lab into a file; undefined where this version cannot capture. */
export const beginCapture = async (
  _lab: RunningLab,
  _configuration: Configuration,
  _file: string,
): Promise<RunningCapture | undefined> => undefined;
