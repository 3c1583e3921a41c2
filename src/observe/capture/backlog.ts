import type { Counted } from './pcapng.js';

/** The octets of one piece; whatever is added at once is no longer. */
const PIECE_LENGTH = 512 * 1024;
/** So many octets are passed on at once. */
const ENOUGH = 256 * 1024;
/** Fewer than that wait so long for more, in milliseconds. */
const WAIT = 5;

/** Takes whole blocks; calls back when it is done with them, with what it could not write. */
export interface CaptureOutput {
  write(blocks: Uint8Array, done: (lost: Counted) => void): void;
  /** Resolves when nothing more will be written; call it once, after the last `write` was done. */
  close(): Promise<void>;
}

/**
 * Blocks on their way to an output, in order, which nobody who adds them waits for.
 *
 * An output that is slower costs so many octets of memory; what comes then has no room.
 */
export class Backlog {
  readonly #output: CaptureOutput;
  readonly #most: number;
  readonly #onLost: (lost: Counted) => void;
  readonly #full: Uint8Array[] = [];
  readonly #free: Uint8Array[] = [];
  #piece: Uint8Array | undefined;
  #length = 0;
  #isBusy = false;
  #pieces = 0;
  #timer: NodeJS.Timeout | undefined;
  #onIdle: (() => void) | undefined;

  /** `most` is how many octets may wait. */
  constructor(output: CaptureOutput, most: number, onLost: (lost: Counted) => void) {
    this.#output = output;
    this.#most = Math.max(2, Math.floor(most / PIECE_LENGTH));
    this.#onLost = onLost;
  }

  /** Room for so many octets, which the caller fills at once; undefined where there is none. */
  room(length: number): Uint8Array | undefined {
    if (this.#piece !== undefined && this.#length + length > PIECE_LENGTH) this.#closePiece();
    if (this.#piece === undefined) {
      if (this.#pieces >= this.#most) return undefined;
      this.#piece = this.#free.pop() ?? new Uint8Array(PIECE_LENGTH);
      this.#pieces += 1;
      this.#length = 0;
    }
    const from = this.#length;
    this.#length += length;
    return this.#piece.subarray(from, this.#length);
  }

  /** Adds octets, and says whether there was room. */
  add(octets: Uint8Array): boolean {
    const room = this.room(octets.length);
    room?.set(octets);
    return room !== undefined;
  }

  /** Has what was added passed on soon. */
  flushSoon(): void {
    if (this.#isBusy || this.#length === 0) return;
    if (this.#length >= ENOUGH || this.#full.length > 0) this.#pass();
    else
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#pass();
      }, WAIT).unref();
  }

  /** Resolves when all is written that was added. */
  async flushed(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pass();
    if (this.#isBusy)
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
  }

  #closePiece(): void {
    this.#full.push(this.#piece!.subarray(0, this.#length));
    this.#piece = undefined;
    this.#length = 0;
    if (!this.#isBusy) this.#pass();
  }

  #pass(): void {
    if (this.#isBusy) return;
    if (this.#full.length === 0 && this.#piece !== undefined && this.#length > 0) {
      this.#full.push(this.#piece.subarray(0, this.#length));
      this.#piece = undefined;
      this.#length = 0;
    }
    const next = this.#full.shift();
    if (next === undefined) {
      this.#onIdle?.();
      return;
    }
    this.#isBusy = true;
    this.#output.write(next, (lost) => {
      this.#isBusy = false;
      this.#pieces -= 1;
      if (this.#free.length < 2) this.#free.push(new Uint8Array(next.buffer));
      if (lost.frames > 0) this.#onLost(lost);
      if (this.#onIdle !== undefined || this.#full.length > 0) this.#pass();
      else this.flushSoon();
    });
  }
}
