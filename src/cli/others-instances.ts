import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.js';
import { runtimeDirectory } from '../host/runtime-directory.js';
import { type InstanceState, isAlive, readStates } from '../host/state-file.js';

/** What to say if the lab that is meant is another user's; undefined if there is none. */
export const failureAboutOthers = (name: string | undefined): Failure | undefined => {
  const [other] = othersStates(name);
  if (other === undefined) return undefined;
  const user = userOf(other.pid);
  return new Failure(
    4,
    `\`${other.name}\` runs as ${user}, and you are not ${user}`,
    user === 'root' ? 'sudo tunpike …' : `sudo -u ${user} tunpike …   (or as ${user})`,
  );
};

/** A lab of another user that this one may ask all the same, by its socket or by the one that only reads. */
export const reachableOfOthers = (name: string | undefined): InstanceState | undefined => {
  for (const state of othersStates(name)) {
    const socket = [state.socket, state.readOnlySocket].find(
      (path) => path !== undefined && mayConnect(path),
    );
    if (socket !== undefined) return { ...state, socket };
  }
  return undefined;
};

/** The running labs of other users, as far as they can be read; with a name, only those of that name. */
const othersStates = (name: string | undefined): readonly InstanceState[] =>
  othersDirectories()
    .flatMap((directory) => readStates(directory))
    .filter((state) => (name === undefined || state.name === name) && isAlive(state));

/** To connect to a socket takes the right to write to it. Source: unix(7). */
const mayConnect = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** The folders of everybody's control sockets, as far as they can be read. Source: file-hierarchy(7). */
const othersDirectories = (): string[] => {
  const own = runtimeDirectory();
  const all = [
    '/run/tunpike',
    ...entriesOf('/run/user').map((uid) => join('/run/user', uid, 'tunpike')),
    ...entriesOf('/tmp')
      .filter((entry) => /^tunpike-\d+$/.test(entry))
      .map((entry) => join('/tmp', entry)),
  ];
  return all.filter((directory) => directory !== own);
};

const entriesOf = (directory: string): string[] => {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
};

/** The name of a process's user, or its number. Source: passwd(5). */
const userOf = (pid: number): string => {
  const uid = String(statSync(`/proc/${pid}`).uid);
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  return lines.map((line) => line.split(':')).find((fields) => fields[2] === uid)?.[0] ?? `user ${uid}`;
};
