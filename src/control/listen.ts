import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { dirname } from 'node:path';
import { Failure } from '../failure.js';
import { removeDeadSocket } from './dead-socket.js';

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
 * Makes room for a socket and listens on it.
 *
 * Replaces the socket of a dead process. A socket that answers, or any other file, is a `Failure` (6).
 */
export const listenOn = async (server: Server, { path, mode, group }: SocketFile): Promise<void> => {
  if (Buffer.byteLength(path) > LONGEST_PATH)
    throw new Failure(3, `the control socket's path is longer than ${LONGEST_PATH} octets: ${path}`);
  const gid = group === undefined ? undefined : groupId(group);
  await makeRoom(path);
  await listen(server, path);
  try {
    if (gid !== undefined) chownSync(path, process.getuid?.() ?? 0, gid);
    // Until here nobody but the owner could use it.
    chmodSync(path, mode);
  } catch (error) {
    server.close();
    throw new Failure(
      4,
      `cannot set the owner and mode of ${path}: ${(error as Error).message}`,
      'run as root, or leave out control.group',
    );
  }
};

/** Source: group(5). */
const groupId = (group: string): number => {
  if (/^\d+$/.test(group)) return Number(group);
  const lines = readFileSync('/etc/group', 'utf8').split('\n');
  const found = lines.map((line) => line.split(':')).find(([name]) => name === group);
  if (found?.[2] !== undefined) return Number(found[2]);
  throw new Failure(3, `control.group: this machine has no group '${group}'`, `groupadd ${group}`);
};

const makeRoom = async (path: string): Promise<void> => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const found = await removeDeadSocket(path);
  if (found === 'no socket') {
    throw new Failure(6, `${path} exists and is not a socket`, 'move it away, or set control.socket');
  }
  if (found === 'alive') {
    throw new Failure(
      6,
      `another process answers on ${path}`,
      'stop it with `tunpike down`, or set another `name:` or `control.socket`',
    );
  }
};

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException): void =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Failure(6, `another process has just taken ${path}`)
          : new Failure(
              4,
              `cannot listen on ${path}: ${error.message}`,
              'set control.socket to a path you may write',
            ),
      );
    server.once('error', refused);
    server.once('listening', () => {
      server.off('error', refused);
      resolve();
    });
    // `listen` binds the socket: nobody else may reach it before its owner and mode are set.
    const before = process.umask(0o177);
    try {
      server.listen(path);
    } finally {
      process.umask(before);
    }
  });
