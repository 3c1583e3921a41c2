import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.js';
import { runtimeDirectory } from '../host/runtime-directory.js';
import { type InstanceState, isAlive, readStates } from '../host/state-file.js';

/** A lab that runs as somebody else. */
interface OthersInstance {
  readonly name: string;
  readonly user: string;
}

/** What to say if the lab that is meant is another user's; undefined if there is none. */
export const failureAboutOthers = (
  name: string | undefined,
  directories: readonly string[] = othersDirectories(),
): Failure | undefined => {
  const [other] = othersInstances(directories).filter((each) => name === undefined || each.name === name);
  if (other === undefined) return undefined;
  const { name: lab, user } = other;
  return new Failure(
    4,
    `\`${lab}\` runs as ${user}, and you are not ${user}`,
    user === 'root' ? 'sudo tunpike …' : `sudo -u ${user} tunpike …   (or as ${user})`,
  );
};

/** A lab of another user that this one may ask all the same, by its socket or by the one that only reads. */
export const reachableOfOthers = (
  name: string | undefined,
  directories: readonly string[] = othersDirectories(),
): InstanceState | undefined => {
  const states = directories.flatMap((directory) => readStates(directory)).filter(isAlive);
  for (const state of states) {
    if (name !== undefined && state.name !== name) continue;
    const socket = [state.socket, state.readOnlySocket].find(
      (path) => path !== undefined && mayConnect(path),
    );
    if (socket !== undefined) return { ...state, socket };
  }
  return undefined;
};

/** To connect to a socket takes the right to write to it. Source: unix(7). */
const mayConnect = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

const othersInstances = (directories: readonly string[]): OthersInstance[] =>
  directories.flatMap((directory) =>
    readStates(directory)
      .filter(isAlive)
      .map(({ name, pid }) => ({ name, user: userOf(pid) })),
  );

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
