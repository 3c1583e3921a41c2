import { Failure } from '../failure.js';
import {
  faultFailure,
  type InstanceState,
  isAlive,
  isKilled,
  readState,
  readStateFiles,
} from '../host/state-file.js';
import { removeHalfWritten } from '../host/state-writing.js';
import { meantInstance } from './instance.js';
import { type LostInstance, lostInstances, refuseLost } from './lost-instances.js';
import { directoryOf, failureAboutOthers } from './others-instances.js';

/** What `tunpike down` takes. */
export interface DownOptions {
  readonly force?: true;
  readonly purge?: true;
}

/**
 * The labs that `down` ends, or whose remains it removes; none where there is nothing to do.
 *
 * Without a name `--force` means all that were killed, never one that runs. Throws a `Failure`: 5 where none is meant,
 * or where it is not clear which, 9 where a state file is not believed.
 */
export const chosenLabs = async (
  name: string | undefined,
  options: DownOptions,
): Promise<readonly InstanceState[]> => {
  // One whose state file was taken away writes it again when it is asked, and is found.
  const lost = await lostInstances(name);
  if (options.force !== true && options.purge !== true) return [await runningLab(name)];
  return name === undefined ? unnamedLabs(options, lost) : namedLab(name, options, lost);
};

const namedLab = async (
  name: string,
  { force }: DownOptions,
  lost: readonly LostInstance[],
): Promise<readonly InstanceState[]> => {
  const { states, faults: all } = readStateFiles();
  const faults = all.filter((fault) => fault.name === name);
  if (faults.length > 0) throw faultFailure(faults, 9);
  const state = states.find((each) => each.name === name);
  if (state !== undefined) return [state];
  refuseLost(lost);
  removeHalfWritten(name);
  if (force !== true) return [await runningLab(name)];
  const failure = failureAboutOthers(name, `down ${name}`);
  if (failure !== undefined) throw failure;
  return [];
};

const unnamedLabs = async (
  { force, purge }: DownOptions,
  lost: readonly LostInstance[],
): Promise<readonly InstanceState[]> => {
  const { states, faults } = readStateFiles();
  const running = states.filter(isAlive);
  const killed = states.filter(isKilled);
  const keeping = states.filter((state) => state.stopped);
  if (faults.length > 0 && killed.length + (purge ? keeping.length : 0) === 0) throw faultFailure(faults, 9);
  if (force && killed.length > 0) return killed;
  const dead = purge ? [...killed, ...keeping] : [];
  if (force && running.length > 0 && dead.length === 0)
    throw new Failure(
      5,
      `no lab was killed, and nothing was left behind; running: ${namesOf(running)}`,
      `tunpike down ${running[0]!.name}`,
    );
  if (dead.length === 0) refuseLost(lost);
  if (force && dead.length === 0) return [];
  if (dead.length === 0) return [await runningLab(undefined)];
  if (dead.length === 1 && (force || running.length === 0)) return dead;
  const groups = [
    ['running', force ? [] : running],
    ['ended without cleaning up', killed],
    ['stopped, with persistent devices or namespaces', keeping],
  ] as const;
  throw new Failure(
    5,
    `several labs may be meant: ${groups
      .filter(([, labs]) => labs.length > 0)
      .map(([what, labs]) => `${namesOf(labs)} (${what})`)
      .join(', ')}`,
    `tunpike down ${dead[0]!.name} --purge`,
  );
};

const namesOf = (states: readonly InstanceState[]): string => states.map(({ name }) => name).join(', ');

/** The lab that is meant as by every other command; but who ends the lab of others says which. */
const runningLab = async (name: string | undefined): Promise<InstanceState> => {
  const state = await meantInstance(name);
  if (name !== undefined || readState(state.name)?.pid === state.pid) return state;
  const killed = readStateFiles().states.filter(isKilled);
  throw new Failure(
    5,
    `no instance of yours is running${
      killed.length === 0 ? '' : `, and ${namesOf(killed)} ended without cleaning up`
    }; ${state.name} (process ${state.pid}) is in ${directoryOf(state)}`,
    killed.length === 0
      ? `tunpike down ${state.name}`
      : `tunpike down ${killed[0]!.name} --force, or: tunpike down ${state.name}`,
  );
};
