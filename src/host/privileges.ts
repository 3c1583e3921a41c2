import { accessSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { lowerPrivileges } from '../tun/privileges.js';
import {
  CAP_CHOWN,
  CAP_DAC_OVERRIDE,
  CAP_DAC_READ_SEARCH,
  CAP_NET_ADMIN,
  CAP_SYS_ADMIN,
} from './capabilities.js';
import { runtimeDirectory } from './runtime-directory.js';

/** Their names, as units of systemd have them. */
export const CAPABILITY_NAMES: Readonly<Record<number, string>> = {
  [CAP_CHOWN]: 'CAP_CHOWN',
  [CAP_DAC_OVERRIDE]: 'CAP_DAC_OVERRIDE',
  [CAP_DAC_READ_SEARCH]: 'CAP_DAC_READ_SEARCH',
  [CAP_NET_ADMIN]: 'CAP_NET_ADMIN',
  [CAP_SYS_ADMIN]: 'CAP_SYS_ADMIN',
};

/** Files that a lab will use when it has given up its privileges. */
export interface FilesAtWork {
  readonly read: readonly (string | undefined)[];
  /** Made and removed, in folders that may be missing; a state file is always one of them. */
  readonly written: readonly (string | undefined)[];
  /** The group that one of them is to belong to; undefined for that of the process. */
  readonly givenTo?: number | undefined;
}

/**
 * Gives up, for good, what a lab does not need: all capabilities but those for devices, addresses and namespaces.
 *
 * One that disregards the permissions of files stays where root is told of files in places of other users, as by
 * `sudo` in a home folder. Gives what to warn of; undefined where all went well, or nothing was there to give up.
 */
export function giveUpPrivileges(files: FilesAtWork): string | undefined {
  try {
    const missed = lowerPrivileges(capabilitiesAtWork(files));
    return missed === undefined || missed === 0
      ? undefined
      : `${missed} threads of this process keep their capabilities`;
  } catch (error) {
    return `the capabilities of this process stay as they are: ${error instanceof Error ? error.message : error}`;
  }
}

/** Whose rights a process has by its owner and its groups alone. */
export interface User {
  readonly uid: number | undefined;
  readonly groups: readonly (number | undefined)[];
}

/** Root, with the groups that a service is given beside its own. */
export const rootWith = (groups: readonly number[]): User => ({ uid: 0, groups: [0, ...groups] });

const ownUser = (): User => ({
  uid: process.geteuid?.(),
  groups: [process.getegid?.(), ...(process.getgroups?.() ?? [])],
});

/** The capabilities that a lab of a user needs from its start to its end. */
export function capabilitiesAtWork(
  { read, written, givenTo }: FilesAtWork,
  user = ownUser(),
): readonly number[] {
  const needed = [CAP_NET_ADMIN, CAP_SYS_ADMIN];
  // Its owner may give a file to any group that he is in. Source: chown(2).
  if (givenTo !== undefined && !user.groups.includes(givenTo)) needed.push(CAP_CHOWN);
  const state = join(runtimeDirectory(process.env, user.uid), 'state');
  const folders = [...written, state].filter(isTold).map(nearestFolder);
  if (!folders.every((folder) => isFor(user, folder, WRITE | SEARCH))) needed.push(CAP_DAC_OVERRIDE);
  else if (!read.filter(isTold).every((path) => isFor(user, path, READ))) needed.push(CAP_DAC_READ_SEARCH);
  return needed;
}

const isTold = (path: string | undefined): path is string => path !== undefined;

const READ = 4;
const WRITE = 2;
const SEARCH = 1;

/** Whether owner, group and mode let him use it so, and search all folders on the way, without any capability. */
function isFor(user: User, path: string, bits: number): boolean {
  let at: string;
  try {
    at = realpathSync(path);
    if (!allows(user, statSync(at), bits)) return false;
    for (; at !== dirname(at); at = dirname(at))
      if (!allows(user, statSync(dirname(at)), SEARCH)) return false;
    return true;
  } catch {
    return true; // Not there, or not for us whatever we keep.
  }
}

function allows(user: User, { uid, gid, mode }: Stats, bits: number): boolean {
  if (uid === user.uid) return ((mode >> 6) & bits) === bits;
  return ((user.groups.includes(gid) ? mode >> 3 : mode) & bits) === bits;
}

function nearestFolder(path: string): string {
  let folder = dirname(path);
  try {
    folder = resolve(folder);
    accessSync(folder);
    return folder;
  } catch {
    // Also where our own folder is gone, and with it what is named relative to it.
    return folder === dirname(folder) ? folder : nearestFolder(folder);
  }
}
