import { closeSync, writeSync } from 'node:fs';
import type { LineOutput } from '../observe/log.js';
import { LogFile } from '../observe/log-file.js';
import { isWarning } from './log-line.js';
import { logPath } from './log-path.js';

/** Names the log of a lab that is to detach, for the process that becomes it. */
export const DETACHED_VARIABLE = 'TUNPIKE_DETACHED';
/** Where that process tells `up -d` how it is doing, a `StarterLine` on each line. */
export const READY_DESCRIPTOR = 3;
/** What is told of a log that cannot be written: `up -d` may not read at once, and nobody waits for it. */
const MOST_TOLD = 100;

/** What a lab that starts tells `up -d`. */
export interface StarterLine {
  /** It is ready, and has printed so many octets. */
  readonly printed?: number;
  /** What the log has no room for. */
  readonly said?: string;
}

/** What a lab does about having been started by `up -d`. */
export interface Detached {
  /** Takes the lines of its log. */
  readonly output: LineOutput;
  /** Writes what is said on stderr. */
  say(text: string): void;
  /** The log gets its name: the lab has that, and answers. */
  begin(name: string): void;
  /** Everything that `up -d` is to print was printed: it may end. */
  tellReady(): void;
  /** The log goes. */
  remove(): void;
}

/** Undefined for a lab in the foreground; asked once. */
export const detachedAs = (): Detached | undefined => {
  const path = process.env[DETACHED_VARIABLE];
  delete process.env[DETACHED_VARIABLE];
  if (path === undefined) return undefined;
  const log = new LogFile(path);
  let told = 0;
  const tell = (line: StarterLine): void => {
    told += 1;
    try {
      writeSync(READY_DESCRIPTOR, `${JSON.stringify(line)}\n`);
    } catch {
      // Whoever started it has gone; the lab runs all the same.
    }
  };
  const say = (text: string): void => {
    if (!log.write(text) && told < MOST_TOLD) tell({ said: text });
  };
  return {
    output: { write: (line) => (isWarning(line) ? say(line) : log.write(line)) },
    say,
    begin: (name) => {
      try {
        log.rename(logPath(name));
      } catch (error) {
        say(`\`tunpike logs\` will not find the log: ${(error as Error).message}\n`);
      }
    },
    tellReady: () => {
      tell({ printed: process.stdout.bytesWritten });
      closeSync(READY_DESCRIPTOR);
      // The descriptor may be another file's from here on.
      told = MOST_TOLD;
    },
    remove: () => log.remove(),
  };
};
