import { accessSync, constants } from 'node:fs';
import { Failure } from '../failure.js';
import { othersInstances, othersStates, userName } from '../host/others-states.js';
import type { InstanceState } from '../host/state-file.js';

/** What to say if the lab that is meant is another user's; undefined if there is none. */
export const failureAboutOthers = (name: string | undefined): Failure | undefined => {
  const other = othersInstances().find(({ state }) => name === undefined || state.name === name);
  if (other === undefined) return undefined;
  const user = userName(other.uid);
  return new Failure(
    4,
    `\`${other.state.name}\` runs as ${user}, and you are not ${user}`,
    user === 'root' ? 'sudo tunpike …' : `sudo -u ${user} tunpike …   (or as ${user})`,
  );
};

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
