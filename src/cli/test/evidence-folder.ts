import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../failure.js';
import { writeFailure } from '../../host/write-failure.js';
import { makeFolders } from '../../make-folders.js';
import { refuseTaken } from '../../observe/capture/capture-name.js';
import {
  type FileIdentity,
  identityAt,
  isStillAt,
  kindOf,
  readRegular,
  removeOwn,
} from '../../owned-file.js';

/** The capture of everything, which the lab itself writes. */
export const CAPTURE = 'capture.pcapng';
export const DROPS = 'drops.json';
export const EVENTS = 'events.jsonl';

export const ELSEWHERE = 'name another folder: --evidence DIR';

/** More than that no run writes into one file of text. In octets. */
const LONGEST = 256 * 1024 * 1024;
/** Opens a folder to name files in it, whatever may be read of it. Source: open(2), O_PATH. */
const O_PATH = 0o10000000;

/**
 * The folder of the evidence, held open: whatever gets its name meanwhile, files are made and removed in this one.
 */
export class EvidenceFolder {
  /** Without links. */
  readonly path: string;
  readonly #fd: number;
  readonly #identity: FileIdentity;

  /**
   * Makes the folder; nothing in it is changed.
   *
   * Throws a `Failure`: 6 where something else has the name of the folder or of a file in it, 4 where it cannot be
   * had.
   */
  constructor(wanted: string) {
    try {
      makeFolders(wanted);
      this.path = realpathSync(wanted);
      for (const file of [CAPTURE, DROPS, EVENTS]) refuseOthers(join(wanted, file), file);
      this.#fd = openSync(this.path, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST' || code === 'ENOTDIR')
        throw new Failure(
          6,
          `${wanted} cannot hold the evidence: it, or what leads to it, is no folder`,
          ELSEWHERE,
        );
      throw writeFailure(error, wanted, 'cannot hold the evidence', { elsewhere: ELSEWHERE });
    }
    const { dev, ino } = fstatSync(this.#fd, { bigint: true });
    this.#identity = { device: dev, inode: ino };
  }

  /** A path to a file in this very folder, for this process only. */
  within(file: string): string {
    return `/proc/self/fd/${this.#fd}/${file}`;
  }

  /** Whether it still has its name. */
  get isInPlace(): boolean {
    return isStillAt(this.path, this.#identity);
  }

  /** Whether evidence of ours is under a name. */
  has(file: string): boolean {
    try {
      return isOurs(this.within(file), file);
    } catch {
      return false;
    }
  }

  /** Removes what is ours, and nothing else. */
  remove(file: string): void {
    const found = identityAt(this.within(file));
    if (found !== undefined && this.has(file)) removeOwn(this.within(file), found);
  }

  /** Text about files that were reached by {@link within}, in the words of whoever named the folder. */
  named(text: string): string {
    return text.replaceAll(this.within(''), `${this.path}/`);
  }

  /** The same of what was thrown. */
  namedIn(error: unknown): unknown {
    if (!(error instanceof Failure)) return error;
    return new Failure(error.exitCode, this.named(error.message), error.fix && this.named(error.fix));
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** What somebody has put there for a purpose is not replaced, nor followed. */
const refuseOthers = (path: string, file: string): void => {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  const fix = `move it away, or ${ELSEWHERE}`;
  if (!stats.isFile())
    throw new Failure(6, `${path} cannot be written as evidence: it is ${kindOf(stats)}`, fix);
  if (!isOurs(path, file))
    throw new Failure(6, `${path} exists already, and is no evidence of an earlier run`, fix);
};

/** Whether a file holds what a run writes under its name. An empty one holds nothing that could be lost. */
export const isOurs = (path: string, file: string): boolean => {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) return false;
  if (stats.size === 0) return true;
  if (file === CAPTURE) return isCapture(path);
  return stats.size <= LONGEST && SHAPES[file]!(readRegular(path));
};

const isCapture = (path: string): boolean => {
  try {
    return refuseTaken(path);
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
};

type Fields = Readonly<Record<string, unknown>>;

/** Whether text is what a run writes, by the name of the file. */
const SHAPES: Readonly<Record<string, (text: string) => boolean>> = {
  [DROPS]: (text) => {
    const rows = parsed(text);
    return Array.isArray(rows) && rows.every(isDropRow);
  },
  [EVENTS]: (text) => text.endsWith('\n') && text.trimEnd().split('\n').every(isEvent),
};

const isDropRow = (row: unknown): boolean => {
  const { reason, packets, octets } = fieldsOf(row);
  return typeof reason === 'string' && typeof packets === 'number' && typeof octets === 'number';
};

const isEvent = (line: string): boolean => {
  const { time, type } = fieldsOf(parsed(line));
  return typeof time === 'string' && typeof type === 'string';
};

const fieldsOf = (value: unknown): Fields => (value ?? {}) as Fields;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
