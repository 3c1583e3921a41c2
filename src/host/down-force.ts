import { Failure } from '../failure.js';
import type { Kernel } from '../tun/kernel.js';
import { bootIdentity } from './process-identity.js';
import { runtimeDirectory } from './runtime-directory.js';
import { faultFailure, isAlive, readStateFiles } from './state-file.js';
import { settleState } from './state-writing.js';
import { leftoverFailure, undoObjects } from './undo.js';

export interface ForceDownOptions {
  /** Remove what is persistent, too. */
  readonly purge: boolean;
  readonly log: (line: string) => void;
  readonly directory?: string;
  /** The kernel, if not the usual one. */
  readonly kernel?: Kernel;
}

export interface ForceDownOutcome {
  /** One line for each thing removed. */
  readonly removed: readonly string[];
  /** How many persistent devices and namespaces stay. */
  readonly kept: number;
}

/**
 * Removes what an instance that was killed, or stopped with persistent devices, left on this machine.
 *
 * Only what its state file names and what is still the very same object: the rest is not ours any more.
 * Throws a `Failure`: 5 without a state file, 6 while the process lives, 9 where something is left.
 */
export async function forceDown(
  name: string,
  { purge, log, directory = runtimeDirectory(), kernel }: ForceDownOptions,
): Promise<ForceDownOutcome> {
  const { states, faults } = readStateFiles(directory);
  const fault = faults.find((each) => each.name === name);
  if (fault !== undefined) throw faultFailure([fault], 9);
  const state = states.find((each) => each.name === name);
  if (state === undefined) throw new Failure(5, `nothing is known of an instance ${name}`, 'tunpike doctor');
  if (isAlive(state))
    throw new Failure(6, `instance ${name} is running (process ${state.pid})`, `tunpike down ${name}`);
  if (state.rootless || state.bootId !== bootIdentity()) {
    // Its namespaces ended with its process, or with the machine's last boot.
    settleState(state, [], directory);
    return { removed: [], kept: 0 };
  }
  const { ownNamespace } = state;
  const { kept, removed, left } = await undoObjects(state.objects, {
    ownNamespace,
    purge,
    log,
    ...(kernel === undefined ? {} : { kernel }),
  });
  const remaining = [...kept, ...left.map(({ object }) => object)];
  settleState({ ...state, stopped: left.length === 0 }, remaining, directory);
  if (left.length > 0) throw leftoverFailure(left, name);
  return { removed, kept: kept.length };
}
