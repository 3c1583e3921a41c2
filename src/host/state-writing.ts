import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.js';
import { type FileIdentity, identityAt, isStillAt } from '../owned-file.js';
import { shellWord } from '../text/shell-word.js';
import { type HostObject, type InstanceState, isState } from './instance-state.js';
import { startTimeOf } from './process-identity.js';
import { runtimeDirectory } from './runtime-directory.js';
import { isFolder, pathOf, readClaimable, readState } from './state-file.js';
import { writeFailure } from './write-failure.js';

/** A state that was written, still open, so that no other file can get its identity. */
interface Written extends FileIdentity {
  readonly fd: number;
}

/**
 * The state file of one instance, held by the process that it describes.
 *
 * Each change replaces the file as a whole, before and after the step that it tells of, so that whoever finds
 * it after a crash finds everything that may have been done. What somebody else has put in its place stays.
 */
export class StateFile {
  readonly path: string;
  #state: InstanceState;
  /** Undefined once it was removed. */
  #written: Written | undefined;

  private constructor(path: string, state: InstanceState, written: Written) {
    this.path = path;
    this.#state = state;
    this.#written = written;
  }

  /**
   * Takes a name for this process, with the file of a dead instance of that name.
   *
   * Throws a `Failure`: 6 where a live one has it, or the file that is there is not believed; 4 where nothing can be
   * written there.
   */
  static claim(state: InstanceState, directory = runtimeDirectory()): StateFile {
    const path = pathOf(state.name, directory);
    // What we would not believe ourselves is of no use to whoever cleans up after us.
    if (!isState(state)) throw new Error('a state of another shape');
    const written = writing(path, () => {
      sweep(path, directory);
      return give(path, state, (temporary) => {
        if (isFree(temporary, path)) return;
        readClaimable(state.name, directory);
        renameSync(temporary, path);
      });
    });
    return new StateFile(path, state, written);
  }

  get state(): InstanceState {
    return this.#state;
  }

  /** Throws a `Failure` (4) where it cannot be written: then the file says what it said before. */
  update(change: Partial<InstanceState>): void {
    const state = { ...this.#state, ...change };
    const written = writing(this.path, () =>
      give(this.path, state, (temporary) => {
        if (this.#isInPlace()) renameSync(temporary, this.path);
        else if (!isFree(temporary, this.path)) throw this.#replaced();
      }),
    );
    this.#letGo();
    [this.#written, this.#state] = [written, state];
  }

  /** Writes it again where somebody has taken it away, so that others find the instance; where they cannot, so it is. */
  restore(): void {
    if (identityAt(this.path) !== undefined) return;
    try {
      this.update({});
    } catch {
      // Whoever asked has an answer all the same.
    }
  }

  /** Leaves what somebody else has put in its place. Throws a `Failure` (9) where it cannot be removed. */
  remove(): void {
    try {
      if (this.#isInPlace()) rmSync(this.path);
    } catch (error) {
      throw writeFailure(error, this.path, 'cannot be removed', { exitCode: 9 });
    } finally {
      this.#letGo();
    }
  }

  #isInPlace(): boolean {
    return this.#written !== undefined && isStillAt(this.path, this.#written);
  }

  #letGo(): void {
    if (this.#written !== undefined) closeSync(this.#written.fd);
    this.#written = undefined;
  }

  #replaced(): Failure {
    return new Failure(
      4,
      `${this.path} is no more what process ${process.pid} wrote: somebody has put another in its place`,
      `ls -l ${shellWord(this.path)}; if nobody needs it, remove it`,
    );
  }
}

/** Removes what an instance that was killed while it wrote its first state left: nothing else tells of it. */
export function removeHalfWritten(name: string, directory = runtimeDirectory()): void {
  const path = pathOf(name, directory);
  if (isFolder(directory)) writing(path, () => sweep(path, directory), 9);
}

/** Replaces or removes the state of an instance that is not running; one of another instance stays. */
export function settleState(state: InstanceState, kept: readonly HostObject[], directory: string): void {
  const path = pathOf(state.name, directory);
  const there = readState(state.name, directory);
  const isSame = there?.pid === state.pid && there.startTime === state.startTime;
  if (!isSame && identityAt(path) !== undefined) return;
  writing(
    path,
    () => {
      sweep(path, directory);
      if (kept.length === 0) rmSync(path, { force: true });
      else
        closeSync(
          give(path, { ...state, objects: [...kept] }, (temporary) => renameSync(temporary, path)).fd,
        );
    },
    9,
  );
}

/** Does something with a state file; throws a `Failure` where the file system refuses. */
function writing<Result>(path: string, write: () => Result, exitCode: 4 | 9 = 4): Result {
  try {
    return write();
  } catch (error) {
    throw writeFailure(error, path, 'cannot be written', { exitCode });
  }
}

/**
 * Writes a state beside its file, under a name that says who writes; `publish` gives it the name of the file. Nothing
 * lies beside the file afterwards, whatever happens.
 */
function give(path: string, state: InstanceState, publish: (temporary: string) => void): Written {
  const temporary = `${path}.${process.pid}.${startTimeOf(process.pid) ?? 0}`;
  rmSync(temporary, { force: true });
  let fd: number | undefined;
  try {
    writeFileSync(temporary, `${JSON.stringify(state, undefined, 1)}\n`, { mode: 0o644, flag: 'wx' });
    fd = openSync(temporary, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { dev, ino } = fstatSync(fd, { bigint: true });
    publish(temporary);
    return { fd, device: dev, inode: ino };
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Gives a file a name that nobody has; says whether that was so. */
function isFree(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Removes what processes that were killed while they wrote a state left beside it. */
function sweep(path: string, directory: string): void {
  for (const entry of readdirSync(directory)) {
    const temporary = join(directory, entry);
    const [, pid, startTime] = /^\.(\d+)\.(\d+)$/.exec(temporary.slice(path.length)) ?? [];
    if (!temporary.startsWith(path) || pid === undefined) continue;
    if (startTimeOf(Number(pid)) !== Number(startTime)) rmSync(temporary, { force: true });
  }
}
