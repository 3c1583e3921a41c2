import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure } from './failure.js';

/** What tells a file from every other; it holds as long as somebody has the file open. */
export interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
}

/** What is under a name, links not followed; undefined where nothing is. */
export const identityAt = (path: string): FileIdentity | undefined => {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : { device: stats.dev, inode: stats.ino };
};

/** Whether the very file, or folder, is still under a name. */
export const isStillAt = (path: string, { device, inode }: FileIdentity): boolean => {
  try {
    const found = identityAt(path);
    return found?.device === device && found.inode === inode;
  } catch {
    // Its folder is none any more.
    return false;
  }
};

/** Takes a name away from the very file that is meant; whatever else has the name by now keeps it. */
export const removeOwn = (path: string, own: FileIdentity): boolean => {
  try {
    if (!isStillAt(path, own)) return false;
    unlinkSync(path);
    return true;
  } catch {
    // Somebody else has removed it, or has taken its folder.
    return false;
  }
};

/**
 * Gives a file a name that nobody has, and takes its old one away; throws EEXIST where somebody has it.
 *
 * A file system without links cannot refuse by itself: there we look first.
 */
export const moveToFreeName = (from: string, to: string): void => {
  try {
    linkSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    if (identityAt(to) !== undefined) throw Object.assign(new Error(`${to} exists`), { code: 'EEXIST' });
    renameSync(from, to);
    return;
  }
  unlinkSync(from);
};

/** What a file is that is no regular one, as a sentence goes on after “it is”. */
export const kindOf = (stats: Stats): string => {
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isDirectory()) return 'a directory';
  if (stats.isSocket()) return 'a socket';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isFile() ? 'a regular file' : 'a device';
};

export interface FileWanted {
  /** What the file is for, as a message names it: `the ready file`. */
  readonly what: string;
  readonly path: string;
  readonly text: string;
  /** Another way to say where, for whoever cannot have it here: `--ready-file FILE`. */
  readonly fix: string;
  /**
   * Whether a regular file that is there may be replaced, by what it holds or by what whoever knows it says; without it
   * none may.
   */
  readonly mayReplace?: ((text: string, stats: Stats) => boolean) | { readonly isOurs: () => boolean };
}

/** Throws a `Failure` (4) where a path cannot be that of a file, which is found too late by giving it to one. */
export const refuseNoFileName = (what: string, path: string, fix: string): void => {
  if (path === '' || path.endsWith('/'))
    throw new Failure(4, `${what} cannot be written: \`${path}\` is no name of a file`, fix);
};

/** More is nothing that we wrote. In octets. */
const LONGEST_REPLACED = 4096;

/**
 * A file that the program was told to write.
 *
 * It is written beside its name and gets it when it is whole. Nothing but a regular file is ever replaced, links
 * are not followed, and at the end only this very file is removed.
 */
export class OwnedFile {
  readonly #wanted: FileWanted;
  readonly #temporary: string;
  /** Open as long as the file is ours, so that no other can get its identity. */
  readonly #fd: number;
  readonly #identity: FileIdentity;
  #isOpen = true;

  private constructor(wanted: FileWanted, temporary: string, fd: number) {
    this.#wanted = wanted;
    this.#temporary = temporary;
    this.#fd = fd;
    const { dev, ino } = fstatSync(fd, { bigint: true });
    this.#identity = { device: dev, inode: ino };
  }

  /**
   * Writes the file, still under a name of its own; whoever prepares it publishes or removes it.
   *
   * Throws a `Failure`: 6 where something else has the name, 4 where the file cannot be written.
   */
  static prepare(wanted: FileWanted): OwnedFile {
    const { what, path, text, fix } = wanted;
    let prepared: OwnedFile | undefined;
    try {
      refuseNoFileName(what, path, fix);
      refuseWhatIsThere(wanted);
      const temporary = join(dirname(resolve(path)), `.tunpike-${randomBytes(6).toString('hex')}`);
      prepared = new OwnedFile(wanted, temporary, openSync(temporary, 'wx'));
      writeFileSync(prepared.#fd, text);
      return prepared;
    } catch (error) {
      prepared?.remove();
      throw failureOf(wanted, error);
    }
  }

  /** Gives it its name; throws as `prepare`, with the file removed. */
  publish(): void {
    const { path, mayReplace } = this.#wanted;
    try {
      if (mayReplace !== undefined && identityAt(path) !== undefined) {
        refuseWhatIsThere(this.#wanted);
        renameSync(this.#temporary, path);
      } else moveToFreeName(this.#temporary, path);
    } catch (error) {
      this.remove();
      throw failureOf(this.#wanted, error);
    }
  }

  /** Takes it away, published or not; a file that has its name by now stays. Once is enough. */
  remove(): void {
    if (!this.#isOpen) return;
    removeOwn(this.#wanted.path, this.#identity);
    removeOwn(this.#temporary, this.#identity);
    this.release();
  }

  /** Leaves it to others, for good. */
  release(): void {
    if (this.#isOpen) closeSync(this.#fd);
    this.#isOpen = false;
  }
}

/** Writes a file, whole or not at all, and leaves it; throws as `OwnedFile.prepare`. */
export const writeWholeFile = (wanted: FileWanted): void => {
  const file = OwnedFile.prepare(wanted);
  file.publish();
  file.release();
};

const refuseWhatIsThere = ({ what, path, fix, mayReplace }: FileWanted): void => {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (mayReplace === undefined) throw exists(path, fix);
  if (!stats.isFile()) throw new Failure(6, `${path} cannot be ${what}: it is ${kindOf(stats)}`, fix);
  const isReplaced =
    typeof mayReplace === 'object'
      ? mayReplace.isOurs()
      : stats.size <= LONGEST_REPLACED && mayReplace(readRegular(path), stats);
  if (!isReplaced)
    throw new Failure(6, `${path} cannot be ${what}: it exists already and holds something else`, fix);
};

/** The octets of a file. What has become a link or a pipe meanwhile is not followed, nor waited for. */
export const readRegular = (path: string): string => {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return readFileSync(fd, 'latin1');
  } finally {
    closeSync(fd);
  }
};

const exists = (path: string, fix: string): Failure => new Failure(6, `${path} exists already`, fix);

const failureOf = ({ what, path, fix }: FileWanted, error: unknown): unknown => {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') return exists(path, fix);
  // Our own folder is gone, and no other name helps.
  if (syscall === 'uv_cwd') return error;
  return new Failure(4, `${what} ${path} cannot be written: ${error.message}`, fix);
};
