import type { Stats } from 'node:fs';
import { ageOf } from '../host/process-identity.js';
import { type FileWanted, OwnedFile } from '../owned-file.js';

/** The file that is there as long as a lab answers; one that a killed lab left is replaced. */
export class ReadyFile {
  readonly #wanted: FileWanted;
  #file: OwnedFile | undefined;

  /**
   * Sees that it can be written, and leaves nothing until it is published.
   *
   * Throws as `OwnedFile.prepare`.
   */
  constructor(path: string) {
    this.#wanted = {
      what: 'the ready file',
      path,
      text: `${process.pid}\n`,
      fix: 'name a file that is not there yet: --ready-file FILE',
      mayReplace: isLeft,
    };
    OwnedFile.prepare(this.#wanted).remove();
  }

  /** Throws as `OwnedFile.publish`. */
  publish(): void {
    this.#file = OwnedFile.prepare(this.#wanted);
    this.#file.publish();
  }

  /** Takes it away, if it is ours and there. */
  remove(): void {
    this.#file?.remove();
  }
}

/** How far the clock of files and that of processes may be apart, in milliseconds. */
const TOLERANCE = 1000;

/**
 * Whether a file is one of our own that a killed lab has left, or an empty one, which somebody may be watching.
 *
 * That of a process which runs, and did when the file was written, is in use: other programs write their number, too.
 */
const isLeft = (text: string, { uid, mtimeMs }: Stats): boolean => {
  if (uid !== process.getuid?.() || !/^(\d+\n)?$/.test(text)) return false;
  const age = text === '' ? undefined : ageOf(Number(text));
  return age === undefined || Date.now() - age * 1000 > mtimeMs + TOLERANCE;
};
