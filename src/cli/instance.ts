import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure.js';
import type { InstanceState } from '../host/state-file.js';
import { waitingFor } from './progress.js';
import type { Terminal } from './terminal.js';

/** How long a lab may take to start before its answer is no longer waited for, in milliseconds. */
const PATIENCE = 30_000;
/** How long a lab of the same name may take to stop before a new one is refused, in milliseconds. */
const PATIENCE_AT_END = 5000;
/** How often to look whether it is there, in milliseconds. */
const POLL = 10;

/** Names the lab for everything that runs in a shell of it. */
export const NAME_VARIABLE = 'TUNPIKE_NAME';

/** The lab that is meant: the one that the command line names, or `TUNPIKE_NAME`; undefined if neither does. */
export const wantedName = (named: string | undefined): string | undefined =>
  named ?? (process.env[NAME_VARIABLE] || undefined);

/**
 * The running lab that a command means: that of `-n`, or of `TUNPIKE_NAME`, or the only one that runs, or of several
 * the only one that has all of these hosts, routers, interfaces or links.
 *
 * One that is starting is waited for. Throws a `Failure`: 5 if there is none, 4 if it is another user's, 8 if it
 * does not come up.
 */
export const instanceFor = async (
  terminal: Terminal,
  ...mentioned: readonly (string | undefined)[]
): Promise<InstanceState> => {
  const { isAlive, phaseOf, readState } = await import('../host/state-file.js');
  const deadline = performance.now() + PATIENCE;
  const waiting = waitingFor(terminal);
  try {
    let state = await meantInstance(wantedName(terminal.flags.name), mentioned);
    for (;;) {
      if (phaseOf(state) === 'running') return state;
      const { name, pid } = state;
      if (phaseOf(state) === 'stopping')
        throw new Failure(5, `${name} (process ${pid}) is stopping`, 'tunpike up FILE');
      if (performance.now() > deadline)
        throw new Failure(
          8,
          `${name} (process ${pid}) is still starting after ${PATIENCE / 1000} s`,
          `try again, or end it: tunpike down ${name} --force`,
        );
      waiting.tell(`${name} is starting …`);
      await delay(POLL);
      const next = readState(name);
      // A start that failed leaves nothing, and `meantInstance` says how that looks from here.
      state = next !== undefined && isAlive(next) ? next : await meantInstance(name);
    }
  } finally {
    waiting.end();
  }
};

/** As {@link instanceFor}, but where it is on its way does not matter. */
export const meantInstance = async (
  name: string | undefined,
  mentioned: readonly (string | undefined)[] = [],
): Promise<InstanceState> => {
  const { findInstance, isAlive, isKilled, readStates } = await import('../host/state-file.js');
  if (name === undefined) {
    const running = readStates().filter(isAlive);
    if (running.length > 1) return theOneOf(running, mentioned);
  }
  try {
    return findInstance(name);
  } catch (error) {
    const { lostInstances, refuseLost } = await import('./lost-instances.js');
    const known = readStates().length;
    const lost = await lostInstances(name);
    if (readStates().length > known) return meantInstance(name, mentioned);
    refuseLost(lost);
    const killed = readStates().filter(isKilled);
    // One's own that was killed is meant before that of others that has its name, too.
    if (name !== undefined && killed.some((state) => state.name === name)) throw error;
    const others = await import('./others-instances.js');
    const reachable = others.reachableOfOthers(name);
    if (name === undefined && reachable.length > 1) return theOneOf(reachable, mentioned);
    if (reachable[0] !== undefined) return reachable[0];
    throw (killed.length === 0 ? others.failureAboutOthers(name) : undefined) ?? error;
  }
};

const theOneOf = async (
  running: readonly InstanceState[],
  mentioned: readonly (string | undefined)[],
): Promise<InstanceState> => (await import('./instance-with.js')).theOneWith(mentioned, running);

/** Waits a little for an instance of that name that is stopping; whatever else has the name stays. */
export const letGo = async (name: string, terminal: Terminal): Promise<void> => {
  const { isAlive, phaseOf, readState } = await import('../host/state-file.js');
  const deadline = performance.now() + PATIENCE_AT_END;
  const waiting = waitingFor(terminal);
  for (;;) {
    const state = readState(name);
    const isStopping = state !== undefined && isAlive(state) && phaseOf(state) === 'stopping';
    if (!isStopping || performance.now() > deadline) break;
    waiting.tell(`the last ${name} is stopping …`);
    await delay(POLL);
  }
  waiting.end();
};
