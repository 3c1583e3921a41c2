import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type InstanceState, parseState } from './instance-state.js';
import { runtimeDirectory } from './runtime-directory.js';
import { isAlive, readStates, SUFFIX } from './state-file.js';

/** A live instance of another user, as far as that user's word goes: to be told of, never to be acted upon. */
export interface OthersInstance {
  readonly state: InstanceState;
  readonly uid: number;
  /** The runtime folder that it is in. */
  readonly directory: string;
}

/** Longer is no state of an honest lab that anybody needs to be told of. In octets. */
const LONGEST = 16 * 1024 * 1024;

/** The live instances in the folders of other users, as far as they can be read. */
export const othersInstances = (): readonly OthersInstance[] =>
  othersDirectories().flatMap((directory) =>
    entriesOf(directory)
      .filter((entry) => entry.endsWith(SUFFIX))
      .flatMap((entry) => toldBy(directory, entry) ?? []),
  );

/** Those of them that are root's or our own, whose word can be acted upon. */
export const othersStates = (): readonly InstanceState[] =>
  othersDirectories()
    .flatMap((directory) => readStates(directory))
    .filter(isAlive);

/** The number of the user of a process; undefined where it has ended. */
export const uidOf = (pid: number): number | undefined => {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    return undefined;
  }
};

/** The name of a user, or the number. Source: passwd(5). */
export const userName = (uid: number): string => {
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
    const found = lines.map((line) => line.split(':')).find((fields) => fields[2] === String(uid));
    return found?.[0] ?? `user ${uid}`;
  } catch {
    return `user ${uid}`;
  }
};

/** What a state file says, if the owner of its process wrote it. */
const toldBy = (directory: string, entry: string): OthersInstance | undefined => {
  try {
    const { text, uid } = readShort(join(directory, entry));
    const state = parseState(text);
    return state !== undefined && state.name + SUFFIX === entry && isAlive(state) && uidOf(state.pid) === uid
      ? { state, uid, directory }
      : undefined;
  } catch {
    return undefined;
  }
};

const readShort = (path: string): { readonly text: string; readonly uid: number } => {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { uid, size } = fstatSync(fd);
    return { text: size > LONGEST ? '' : readFileSync(fd, 'utf8'), uid };
  } finally {
    closeSync(fd);
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
