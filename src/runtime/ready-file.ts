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
      // An empty one, too: somebody may be watching it.
      mayReplace: (text) => /^(\d+\n)?$/.test(text),
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
