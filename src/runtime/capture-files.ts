import type { CaptureConfiguration } from '../config/configuration.js';
import { isEqual } from '../config/merge.js';
import type { Capture } from '../observe/capture/capture.js';
import { CaptureFile } from '../observe/capture/capture-file.js';
import type { Captures } from '../observe/capture/captures.js';

/** Other captures, all prepared, of which a lab has all or none. */
export interface CapturesChange {
  /** Their files get their names; throws a `Failure` with none of them named. */
  publish(): void;
  /** Removes what is new; what was there before is there again. */
  takeBack(): Promise<void>;
  /** Begins those that are new, and ends those that are not wanted any more. */
  finish(): Promise<void>;
}

/** The captures that the file of a lab asks for. One whose lines stay as they are goes on undisturbed. */
export class CaptureFiles {
  readonly #captures: Captures;
  readonly #warn: (warning: string) => void;
  #running: readonly { readonly configured: CaptureConfiguration; readonly capture: Capture }[] = [];

  /** `warn` is told what a person should know while they run. */
  constructor(captures: Captures, warn: (warning: string) => void) {
    this.#captures = captures;
    this.#warn = warn;
  }

  /** Begins all of them; throws a `Failure` with nothing left. */
  async begin(wanted: readonly CaptureConfiguration[]): Promise<void> {
    const change = this.prepare(wanted);
    try {
      change.publish();
    } catch (error) {
      await change.takeBack();
      throw error;
    }
    await change.finish();
  }

  /** Makes the files of new captures, which nobody sees yet; throws a `Failure` with nothing left. */
  prepare(wanted: readonly CaptureConfiguration[]): CapturesChange {
    const before = this.#running;
    const stays = before.filter(({ configured }) => wanted.some((each) => isEqual(each, configured)));
    const isNew = (each: CaptureConfiguration): boolean =>
      !stays.some(({ configured }) => isEqual(each, configured));
    const made: { readonly configured: CaptureConfiguration; readonly file: CaptureFile }[] = [];
    const takeBack = async (): Promise<void> =>
      void (await Promise.all(made.toReversed().map(({ file }) => file.takeBack())));
    try {
      for (const configured of wanted.filter(isNew))
        made.push({ configured, file: this.#prepare(configured) });
    } catch (error) {
      void takeBack();
      throw error;
    }
    return {
      publish: () => {
        for (const { file } of made) file.publish();
      },
      takeBack,
      finish: async () => {
        const begun = made.map(({ configured, file }) => {
          file.keep();
          return { configured, capture: this.#captures.begin(configured, file) };
        });
        this.#running = [...stays, ...begun];
        const ended = before.filter((each) => !stays.includes(each));
        await Promise.all(ended.map(({ capture }) => this.#captures.end(capture)));
      },
    };
  }

  #prepare({ name, file, rotate, keep }: CaptureConfiguration): CaptureFile {
    return CaptureFile.prepare({
      path: file,
      rotate,
      keep,
      onFailure: (reason) =>
        this.#warn(`the capture ${name} loses datagrams: ${file} cannot be written: ${reason}`),
      onTaken: (how) => this.#warn(`the file of the capture ${name} was ${how}: ${file} is begun anew`),
    });
  }
}
