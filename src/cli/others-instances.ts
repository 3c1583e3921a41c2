import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../failure.js';
import { othersInstances, othersStates, userName } from '../host/others-states.js';
import { RUNTIME_DIRECTORY_VARIABLE } from '../host/runtime-directory.js';
import type { InstanceState } from '../host/state-file.js';
import { printable } from '../text/printable.js';
import { shellWord } from '../text/shell-word.js';

/**
 * What to say if the lab that is meant is another user's, or in another runtime folder; undefined if there is none.
 *
 * `command` is what follows `tunpike` in the line to copy.
 */
export const failureAboutOthers = (name: string | undefined, command = '…'): Failure | undefined => {
  const other = othersInstances().find(({ state }) => name === undefined || state.name === name);
  if (other === undefined) return undefined;
  const { state, uid, directory } = other;
  if (uid === process.geteuid?.())
    return new Failure(
      5,
      `\`${state.name}\` (process ${state.pid}) is in another runtime folder, ${printable(directory)}`,
      `${RUNTIME_DIRECTORY_VARIABLE}=${shellWord(directory)} tunpike ${command}`,
    );
  const user = userName(uid);
  return new Failure(
    4,
    `\`${state.name}\` runs as ${user}, and you are not ${user}`,
    user === 'root' ? `sudo tunpike ${command}` : `sudo -u ${user} tunpike ${command}   (or as ${user})`,
  );
};

/** The runtime folder that a lab of others is in; that of its socket where it says none. */
export const directoryOf = ({ pid, socket }: InstanceState): string =>
  othersInstances().find(({ state }) => state.pid === pid)?.directory ?? dirname(socket);

/** The labs in the folders of others that this user may ask all the same, by the socket or by the one that only reads. */
export const reachableOfOthers = (name: string | undefined): readonly InstanceState[] =>
  othersStates()
    .filter((state) => name === undefined || state.name === name)
    .flatMap((state) => {
      const socket = [state.socket, state.readOnlySocket].find(
        (path) => path !== undefined && mayConnect(path),
      );
      return socket === undefined ? [] : { ...state, socket };
    });

/** To connect to a socket takes the right to write to it. Source: unix(7). */
const mayConnect = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};
