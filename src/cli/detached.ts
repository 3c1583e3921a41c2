import { closeSync, writeSync } from 'node:fs';
import { LogFile } from '../observe/log-file.js';
import { logPath } from './log-path.js';

/** Names the log of a lab that is to detach, for the process that becomes it. */
export const DETACHED_VARIABLE = 'TUNPIKE_DETACHED';
/** Where that process tells `up -d` that it is ready. */
export const READY_DESCRIPTOR = 3;

/** What a lab does about having been started by `up -d`. */
export interface Detached {
  readonly log: LogFile;
  /** The log gets its name: the lab has that, and answers. */
  begin(name: string): void;
  /** Everything that `up -d` is to print was printed: it may end. */
  tellReady(): void;
}

/** Undefined for a lab in the foreground; asked once. */
export const detachedAs = (): Detached | undefined => {
  const path = process.env[DETACHED_VARIABLE];
  delete process.env[DETACHED_VARIABLE];
  if (path === undefined) return undefined;
  const log = new LogFile(path);
  return {
    log,
    begin: (name) => {
      try {
        log.rename(logPath(name));
      } catch (error) {
        process.stderr.write(`\`tunpike logs\` will not find the log: ${(error as Error).message}\n`);
      }
    },
    tellReady: () => {
      try {
        writeSync(READY_DESCRIPTOR, `${process.stdout.bytesWritten}\n`);
        closeSync(READY_DESCRIPTOR);
      } catch {
        // Whoever started it has gone; the lab runs all the same.
      }
    },
  };
};
