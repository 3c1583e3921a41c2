import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '../../failure.js';
import { type FileIdentity, kindOf, moveToFreeName, removeOwn } from '../../owned-file.js';

/** Captures hold what others have sent: nobody else reads them. */
const MODE = 0o600;
const OLDER_FIX = 'name a file that is not there yet, or remove what is there';

/** A new file beside a name, open to be written; nobody has seen it yet. */
export interface Unnamed {
  readonly fd: number;
  readonly temporary: string;
  readonly identity: FileIdentity;
}

/** Makes a new file beside a name; throws a `Failure` (4) where that cannot be. */
export const openBeside = (path: string): Unnamed => {
  const temporary = join(dirname(resolve(path)), `.tunpike-${randomBytes(6).toString('hex')}`);
  try {
    const fd = openSync(temporary, 'wx', MODE);
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return { fd, temporary, identity: { device: dev, inode: ino } };
  } catch (error) {
    throw cannotWrite(path, error);
  }
};

/**
 * Gives what says whether files may still be made in the folder of a file.
 *
 * They may in the very folder that was there, and in one that was made again in its place by the same owner. What came
 * by a link, or belongs to somebody else, is not ours to write in.
 */
export const folderWatch = (path: string): (() => boolean) => {
  const folder = dirname(resolve(path));
  const [real, begun] = [realpathSync(folder), statSync(folder, { bigint: true })];
  return () => {
    const found = statSync(folder, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return true;
    if (found.dev === begun.dev && found.ino === begun.ino) return true;
    return found.uid === begun.uid && realpathSync(folder) === real;
  };
};

/** Gives a new file its name, which replaces what has it. Links are replaced, not followed. */
export const giveName = ({ temporary }: Unnamed, path: string): void => renameSync(temporary, path);

/** What had a name before a new file got it, to be given it back. */
export interface Replaced {
  /** The new file loses the name, and what was there has it again. */
  takeBack(): void;
  /** What was there goes. */
  forget(): void;
}

/** Gives a new file its name for the first time; throws as {@link refuseTaken}, with everything as it was. */
export const publishAs = (file: Unnamed, path: string): Replaced => {
  const aside = join(dirname(resolve(path)), `.tunpike-${randomBytes(6).toString('hex')}`);
  let isAside = false;
  try {
    if (refuseTaken(path)) {
      renameSync(path, aside);
      isAside = true;
    }
    moveToFreeName(file.temporary, path);
  } catch (error) {
    if (isAside) renameSync(aside, path);
    throw error instanceof Failure ? error : cannotWrite(path, error);
  }
  return {
    takeBack: () => {
      removeOwn(path, file.identity);
      if (isAside) renameSync(aside, path);
    },
    forget: () => {
      if (isAside) unlinkSync(aside);
    },
  };
};

/**
 * Throws a `Failure` (6) where a name belongs to something that is not to be lost: all but a capture of ours, or an
 * empty file. Says whether there is one of these.
 */
export const refuseTaken = (path: string): boolean => {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  if (!stats.isFile())
    throw new Failure(
      6,
      `${path} cannot be a capture: it is ${kindOf(stats)}`,
      'name a regular file; `-w -` writes to standard output',
    );
  if (stats.size > 0 && !isOurs(path))
    throw new Failure(6, `${path} exists already, and is no capture of tunpike`, OLDER_FIX);
  return true;
};

/** How far into a file the name of its program stands at most, in octets. */
const BEGINNING = 256;
const MAGIC = Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a);

/** What has become a link or a pipe meanwhile is not followed, nor waited for. */
const isOurs = (path: string): boolean => {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const beginning = Buffer.alloc(BEGINNING);
    const length = readSync(fd, beginning, 0, BEGINNING, 0);
    return beginning.subarray(0, 4).equals(MAGIC) && beginning.subarray(0, length).includes('tunpike ');
  } finally {
    closeSync(fd);
  }
};

const cannotWrite = (path: string, error: unknown): Failure =>
  new Failure(
    4,
    `the capture ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    'name a file in a folder that you may write to',
  );
