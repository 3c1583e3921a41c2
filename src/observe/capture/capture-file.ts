import { close, fstatSync, ftruncate, renameSync, unlinkSync, write } from 'node:fs';
import { promisify } from 'node:util';
import {
  type FileIdentity,
  isStillAt,
  moveToFreeName,
  refuseNoFileName,
  removeOwn,
} from '../../owned-file.js';
import type { CaptureOutput } from './backlog.js';
import {
  folderWatch,
  giveName,
  openBeside,
  publishAs,
  type Replaced,
  refuseTaken,
  type Unnamed,
} from './capture-name.js';
import { blocksIn, type Counted, countedIn, INTERFACE_DESCRIPTION, SECTION_HEADER } from './pcapng.js';

/** After a failure nothing is tried for so long, in milliseconds. */
const REST = 500;
/** A failure is told no more often than that, in milliseconds. */
const QUIET = 60_000;

export interface CaptureFileWanted {
  readonly path: string;
  /** No file gets longer, in octets, but for a single frame; undefined: it grows. */
  readonly rotate?: number | undefined;
  /** How many files there are at most, the newest among them: `F`, `F.1` (older) … */
  readonly keep?: number | undefined;
  /** Told that something cannot be written, and why; once a minute at most. */
  readonly onFailure?: (reason: string) => void;
  /** Told that somebody has taken the file away, and another was begun; once a minute at most. */
  readonly onTaken?: (how: 'moved away' | 'removed') => void;
}

const [writeTo, truncate, closing] = [promisify(write), promisify(ftruncate), promisify(close)];

/**
 * A file of blocks on a disk, written without anybody waiting for it.
 *
 * It is made beside its name, with mode 0600, and gets the name when it is published; links are not followed, and
 * nothing but an empty file or another capture is replaced. What a full disk does not take is lost; the file always
 * ends with a whole block, and goes on when there is room again.
 */
export class CaptureFile implements CaptureOutput {
  readonly #wanted: CaptureFileWanted;
  #file: Unnamed;
  readonly #isFolderOurs: () => boolean;
  #replaced: Replaced | undefined;
  #length = 0;
  /** The blocks that every file begins with, as far as they came, and how many of them this one has. */
  readonly #header: Uint8Array[] = [];
  #headersWritten = 0;
  #failedAt = Number.NEGATIVE_INFINITY;
  #isFailing = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  #takenAt = Number.NEGATIVE_INFINITY;
  #isPublished = false;
  /** When a new file could not be begun. */
  #stuckAt = Number.NEGATIVE_INFINITY;
  /** How many octets of a part that failed are in the file, whole blocks only. */
  #partly = 0;

  private constructor(wanted: CaptureFileWanted) {
    this.#wanted = wanted;
    this.#file = openBeside(wanted.path);
    this.#isFolderOurs = folderWatch(wanted.path);
  }

  /** Throws a `Failure`: 6 where something else has the name, or an older one; 4 where it cannot be written. */
  static prepare(wanted: CaptureFileWanted): CaptureFile {
    refuseNoFileName('the capture', wanted.path, 'name a file in a folder that you may write to');
    for (const path of [wanted.path, ...olderOf(wanted)]) refuseTaken(path);
    return new CaptureFile(wanted);
  }

  /** Gives it its name; throws as `prepare`. Then either `takeBack` or `keep` must follow. */
  publish(): void {
    this.#replaced = publishAs(this.#file, this.#wanted.path);
    this.#isPublished = true;
  }

