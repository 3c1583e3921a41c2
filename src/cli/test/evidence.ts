import { lstatSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../failure.js';
import { writeFailure } from '../../host/write-failure.js';
import { makeFolders } from '../../make-folders.js';
import { refuseTaken } from '../../observe/capture/capture-name.js';
import type { EventRecord } from '../../observe/event-record.js';
import type { DropRow } from '../../observe/shown.js';
import { type FileIdentity, identityAt, isStillAt, kindOf, writeWholeFile } from '../../owned-file.js';
import type { RunningLab } from '../../runtime/running-lab.js';

/** More events than this are counted, and not kept: the first tell what began it. */
const MOST_EVENTS = 100_000;

/** The capture of everything, which the lab itself writes. */
export const CAPTURE = 'capture.pcapng';
const FILES = [CAPTURE, 'drops.json', 'events.jsonl'] as const;

const ELSEWHERE = 'name another folder: --evidence DIR';

/**
 * Makes the folder, removes from it what an earlier run has left, and gives its path without links.
 *
 * Throws a `Failure`, with nothing removed: 6 where something else has the name of the folder or of a file in it, 4
 * where they cannot be written.
 */
export const prepareFolder = (folder: string): string => {
  try {
    makeFolders(folder);
    const paths = FILES.map((file) => join(folder, file));
    for (const path of paths) refuseOtherThanFile(path);
    for (const path of paths) rmSync(path, { force: true });
    return realpathSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOTDIR')
      throw new Failure(
        6,
        `${folder} cannot hold the evidence: it, or what leads to it, is no folder`,
        ELSEWHERE,
      );
    throw writeFailure(error, folder, 'cannot hold the evidence', { elsewhere: ELSEWHERE });
  }
};

/** What somebody has put there for a purpose is not replaced, nor followed. */
const refuseOtherThanFile = (path: string): void => {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isFile()) return;
  throw new Failure(
    6,
    `${path} cannot be written as evidence: it is ${kindOf(stats)}`,
    `remove it, or ${ELSEWHERE}`,
  );
};

/** What happens in a lab while a program runs in it. */
export class Evidence {
  readonly events: EventRecord[] = [];
  /** How many events were not kept. */
  missed = 0;
  drops: readonly DropRow[] = [];
  /** The files that were written. */
  files: readonly string[] = [];
  /** Why others were not. */
  readonly failures: Failure[] = [];
  readonly #lab: RunningLab;
  readonly #folder: string | undefined;
  /** Tells whether it still is the folder that was prepared when the program has ended. */
  readonly #identity: FileIdentity | undefined;
  readonly #endEvents: () => void;

  /** `folder` is where it is kept if the program fails; undefined for nowhere. */
  constructor(lab: RunningLab, folder: string | undefined) {
    this.#lab = lab;
    this.#folder = folder;
    this.#identity = folder === undefined ? undefined : identityAt(folder);
    this.#endEvents = lab.follow((record) => {
      if (this.events.length < MOST_EVENTS) this.events.push(record());
      else this.missed += 1;
    });
  }

  /** Looks at the lab a last time, and follows it no more. */
  end(): void {
    this.#endEvents();
    this.drops = this.#lab.show('drops');
  }

  /** Writes the files if the program has failed, else leaves none. The lab is down, so its capture is complete. */
  keep(hasFailed: boolean): void {
    const folder = this.#folder;
    if (folder === undefined) return;
    const [capture, drops, events] = FILES.map((file) => join(folder, file)) as [string, string, string];
    if (this.#identity === undefined || !isStillAt(folder, this.#identity)) {
      const fault = `${folder} does not get the evidence: somebody has put another folder in its place, or none`;
      if (hasFailed) this.failures.push(new Failure(6, fault, ELSEWHERE));
      return;
    }
    const hasCapture = isCapture(capture);
    if (!hasFailed) {
      if (hasCapture) rmSync(capture, { force: true });
      return;
    }
    const lines: object[] = [...this.events];
    if (this.missed > 0) lines.push({ time: new Date().toISOString(), type: 'missed', events: this.missed });
    this.files = [
      ...(hasCapture ? [capture] : []),
      ...this.#write(drops, `${JSON.stringify(this.drops, null, 2)}\n`),
      ...this.#write(events, lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
    ];
  }

  /** Gives its path if it was written. */
  #write(path: string, text: string): readonly string[] {
    try {
      writeWholeFile({ what: 'evidence', path, text, fix: ELSEWHERE, mayReplace: 'any' });
      return [path];
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.failures.push(error);
      return [];
    }
  }
}

/** Whether a capture is there; what somebody has put in its place is not ours. */
const isCapture = (path: string): boolean => {
  try {
    return refuseTaken(path);
  } catch {
    return false;
  }
};
