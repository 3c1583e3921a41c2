import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** The most octets that wait for a slow reader. */
const MOST_WAITING = 256 * 1024;
/** How soon to try again while a reader is slow, in milliseconds. */
const SLOW_RETRY = 20;
/** How soon to try again while a disk is full, in milliseconds. */
const FAILED_RETRY = 1000;
/** For how many retries without progress the process stays alive just for what waits. */
const MOST_RETRIES = 50;

/** Errors after which nothing will ever be read. */
const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO', 'EBADF']);

/**
 * Lines to a descriptor, written without ever waiting for their reader.
 *
 * A reader that is slow or gone, and a full disk, cost lines, which are counted, and nothing else.
 */
export class BoundedOutput {
  readonly #descriptor: number;
  /** Reports how many lines were lost, once lines can be written again. */
  readonly #onLost: (lines: number) => void;
  #waiting: Uint8Array[] = [];
  #waitingLength = 0;
  #lost = 0;
  #isGone = false;
  #retries = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(descriptor: number, onLost: (lines: number) => void) {
    this.#descriptor = nonBlocking(descriptor);
    this.#onLost = onLost;
  }

  write(line: string): void {
    if (this.#isGone) return;
    const octets = Buffer.from(line);
    // Once a line is lost, so is all until that is reported: what is missing is one gap.
    if (this.#lost > 0 || this.#waitingLength + octets.length > MOST_WAITING) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(octets);
    this.#waitingLength += octets.length;
    if (this.#timer === undefined) this.#flush();
  }

  #flush(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const written = this.#try(next);
      if (written === undefined) return;
      this.#retries = 0;
      this.#waitingLength -= written;
      if (written < next.length) this.#waiting[0] = next.subarray(written);
      else this.#waiting.shift();
    }
    if (this.#lost > 0) this.#reportLost();
  }

  #reportLost(): void {
    const lines = this.#lost;
    this.#lost = 0;
    this.#onLost(lines);
    // The report itself could not be written.
    if (this.#lost > 0) this.#lost = lines;
  }

  /** How many octets were taken; undefined if none can be now. */
  #try(octets: Uint8Array): number | undefined {
    try {
      return writeSync(this.#descriptor, octets);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') {
        this.#retryIn(SLOW_RETRY);
        return undefined;
      }
      this.#isGone = GONE.has(code);
      this.#lost += this.#waiting.length;
      this.#waiting = [];
      this.#waitingLength = 0;
      if (!this.#isGone) this.#retryIn(FAILED_RETRY);
      return undefined;
    }
  }

  #retryIn(milliseconds: number): void {
    this.#retries += 1;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, milliseconds);
    if (milliseconds === FAILED_RETRY || this.#retries > MOST_RETRIES) this.#timer.unref();
  }
}

/**
 * The same pipe or terminal, opened anew so that writing to it never waits; nobody else who has it open notices.
 *
 * Node itself does that for a socket. Writing to a file never waits for a reader.
 */
const nonBlocking = (descriptor: number): number => {
  try {
    const status = fstatSync(descriptor);
    if (status.isSocket() && descriptor === 2) void process.stderr.writable;
    if (!status.isFIFO() && !isatty(descriptor)) return descriptor;
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync(`/proc/self/fd/${descriptor}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return descriptor;
  }
};
