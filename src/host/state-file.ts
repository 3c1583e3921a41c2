import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.js';
import { isName } from '../name.js';
import { shellWord } from '../text/shell-word.js';
import { type InstanceState, isState, type Phase } from './instance-state.js';
import { isRunning } from './process-identity.js';
import { runtimeDirectory } from './runtime-directory.js';
import { Distrust, folderFault, readTrusted } from './trust.js';

export type { DeviceObject, HostObject, InstanceState, NamespaceObject, Phase } from './instance-state.js';

/** The end of a state file's name, behind that of its instance. */
export const SUFFIX = '.state.json';

/** Whether the instance still runs. */
export const isAlive = (state: InstanceState): boolean => !state.stopped && isRunning(state);

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

/**
 * What a state file says of a name that is to be taken: nothing, or of an instance that has ended.
 *
 * Throws a `Failure` (6) where a live one has the name, or the file is not believed: it may be all that tells of
 * something.
 */
export function readClaimable(name: string, directory = runtimeDirectory()): InstanceState | undefined {
  const read = readOne(name, directory);
  if (read === undefined) return undefined;
  if ('fault' in read) throw faultFailure([read.fault], 6);
  if (isAlive(read.state)) throw nameInUse(read.state);
  return read.state;
}

/** The failure that names state files that are not believed. */
export const faultFailure = (faults: readonly StateFault[], exitCode: 5 | 6 | 9): Failure =>
  new Failure(
    exitCode,
    faults.map(({ path, why }) => `${path} is not believed: ${why}`).join('\n'),
    `look at what it says, undo by hand what is yours, then: ${removalOf(faults)}`,
  );

/** The line that removes what is there in place of state files, be it a folder. */
export const removalOf = (faults: readonly StateFault[]): string =>
  `${faults.some(({ path }) => isFolder(path)) ? 'rm -r' : 'rm'} ${faults.map(({ path }) => shellWord(path)).join(' ')}`;

/** Whether a folder has a name; a link to one is none. */
export const isFolder = (path: string): boolean => {
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

export const nameInUse = (holder: InstanceState): Failure =>
  new Failure(
    6,
    `an instance named ${holder.name} is running (process ${holder.pid})`,
    `tunpike down ${holder.name}   (or give this one another \`name:\`)`,
  );

/** Where the state of an instance is; throws a `Failure` (2) for what cannot be its name. */
export function pathOf(name: string, directory: string): string {
  if (!isName(name)) throw new Failure(2, `\`${name}\` cannot be the name of an instance`);
  return join(directory, `${name}${SUFFIX}`);
}
