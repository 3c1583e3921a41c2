import { copyFileSync, fstatSync, ftruncateSync, renameSync, rmSync, writeSync } from 'node:fs';
import { isStillAt } from '../owned-file.js';
import type { LineOutput } from './log.js';

/** How long the file of a log may get, in octets; as much again is kept of what was before. */
const LONGEST = 5_000_000;
/** Stderr is the file itself, so that it also gets what Node says as it crashes. */
const STDERR = 2;

/** Where the part of a log is that is older than its file. */
export const olderOf = (path: string): string => `${path}.1`;

/** Removes a log, as far as there is one and that can be. */
export const removeLog = (path: string): void => {
  for (const each of [olderOf(path), path])
    try {
      rmSync(each, { force: true });
    } catch {
      // It says something that is over: no reason to fail.
    }
};

/**
 * The log of a process whose stderr is a file, opened to append, which gets no longer than it may.
 *
 * Where it would, it is copied and begun anew: whoever else writes to it goes on in the same file. What a full disk
 * does not take is lost, and counted.
 */
export class LogFile implements LineOutput {
  readonly #longest: number;
  #path: string;
  #lost = 0;
  /** Whether the last line was written in part. */
  #isTorn = false;

  constructor(path: string, longest = LONGEST) {
    this.#path = path;
    this.#longest = longest;
  }

  /** Gives it another name, in place of what has that name; throws what the file system says. */
  rename(path: string): void {
    removeLog(path);
    renameSync(this.#path, path);
    this.#path = path;
  }

  /** Says whether all of it was written. */
  write(line: string): boolean {
    const lines = this.#lost === 0 ? line : lostLine(this.#lost) + line;
    const octets = Buffer.from(this.#isTorn ? `\n${lines}` : lines);
    try {
      if (fstatSync(STDERR).size + octets.length > this.#longest) this.#beginAnew();
      const written = writeSync(STDERR, octets);
      this.#isTorn = written < octets.length;
      this.#lost = this.#isTorn ? this.#lost + 1 : 0;
      return !this.#isTorn;
    } catch {
      this.#lost += 1;
      return false;
    }
  }

  /** Removes it, and its older part; what somebody else has put in its place stays. */
  remove(): void {
    if (this.#isInPlace()) removeLog(this.#path);
  }

  #isInPlace(): boolean {
    const { dev, ino } = fstatSync(STDERR, { bigint: true });
    return isStillAt(this.#path, { device: dev, inode: ino });
  }

  #beginAnew(): void {
    try {
      if (this.#isInPlace()) copyFileSync(this.#path, olderOf(this.#path));
    } catch {
      // No room for both: the older part goes.
      rmSync(olderOf(this.#path), { force: true });
    }
    ftruncateSync(STDERR);
  }
}

const lostLine = (lines: number): string =>
  `${JSON.stringify({ level: 'warn', lines, msg: `${lines} lines of the log were lost: the disk was full` })}\n`;
