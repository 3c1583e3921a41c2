import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** The most octets that wait for a slow reader. */
const MOST_WAITING = 256 * 1024;
/** How soon to try again when a reader has just read, and while it does not, in milliseconds. */
const SOON = 1;
const SLOW_RETRY = 20;
/** How soon to try again while a disk is full, in milliseconds. */
const FAILED_RETRY = 1000;
/** For how many retries without progress the process stays alive just for what waits. */
const MOST_RETRIES = 50;

/** Errors after which nothing will ever be read. */
const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO', 'EBADF']);

interface Waiting {
  readonly octets: Uint8Array;
  /** Whether it is one of the lines that may be lost. */
  readonly isLine: boolean;
}

/** What ends a line that was written in part. */
const LINE_END: Waiting = { octets: Buffer.from('\n'), isLine: false };

/** Hears how many lines were lost; `code` is what the kernel said, where it was not their reader who was slow. */
export type LostReport = (lines: number, code: string | undefined) => void;

/**
 * Lines to a descriptor, written without ever waiting for their reader.
 *
 * A reader that is slow or gone, and a full disk, cost lines, which are counted, and nothing else.
 */
export class BoundedOutput {
  /** Called once lines can be written again. */
  onLost: LostReport;
  /** Called once its reader has gone. */
  onGone: () => void = () => {};
  readonly #descriptor: number;
  #waiting: Waiting[] = [];
  /** Of the lines that may be lost. */
  #waitingLength = 0;
  #lost = 0;
  #code: string | undefined;
  /** How much of what waits first is written. */
  #begun = 0;
  #isGone = false;
  #retries = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(descriptor: number, onLost: LostReport = () => {}) {
    this.#descriptor = nonBlocking(descriptor);
    this.onLost = onLost;
  }

  /** A line, which is lost where too many wait. */
  write(line: string): void {
    const octets = Buffer.from(line);
    // Once a line is lost, so is all until that is reported: what is missing is one gap.
    if (this.#lost > 0 || this.#waitingLength + octets.length > MOST_WAITING) {
      if (!this.#isGone) this.#lost += 1;
      return;
    }
    this.#add({ octets, isLine: true });
  }

  /** Text that waits however much does: for what has an end, as the answer of a command. */
  keep(text: string): void {
    this.#add({ octets: Buffer.from(text), isLine: false });
  }

  #add(waiting: Waiting): void {
    if (this.#isGone) return;
    this.#waiting.push(waiting);
    if (waiting.isLine) this.#waitingLength += waiting.octets.length;
    if (this.#timer === undefined) this.#flush();
  }

  #flush(): void {
    let done = 0;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[done]) {
      const written = this.#try(next.octets.subarray(this.#begun), done);
      if (written === undefined) return;
      this.#retries = 0;
      if (next.isLine) this.#waitingLength -= written;
      this.#begun += written;
      if (this.#begun < next.octets.length) continue;
      this.#begun = 0;
      done += 1;
    }
    this.#waiting = [];
    if (this.#lost > 0) this.#reportLost();
  }

  #reportLost(): void {
    const [lines, code] = [this.#lost, this.#code];
    this.#lost = 0;
    this.#code = undefined;
    this.onLost(lines, code);
    // The report itself could not be written.
    if (this.#lost > 0) this.#lost = lines;
  }

  /** How many octets were taken; undefined if none can be now, and then what is done waits no more. */
  #try(octets: Uint8Array, done: number): number | undefined {
    try {
      return writeSync(this.#descriptor, octets);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') {
        this.#waiting.splice(0, done);
        this.#retryIn(Math.min(SLOW_RETRY, SOON * 2 ** this.#retries));
      } else this.#fail(code, done);
      return undefined;
    }
  }

  #fail(code: string | undefined, done: number): void {
    const rest = this.#waiting.slice(done);
    const isTorn = this.#begun > 0 || rest[0] === LINE_END;
    this.#isGone = GONE.has(code);
    this.#lost += rest.filter(({ isLine }) => isLine).length;
    if (this.#lost > 0) this.#code = code;
    this.#waiting = isTorn && !this.#isGone ? [LINE_END] : [];
    this.#waitingLength = 0;
    this.#begun = 0;
    if (this.#isGone) this.onGone();
    else this.#retryIn(FAILED_RETRY);
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