  /** Removes it, published or not, and leaves what was there before; nothing can be written any more. */
  async takeBack(): Promise<void> {
    this.#replaced?.takeBack();
    removeOwn(this.#file.temporary, this.#file.identity);
    await closing(this.#file.fd);
  }

  /** It stays; what it has replaced goes. */
  keep(): void {
    this.#replaced?.forget();
    this.#replaced = undefined;
  }

  write(blocks: Uint8Array, done: (lost: Counted) => void): void {
    void this.#writeAll(blocks).then(done, () => done(countedIn(blocks)));
  }

  async close(): Promise<void> {
    await closing(this.#file.fd);
  }

  /** Writes what fits, and says what is lost. */
  async #writeAll(blocks: Uint8Array): Promise<Counted> {
    const { rotate = Number.POSITIVE_INFINITY } = this.#wanted;
    const isLasting = !this.#isPublished || (await this.#isLasting());
    let [lost, from, known] = [NONE, 0, this.#header.length];
    let length = this.#length + lengthOf(this.#header.slice(this.#headersWritten));
    for (const { type, from: at, to } of blocksIn(blocks)) {
      if (type === SECTION_HEADER || type === INTERFACE_DESCRIPTION) this.#header.push(blocks.slice(at, to));
      else if (length + to - at > rotate && length > lengthOf(this.#header)) {
        lost = sum(lost, await this.#writeRun(blocks.subarray(from, at), known));
        const frame = countedIn(blocks.subarray(at, to));
        // A full disk takes nothing more anyway. What has no frames, as the end of a capture, is short.
        const hasRoom = this.#isFailing || (await this.#rotate()) || frame.frames === 0;
        if (!hasRoom) lost = sum(lost, frame);
        [from, known, length] = [hasRoom ? at : to, this.#header.length, this.#length];
        if (!hasRoom) continue;
      }
      length += to - at;
    }
    const last = await this.#writeRun(blocks.subarray(from), known);
    return isLasting ? sum(lost, last) : countedIn(blocks);
  }

  /** Writes the beginning of the file, as far as it is known and missing, and a run of blocks; says what is lost. */
  async #writeRun(run: Uint8Array, known: number): Promise<Counted> {
    const before = this.#header.slice(this.#headersWritten, known);
    if (await this.#writePart([...before, run])) return NONE;
    return countedIn(run, Math.max(0, this.#partly - lengthOf(before)));
  }

  /** Says whether all of it is in the file; otherwise as many whole blocks as there was room for. */
  async #writePart(pieces: readonly Uint8Array[]): Promise<boolean> {
    const part = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    this.#partly = 0;
    // What has no frames, as the end of a capture, is worth trying.
    const mayRest = countedIn(part).frames > 0;
    if (mayRest && performance.now() - this.#failedAt < REST) return false;
    const begun = this.#length;
    try {
      for (let at = 0; at < part.length; ) {
        const { bytesWritten } = await writeTo(this.#file.fd, part, at, part.length - at, begun + at);
        at += bytesWritten;
        this.#length = begun + at;
      }
      this.#headersWritten = this.#header.length;
      this.#isFailing = false;
      return true;
    } catch (error) {
      await this.#cutAfterWhole(part, begun, error);
      return false;
    }
  }

  async #cutAfterWhole(part: Uint8Array, begun: number, error: unknown): Promise<void> {
    this.#failedAt = performance.now();
    for (const { type, to } of blocksIn(part.subarray(0, this.#length - begun))) {
      this.#partly = to;
      if (type === SECTION_HEADER || type === INTERFACE_DESCRIPTION) this.#headersWritten += 1;
    }
    this.#length = begun + this.#partly;
    this.#tell(error);
    this.#isFailing = true;
    await truncate(this.#file.fd, this.#length).catch(() => {});
  }

  /**
   * Says whether what is written now is in a file that somebody can find. Where the file has been taken away, another
   * gets its name.
   */
  async #isLasting(): Promise<boolean> {
    const { path, onTaken } = this.#wanted;
    if (isStillAt(path, this.#file.identity)) return true;
    const isMoved = fstatSync(this.#file.fd).nlink > 0;
    const isBegun = await this.#beginAnew((next) => moveToFreeName(next.temporary, path));
    if (!isBegun) return isMoved;
    if (performance.now() - this.#takenAt >= QUIET) onTaken?.(isMoved ? 'moved away' : 'removed');
    this.#takenAt = performance.now();
    return true;
  }

  #rotate(): Promise<boolean> {
    const { path } = this.#wanted;
    return this.#beginAnew((next) => {
      this.#shift(path, this.#file.identity);
      giveName(next, path);
    });
  }

  /** Begins a new file, which `publish` gives the name, and says so; where that cannot be, this one goes on. */
  async #beginAnew(publish: (next: Unnamed) => void): Promise<boolean> {
    if (performance.now() - this.#stuckAt < REST) return false;
    let next: Unnamed | undefined;
    try {
      this.#refuseOtherFolder();
      next = openBeside(this.#wanted.path);
      const header = Buffer.concat(this.#header);
      await this.#begin(next, header);
      this.#refuseOtherFolder();
      publish(next);
      close(this.#file.fd, () => {});
      [this.#file, this.#length, this.#headersWritten] = [next, header.length, this.#header.length];
      this.#stuckAt = Number.NEGATIVE_INFINITY;
      return true;
    } catch (error) {
      if (next !== undefined) {
        removeOwn(next.temporary, next.identity);
        close(next.fd, () => {});
      }
      this.#tell(error);
      this.#stuckAt = performance.now();
      return false;
    }
  }

  #refuseOtherFolder(): void {
    if (!this.#isFolderOurs()) throw new Error('its folder was replaced by another one, or by a link');
  }

  /** Writes the beginning of a new file. Where there is no room, the oldest one goes a little earlier. */
  async #begin({ fd }: Unnamed, header: Uint8Array): Promise<void> {
    try {
      await writeWhole(fd, header);
    } catch (error) {
      const oldest = olderOf(this.#wanted).at(-1);
      if (oldest === undefined || !refuseTaken(oldest)) throw error;
      unlinkSync(oldest);
      await writeWhole(fd, header);
    }
  }

  /** Each file gets the name of the next older one, and the oldest goes; throws where one is not ours. */
  #shift(path: string, own: FileIdentity): void {
    const names = [path, ...olderOf(this.#wanted)];
    const taken = names.map(refuseTaken);
    // Somebody has moved it away, or put another capture there.
    if (!isStillAt(path, own)) return;
    if (names.length === 1) return unlinkSync(path);
    for (let at = names.length - 1; at > 0; at -= 1)
      if (taken[at - 1] === true) renameSync(names[at - 1]!, names[at]!);
  }

  #tell(error: unknown): void {
    const now = performance.now();
    if (now - this.#toldAt < QUIET) return;
    this.#toldAt = now;
    this.#wanted.onFailure?.(error instanceof Error ? error.message : String(error));
  }
}

const writeWhole = async (fd: number, octets: Uint8Array): Promise<void> => {
  for (let at = 0; at < octets.length; )
    at += (await writeTo(fd, octets, at, octets.length - at, at)).bytesWritten;
};

/** The names of older files, the newest of them first. */
const olderOf = ({ path, rotate, keep = DEFAULT_KEEP }: CaptureFileWanted): readonly string[] =>
  rotate === undefined ? [] : Array.from({ length: keep - 1 }, (_, at) => `${path}.${at + 1}`);

/** How many files a rotation keeps unless told. */
export const DEFAULT_KEEP = 5;

const lengthOf = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, each) => sum + each.length, 0);
const NONE: Counted = { frames: 0, octets: 0 };
const sum = (one: Counted, other: Counted): Counted => ({
  frames: one.frames + other.frames,
  octets: one.octets + other.octets,
});
