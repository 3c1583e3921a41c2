import { existsSync, linkSync, lstatSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.js';
import { isName } from '../name.js';
import { shellWord } from '../text/shell-word.js';
import { type HostObject, type InstanceState, isState, type Phase } from './instance-state.js';
import { bootIdentity, startTimeOf } from './process-identity.js';
import { runtimeDirectory } from './runtime-directory.js';
import { Distrust, folderFault, readTrusted } from './trust.js';
import { writeFailure } from './write-failure.js';

export type { DeviceObject, HostObject, InstanceState, NamespaceObject, Phase } from './instance-state.js';

/** The end of a state file's name, behind that of its instance. */
export const SUFFIX = '.state.json';

/** Whether the instance still runs; a process that only waits to be reaped does not. */
export const isAlive = (state: InstanceState): boolean =>
  !state.stopped && state.bootId === bootIdentity() && startTimeOf(state.pid) === state.startTime;

/** Whether the instance ended without undoing what it had made. */
export const isKilled = (state: InstanceState): boolean => !state.stopped && !isAlive(state);

/** Where a live instance is on its way; one that does not say so answers as soon as its socket is there. */
export const phaseOf = ({ phase, socket }: InstanceState): Phase =>
  phase ?? (existsSync(socket) ? 'running' : 'starting');

/** A state file that is not believed. */
export interface StateFault {
  /** The instance that it would be of. */
  readonly name: string;
  readonly path: string;
  readonly why: string;
}

type ReadState = { readonly state: InstanceState } | { readonly fault: StateFault };

/** What the state files of a folder say, by name: those that can be believed, and why the others cannot. */
export interface FoundStates {
  readonly states: readonly InstanceState[];
  readonly faults: readonly StateFault[];
}

/** Every state file in the runtime folder. */
export function readStateFiles(directory = runtimeDirectory()): FoundStates {
  const all = readAll(directory);
  return {
    states: all.flatMap((read) => ('state' in read ? [read.state] : [])),
    faults: all.flatMap((read) => ('fault' in read ? [read.fault] : [])),
  };
}

/** Every state in the runtime folder that can be believed, by name. */
export const readStates = (directory = runtimeDirectory()): readonly InstanceState[] =>
  readStateFiles(directory).states;

/** The state of one instance, running or not; undefined where there is none that can be believed. */
export function readState(name: string, directory = runtimeDirectory()): InstanceState | undefined {
  const read = readOne(name, directory);
  return read !== undefined && 'state' in read ? read.state : undefined;
}

function readAll(directory: string): readonly ReadState[] {
  let entries: string[];
  try {
    entries = readdirSync(directory);
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.endsWith(SUFFIX))
    .sort()
    .flatMap((entry) => readOne(entry.slice(0, -SUFFIX.length), directory) ?? []);
}

/** Nobody else can have written what is given as a state: it decides what is killed and what is removed. */
function readOne(name: string, directory: string): ReadState | undefined {
  if (!isName(name)) return undefined;
  const path = pathOf(name, directory);
  const fault = (why: string): ReadState => ({ fault: { name, path, why } });
  const inFolder = folderFault(directory);
  if (inFolder !== undefined) return fault(`of its folder: ${inFolder}`);
  try {
    const state: unknown = JSON.parse(readTrusted(path));
    if (!isState(state)) return fault('it is no state of an instance');
    return state.name === name ? { state } : fault('it is of another instance');
  } catch (error) {
    if (error instanceof Distrust) return fault(error.message);
    if (error instanceof SyntaxError) return fault('it is no JSON');
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    return fault(code === 'ELOOP' ? 'it is a link' : `it cannot be read (${code})`);
  }
}

/** The failure that names state files that are not believed. */
export const faultFailure = (faults: readonly StateFault[], exitCode: 5 | 9): Failure =>
  new Failure(
    exitCode,
    faults.map(({ path, why }) => `${path} is not believed: ${why}`).join('\n'),
    `look at what it says, undo by hand what is yours, then: ${removalOf(faults)}`,
  );

/** The line that removes what is there in place of state files, be it a folder. */
export const removalOf = (faults: readonly StateFault[]): string =>
  `${faults.some(({ path }) => isFolder(path)) ? 'rm -r' : 'rm'} ${faults.map(({ path }) => shellWord(path)).join(' ')}`;

const isFolder = (path: string): boolean => {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
};

/** The running instance of that name, or the only one. Throws a `Failure` that says which there are. */
export function findInstance(name: string | undefined, directory = runtimeDirectory()): InstanceState {
  const { states, faults: all } = readStateFiles(directory);
  const running = states.filter(isAlive);
  const names = running.map((state) => state.name).join(', ');
  const faults = all.filter((fault) => name === undefined || fault.name === name);
  if (name !== undefined) {
    const found = running.find((state) => state.name === name);
    if (found !== undefined) return found;
    const dead = states.find((state) => state.name === name);
    if (dead !== undefined && !dead.stopped)
      throw new Failure(
        5,
        `instance ${name} is not running: its process ${dead.pid} ended without cleaning up`,
        `tunpike down ${name} --force`,
      );
    if (dead !== undefined && dead.objects.length > 0)
      throw new Failure(
        5,
        `no instance ${name} is running; what it keeps between two runs is still there`,
        `tunpike up FILE, or tunpike down ${name} --purge to remove it`,
      );
    if (dead === undefined && faults.length > 0) throw faultFailure(faults, 5);
    const others = running.length === 0 ? 'none is running' : `running: ${names}`;
    const fix = running.length === 0 ? 'tunpike up FILE' : 'give one of those names, or: tunpike up FILE';
    throw new Failure(5, `no instance ${name} is running (${others})`, fix);
  }
  if (running.length === 1) return running[0]!;
  if (running.length > 1)
    throw new Failure(5, `several instances are running: ${names}`, `tunpike -n ${running[0]!.name} …`);
  const stale = states.filter((state) => !state.stopped).map((state) => state.name);
  if (stale.length === 0 && faults.length > 0) throw faultFailure(faults, 5);
  throw new Failure(
    5,
    stale.length === 0
      ? 'no instance is running'
      : `no instance is running; ended without cleaning up: ${stale.join(', ')}`,
    stale.length === 0 ? 'tunpike up FILE' : `tunpike down ${stale[0]} --force`,
  );
}

/**
 * The state file of one instance, held by the process that it describes.
 *
 * Each change replaces the file as a whole, before and after the step that it tells of, so that whoever finds
 * it after a crash finds everything that may have been done.
 */
export class StateFile {
  readonly path: string;
  #state: InstanceState;

  private constructor(path: string, state: InstanceState) {
    this.path = path;
    this.#state = state;
  }

  /**
   * Takes a name for this process, with the file of a dead instance of that name.
   *
   * Throws a `Failure`: 6 where a live one has it, 4 where nothing can be written there.
   */
  static claim(state: InstanceState, directory = runtimeDirectory()): StateFile {
    const path = pathOf(state.name, directory);
    // What we would not believe ourselves is of no use to whoever cleans up after us.
    if (!isState(state)) throw new Error('a state of another shape');
    writing(path, () => {
      sweep(path, directory);
      const temporary = writeTemporary(path, state);
      try {
        linkSync(temporary, path);
        rmSync(temporary);
      } catch (error) {
        const holder = readState(state.name, directory);
        const isTaken = (error as NodeJS.ErrnoException).code === 'EEXIST';
        if (isTaken && (holder === undefined || !isAlive(holder))) return renameSync(temporary, path);
        rmSync(temporary, { force: true });
        throw holder !== undefined && isAlive(holder) ? nameInUse(holder) : error;
      }
    });
    return new StateFile(path, state);
  }

  get state(): InstanceState {
    return this.#state;
  }

  /** Throws a `Failure` (4) where it cannot be written: then the file says what it said before. */
  update(change: Partial<InstanceState>): void {
    const state = { ...this.#state, ...change };
    writing(this.path, () => renameSync(writeTemporary(this.path, state), this.path));
    this.#state = state;
  }

  /** Writes it again where somebody has taken it away, so that others find the instance; where they cannot, so it is. */
  restore(): void {
    if (existsSync(this.path)) return;
    try {
      const temporary = writeTemporary(this.path, this.#state);
      try {
        // Never over what somebody else has put there meanwhile.
        linkSync(temporary, this.path);
      } finally {
        rmSync(temporary, { force: true });
      }
    } catch {
      // Whoever asked has an answer all the same.
    }
  }

  /** Throws a `Failure` (9) where it cannot be removed. */
  remove(): void {
    try {
      rmSync(this.path, { force: true });
    } catch (error) {
      throw writeFailure(error, this.path, 'cannot be removed', { exitCode: 9 });
    }
  }
}

export const nameInUse = (holder: InstanceState): Failure =>
  new Failure(
    6,
    `an instance named ${holder.name} is running (process ${holder.pid})`,
    `tunpike down ${holder.name}   (or give this one another \`name:\`)`,
  );

/** Removes what an instance that was killed while it wrote its first state left: nothing else tells of it. */
export function removeHalfWritten(name: string, directory = runtimeDirectory()): void {
  const path = pathOf(name, directory);
  if (isFolder(directory)) writing(path, () => sweep(path, directory), 9);
}

/** Replaces or removes the state of an instance that is not running. */
export function settleState(state: InstanceState, kept: readonly HostObject[], directory: string): void {
  const path = pathOf(state.name, directory);
  writing(
    path,
    () => {
      sweep(path, directory);
      if (kept.length === 0) rmSync(path, { force: true });
      else renameSync(writeTemporary(path, { ...state, objects: [...kept] }), path);
    },
    9,
  );
}

/** Does something with a state file; throws a `Failure` where the file system refuses. */
function writing(path: string, write: () => void, exitCode: 4 | 9 = 4): void {
  try {
    write();
  } catch (error) {
    throw writeFailure(error, path, 'cannot be written', { exitCode });
  }
}

function pathOf(name: string, directory: string): string {
  if (!isName(name)) throw new Failure(2, `\`${name}\` cannot be the name of an instance`);
  return join(directory, `${name}${SUFFIX}`);
}

/** Written beside the file, under a name that says who writes. */
function writeTemporary(path: string, state: InstanceState): string {
  const temporary = `${path}.${process.pid}.${startTimeOf(process.pid) ?? 0}`;
  rmSync(temporary, { force: true });
  try {
    writeFileSync(temporary, `${JSON.stringify(state, undefined, 1)}\n`, { mode: 0o644, flag: 'wx' });
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return temporary;
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
