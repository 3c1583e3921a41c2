import { once } from 'node:events';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { whyUnreadable } from '../config/unreadable.js';
import { Failure } from '../failure.js';
import { userName } from '../host/others-states.js';
import { olderOf } from '../observe/log-file.js';
import type { Interruption } from './interruption.js';

/** How often to look for more, in milliseconds. */
const POLL = 100;
/** What is read at once, in octets. */
const PIECE = 64 * 1024;

export interface LogReader {
  /** Told of each line, without its end. */
  print(line: string): void;
  /** Whether there may be more. */
  goesOn(): boolean;
  readonly interruption: Interruption;
}

/** Reads a log, the older part first, and on while it is written. Throws a `Failure` (4) where it may not be read. */
export const readLog = async (path: string, reader: LogReader): Promise<void> => {
  const { goesOn, interruption } = reader;
  const lines = new Lines(reader);
  const log = openLog(path);
  try {
    await readOlder(path, 0, lines);
    let at = await lines.readFrom(log, 0);
    while (!interruption.signal.aborted) {
      // Asked first: what was written before the end is read after it.
      const isLast = !goesOn();
      if (fstatSync(log).size < at) {
        // It was begun anew: what was not read of it is in its older part.
        await readOlder(path, at, lines);
        at = 0;
      }
      at = await lines.readFrom(log, at);
      if (isLast || (await interruption.within(POLL))) break;
    }
    lines.end();
  } finally {
    closeSync(log);
  }
};

const openLog = (path: string): number => {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    const uid = lstatSync(path, { throwIfNoEntry: false })?.uid;
    const isOthers = uid !== undefined && uid !== process.geteuid?.();
    const user = isOthers ? userName(uid) : '';
    throw new Failure(
      4,
      `the log ${path} cannot be read: ${isOthers ? `it belongs to ${user}` : whyUnreadable(error, path)}`,
      isOthers ? `run as ${user}${user === 'root' ? '' : ', or as root'}` : undefined,
    );
  }
};

const readOlder = async (path: string, from: number, lines: Lines): Promise<void> => {
  let older: number;
  try {
    older = openSync(olderOf(path), constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return;
  }
  try {
    await lines.readFrom(older, from);
  } finally {
    closeSync(older);
  }
};

/** Cuts what is read into lines. */
class Lines {
  readonly #reader: LogReader;
  readonly #piece = Buffer.alloc(PIECE);
  #decoder = new TextDecoder();
  #begun = '';

  constructor(reader: LogReader) {
    this.#reader = reader;
  }

  /** Reads a file from a position to its end, at the pace of whoever reads the output; gives where that is. */
  async readFrom(file: number, position: number): Promise<number> {
    const { print, interruption } = this.#reader;
    let at = position;
    while (!interruption.signal.aborted) {
      const length = readSync(file, this.#piece, 0, PIECE, at);
      if (length === 0) break;
      at += length;
      const text = this.#begun + this.#decoder.decode(this.#piece.subarray(0, length), { stream: true });
      const whole = text.split('\n');
      this.#begun = whole.pop() ?? '';
      for (const line of whole) print(line);
      if (process.stdout.writableNeedDrain)
        await once(process.stdout, 'drain', { signal: interruption.signal }).catch(() => {});
    }
    return at;
  }

  /** A line without an end is the last word of a crash. */
  end(): void {
    if (this.#begun !== '') this.#reader.print(this.#begun);
    this.#begun = '';
  }
}
