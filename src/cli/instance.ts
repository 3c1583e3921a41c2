import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure.js';
import type { InstanceState } from '../host/state-file.js';

/** How long a lab may take to start before its answer is no longer waited for, in milliseconds. */
const PATIENCE = 10_000;
/** How often to look whether it is there, in milliseconds. */
const POLL = 10;

/** Names the lab for everything that runs in a shell of it. */
export const NAME_VARIABLE = 'TUNPIKE_NAME';

/** The lab that is meant: the one that the command line names, or `TUNPIKE_NAME`; undefined if neither does. */
export const wantedName = (named: string | undefined): string | undefined =>
  named ?? (process.env[NAME_VARIABLE] || undefined);

/**
 * The running lab of that name, or of `TUNPIKE_NAME`, or the only one that runs; one that is starting is waited for.
 *
 * Throws a `Failure` (5) if there is none, (4) if it is another user's, and (8) if it does not come up.
 */
export const instanceNamed = async (named: string | undefined): Promise<InstanceState> => {
  const name = wantedName(named);
  const host = await import('../host/state-file.js');
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const state = await found(host, name);
    if (existsSync(state.socket)) return state;
    if (performance.now() > deadline)
      throw new Failure(
        8,
        `${state.name} (process ${state.pid}) is starting or stopping, and does not answer yet`,
        `try again, or end it: tunpike down ${state.name} --force`,
      );
    await delay(POLL);
  }
};

const found = async (
  { findInstance }: typeof import('../host/state-file.js'),
  name: string | undefined,
): Promise<InstanceState> => {
  try {
    return findInstance(name);
  } catch (error) {
    const others = await import('./others-instances.js');
    const reachable = others.reachableOfOthers(name);
    if (reachable !== undefined) return reachable;
    throw others.failureAboutOthers(name) ?? error;
  }
};
