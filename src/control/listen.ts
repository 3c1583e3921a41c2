import { chmodSync, chownSync } from 'node:fs';
import type { Server } from 'node:net';
import { dirname } from 'node:path';
import { Failure } from '../failure.js';
import { makeFolders } from '../make-folders.js';
import { type FileIdentity, identityAt, moveToFreeName } from '../owned-file.js';
import { birthplaceOf, type Found, findSocket, removeDeadSocket } from './dead-socket.js';
import { groupId } from './group.js';

/** A Unix socket in the file system, and who may use it. */
export interface SocketFile {
  /** At most 107 octets. A missing directory is created. */
  readonly path: string;
  /** Permissions of the socket, for example `0o660`. */
  readonly mode: number;
  /** The group that the socket belongs to, by name or number; undefined for that of the process. */
  readonly group?: string | undefined;
}

/** The kernel's `sun_path` without its closing zero. */
const LONGEST_PATH = 107;

/**
 * Makes room for a socket, listens on it, and says which file it is; whoever closes the server removes that one.
 *
 * Replaces the socket of a dead process of ours. A socket that answers, or any other file, is a `Failure` (6).
 */
export const listenOn = async (server: Server, file: SocketFile): Promise<FileIdentity> => {
  const { path, group } = file;
  refuseLongPath(path);
  const gid = group === undefined ? undefined : groupId(group);
  makeFolder(path);
  try {
    refuse(path, await removeDeadSocket(path));
    await removeDeadSocket(birthplaceOf(path, process.pid));
  } catch (error) {
    throw named(path, error);
  }
  return listen(server, file, gid);
};

/** Throws what would keep a control server from a path, as far as that can be seen; touches nothing. */
export const checkControlPath = async (path: string): Promise<void> => {
  refuseLongPath(path);
  try {
    refuse(path, await findSocket(path));
  } catch (error) {
    throw named(path, error);
  }
};

const refuseLongPath = (path: string): void => {
  const fix = 'set control.socket to a shorter path';
  if (Buffer.byteLength(path) > LONGEST_PATH)
    throw new Failure(3, `the control socket's path is longer than ${LONGEST_PATH} octets: ${path}`, fix);
  if (Buffer.byteLength(birthplaceOf(path, process.pid)) > LONGEST_PATH)
    throw new Failure(3, `the path of the control socket's folder is too long: ${path}`, fix);
};

const makeFolder = (path: string): void => {
  try {
    makeFolders(dirname(path), 0o755);
  } catch (error) {
    throw cannotListen(path, error);
  }
};

const refuse = (path: string, found: Found): void => {
  const fix = 'move it away, or set control.socket';
  if (found === 'no socket') throw new Failure(6, `${path} exists and is not a socket`, fix);
  if (found === 'foreign') throw new Failure(6, `${path} is the socket of another user`, fix);
  if (found === 'alive')
    throw new Failure(
      6,
      `another process answers on ${path}`,
      'stop it with `tunpike down`, or set another `name:` or `control.socket`',
    );
};

const listen = (server: Server, { path, mode }: SocketFile, gid: number | undefined): Promise<FileIdentity> =>
  new Promise((resolve, reject) => {
    const birthplace = birthplaceOf(path, process.pid);
    let own: FileIdentity | undefined;
    let fault: unknown;
    server.once('error', (error) => reject(cannotListen(path, error)));
    server.once('listening', () => {
      server.removeAllListeners('error');
      if (own !== undefined && fault === undefined) return resolve(own);
      server.close();
      reject(fault);
    });
    // The socket is bound inside `listen`: nobody else may reach it before its owner and mode are set, and it has
    // its name only when it answers.
    const before = process.umask(0o177);
    try {
      server.listen(birthplace);
    } finally {
      process.umask(before);
    }
    if (!server.listening) return; // The error event tells why.
    try {
      giveTo(birthplace, path, mode, gid);
      own = identityAt(birthplace);
      moveToFreeName(birthplace, path);
    } catch (error) {
      fault = fault ?? named(path, error);
    }
  });

const giveTo = (birthplace: string, path: string, mode: number, gid: number | undefined): void => {
  try {
    if (gid !== undefined) chownSync(birthplace, process.getuid?.() ?? 0, gid);
    chmodSync(birthplace, mode);
  } catch (error) {
    throw new Failure(
      4,
      `cannot set the owner and mode of ${path}: ${(error as Error).message}`,
      'run as root or as a member of that group, or leave out control.group',
    );
  }
};

const named = (path: string, error: unknown): unknown => {
  if (error instanceof Failure) return error;
  return (error as NodeJS.ErrnoException).code === 'EEXIST'
    ? new Failure(6, `another process has just taken ${path}`)
    : cannotListen(path, error);
};

const cannotListen = (path: string, error: unknown): Failure =>
  new Failure(
    4,
    `cannot listen on ${path}: ${(error as Error).message}`,
    'set control.socket to a path you may write',
  );
