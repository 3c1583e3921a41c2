import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { callInstance } from '../control/client.js';
import { Failure } from '../failure.js';
import { runtimeDirectory } from '../host/runtime-directory.js';
import { readState, readStateFiles } from '../host/state-file.js';
import { folderFault } from '../host/trust.js';
import { shellWord } from '../text/shell-word.js';

/** What answers on the control socket of a lab that no state file tells of. */
export interface LostInstance {
  readonly name: string;
  readonly socket: string;
  /** As it says itself; undefined where it listens and does not answer. */
  readonly pid: number | undefined;
}

/** How long each may take to say that it is there, in milliseconds. */
const PATIENCE = 1000;
const SUFFIX = '.sock';

/**
 * Asks whoever listens on the control sockets whose state file somebody has taken away: a lab writes it again then.
 * Gives those that answer and have none all the same.
 */
export const lostInstances = async (
  wanted?: string,
  directory = runtimeDirectory(),
): Promise<readonly LostInstance[]> => {
  const { states, faults } = readStateFiles(directory);
  if (folderFault(directory) !== undefined) return [];
  const known = new Set([...states, ...faults].map(({ name }) => name));
  const sockets = new Set(states.flatMap(({ socket, readOnlySocket }) => [socket, readOnlySocket]));
  const names = entriesOf(directory)
    .filter((entry) => entry.endsWith(SUFFIX))
    .filter((entry) => !sockets.has(join(directory, entry)))
    .map((entry) => entry.slice(0, -SUFFIX.length))
    // A socket whose name begins with a dot is none yet.
    .filter((name) => !name.startsWith('.') && !known.has(name) && (wanted === undefined || wanted === name));
  const asked = await Promise.all(
    names.map((name) => answering({ name, socket: join(directory, name + SUFFIX) })),
  );
  return asked.flatMap((each) => (each === undefined || hasState(each, directory) ? [] : [each]));
};

const hasState = ({ name, pid }: LostInstance, directory: string): boolean => {
  const state = readState(name, directory);
  return state !== undefined && state.pid === pid;
};

const answering = async (instance: {
  readonly name: string;
  readonly socket: string;
}): Promise<LostInstance | undefined> => {
  try {
    const { pid } = await callInstance(instance, 'ping', {}, PATIENCE);
    return { ...instance, pid: Number(pid) };
  } catch (error) {
    const isSilent = error instanceof Failure && error.exitCode === 8;
    return isSilent ? { ...instance, pid: undefined } : undefined;
  }
};

const entriesOf = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
};

/** What is wrong with one, and the line that ends it. */
export const faultOfLost = ({
  name,
  socket,
  pid,
}: LostInstance): { readonly what: string; readonly fix: string } =>
  pid === undefined
    ? {
        what: `another process listens on ${socket} and does not answer, and there is no state file of ${name}`,
        fix: `ss -xlp src ${shellWord(socket)}   (names it; then kill it)`,
      }
    : {
        what: `another process (${pid}) answers on ${socket}, and there is no state file of ${name}`,
        fix: `kill ${pid}`,
      };

/** Throws a `Failure` (6) where something answers that no state file tells of. */
export const refuseLost = (lost: readonly LostInstance[]): void => {
  if (lost[0] === undefined) return;
  const { what, fix } = faultOfLost(lost[0]);
  throw new Failure(6, what, fix);
};
