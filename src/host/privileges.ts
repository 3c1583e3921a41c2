import { accessSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { lowerPrivileges } from '../tun/privileges.js';
import { runtimeDirectory } from './runtime-directory.js';

/** Bit numbers in the kernel's capability sets. Source: capability.h. */
export const CAP_CHOWN = 0;
export const CAP_DAC_OVERRIDE = 1;
export const CAP_DAC_READ_SEARCH = 2;
export const CAP_NET_ADMIN = 12;
export const CAP_SYS_ADMIN = 21;

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

/** The capabilities that a lab needs from its start to its end. */
export function capabilitiesAtWork({ read, written, givenTo }: FilesAtWork): readonly number[] {
  const needed = [CAP_NET_ADMIN, CAP_SYS_ADMIN];
  // Its owner may give a file to any group that he is in. Source: chown(2).
  if (givenTo !== undefined && !isInGroup(givenTo)) needed.push(CAP_CHOWN);
  const folders = [...written, join(runtimeDirectory(), 'state')].filter(isTold).map(nearestFolder);
  if (!folders.every((folder) => isOurs(folder, WRITE | SEARCH))) needed.push(CAP_DAC_OVERRIDE);
  else if (!read.filter(isTold).every((path) => isOurs(path, READ))) needed.push(CAP_DAC_READ_SEARCH);
  return needed;
}

const isTold = (path: string | undefined): path is string => path !== undefined;

const READ = 4;
const WRITE = 2;
const SEARCH = 1;

/** Whether owner, group and mode let us use it so, and search all folders on the way, without any capability. */
function isOurs(path: string, bits: number): boolean {
  let at: string;
  try {
    at = realpathSync(path);
    if (!allows(statSync(at), bits)) return false;
    for (; at !== dirname(at); at = dirname(at)) if (!allows(statSync(dirname(at)), SEARCH)) return false;
    return true;
  } catch {
    return true; // Not there, or not for us whatever we keep.
  }
}

function allows({ uid, gid, mode }: Stats, bits: number): boolean {
  if (uid === process.geteuid?.()) return ((mode >> 6) & bits) === bits;
  return ((isInGroup(gid) ? mode >> 3 : mode) & bits) === bits;
}

const isInGroup = (gid: number): boolean =>
  gid === process.getegid?.() || process.getgroups?.().includes(gid) === true;

function nearestFolder(path: string): string {
  const folder = dirname(resolve(path));
  try {
    accessSync(folder);
    return folder;
  } catch {
    return folder === dirname(folder) ? folder : nearestFolder(folder);
  }
}
