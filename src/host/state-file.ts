import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.js';
import { type HostObject, type InstanceState, parseState } from './instance-state.js';
import { bootIdentity, startTimeOf } from './process-identity.js';
import { runtimeDirectory } from './runtime-directory.js';

export type { DeviceObject, HostObject, InstanceState, NamespaceObject } from './instance-state.js';

const SUFFIX = '.state.json';

/** Whether the instance still runs; a process that only waits to be reaped does not. */
export const isAlive = (state: InstanceState): boolean =>
  !state.stopped && state.bootId === bootIdentity() && startTimeOf(state.pid) === state.startTime;

/** Every readable state in the runtime folder, by name; what is garbage or somebody else's is passed over. */
export function readStates(directory = runtimeDirectory()): readonly InstanceState[] {
  let entries: string[];
  try {
    entries = readdirSync(directory);
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.endsWith(SUFFIX))
    .sort()
    .flatMap((entry) => readState(entry.slice(0, -SUFFIX.length), directory) ?? []);
}

/** The state of one instance, running or not; undefined where there is none that can be read. */
export function readState(name: string, directory = runtimeDirectory()): InstanceState | undefined {
  try {
    const state = parseState(readFileSync(pathOf(name, directory), 'utf8'));
    return state?.name === name ? state : undefined;
  } catch {
    return undefined;
  }
}

/** The running instance of that name, or the only one. Throws a `Failure` that says which there are. */
export function findInstance(name: string | undefined, directory = runtimeDirectory()): InstanceState {
  const states = readStates(directory);
  const running = states.filter(isAlive);
  const names = running.map((state) => state.name).join(', ');
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
    const others = running.length === 0 ? 'none is running' : `running: ${names}`;
    throw new Failure(5, `no instance ${name} is running (${others})`, 'tunpike up FILE');
  }
  if (running.length === 1) return running[0]!;
  if (running.length > 1)
    throw new Failure(5, `several instances are running: ${names}`, `tunpike -n ${running[0]!.name} …`);
  const stale = states.filter((state) => !state.stopped).map((state) => state.name);
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

  /** Takes a name for this process, with the file of a dead instance of that name. A live one: exit 6. */
  static claim(state: InstanceState, directory = runtimeDirectory()): StateFile {
    const path = pathOf(state.name, directory);
    const temporary = writeTemporary(path, state);
    try {
      linkSync(temporary, path);
      rmSync(temporary);
    } catch (error) {
      const holder = readState(state.name, directory);
      if (holder !== undefined && isAlive(holder)) {
        rmSync(temporary, { force: true });
        throw nameInUse(holder);
      }
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      renameSync(temporary, path);
    }
    return new StateFile(path, state);
  }

  get state(): InstanceState {
    return this.#state;
  }

  update(change: Partial<InstanceState>): void {
    this.#state = { ...this.#state, ...change };
    renameSync(writeTemporary(this.path, this.#state), this.path);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}

export const nameInUse = (holder: InstanceState): Failure =>
  new Failure(
    6,
    `an instance named ${holder.name} is running (process ${holder.pid})`,
    `tunpike down ${holder.name}   (or give this one another \`name:\`)`,
  );

/** Replaces or removes the state of an instance that is not running. */
export function settleState(state: InstanceState, kept: readonly HostObject[], directory: string): void {
  const path = pathOf(state.name, directory);
  if (kept.length === 0) rmSync(path, { force: true });
  else renameSync(writeTemporary(path, { ...state, objects: [...kept] }), path);
}

const pathOf = (name: string, directory: string): string => join(directory, `${name}${SUFFIX}`);

function writeTemporary(path: string, state: InstanceState): string {
  const temporary = `${path}.${crypto.randomUUID()}`;
  writeFileSync(temporary, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o644, flag: 'wx' });
  return temporary;
}
