import { once } from 'node:events';
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { createJSONRPCErrorResponse, JSONRPCServer } from 'json-rpc-2.0';
import { Failure } from '../failure.js';
import type { Log } from '../observe/log.js';
import { type FileIdentity, identityAt, moveToFreeName, removeOwn } from '../owned-file.js';
import { type Found, findSocket, removeDeadSocket } from './dead-socket.js';
import { splitLines, TOO_LONG } from './lines.js';
import { Notifications } from './notifications.js';
import { PARAMETERS } from './parameters.js';
import {
  type Caller,
  type ControlMethod,
  type ControlMethods,
  FAILED,
  INTERNAL_ERROR,
  INVALID_REQUEST,
  LONGEST_REQUEST,
} from './protocol.js';

export interface ControlServerOptions {
  /** At most 107 octets. Its folder is made where it is missing. */
  readonly path: string;
  /** Permissions of the socket, for example `0o660`. */
  readonly mode: number;
  readonly methods: ControlMethods;
  readonly log: Log;
}

export interface ControlServer {
  /** Ends every connection and removes the socket. */
  close(): Promise<void>;
}

/** More connections than this push out the one that has been silent longest. */
const MOST_CONNECTIONS = 64;
/** How long a client may leave an answer unread. In milliseconds. */
const PATIENCE = 10_000;
/** The kernel's `sun_path` without its closing zero. */
const LONGEST_PATH = 107;

/**
 * Answers on a Unix socket until closed.
 *
 * The socket of a process that is gone is replaced; one that still answers, or a file that is no socket, is a
 * `Failure` (6). Whatever clients send or leave unread afterwards, nothing is thrown from here.
 */
export const startControlServer = async (options: ControlServerOptions): Promise<ControlServer> => {
  const { path, mode, log } = options;
  refuseLongPath(path);
  makeFolder(path);
  refuse(path, await removeDeadSocket(path));
  await removeDeadSocket(birthplaceOf(path));

  const rpc = remoteProcedures(options.methods, log);
  /** In the order of their last request, the longest silent first. */
  const connections = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    if (connections.size >= MOST_CONNECTIONS) connections.values().next().value?.destroy();
    connections.add(socket);
    socket.on('error', (error) => log.debug('a control connection broke', { reason: error.message }));
    socket.once('close', () => connections.delete(socket));
    const touched = (): void => {
      if (connections.delete(socket)) connections.add(socket);
    };
    void serve(socket, rpc, touched).finally(() => socket.destroy());
  });
  const own = await listen(server, path, mode);
  server.on('error', (error) => log.warn('the control socket has trouble', { reason: error.message }));

  return {
    close: () =>
      new Promise((resolve) => {
        // While the server still holds it, no other file can get its identity.
        removeOwn(path, own);
        server.close(() => resolve());
        for (const socket of connections) socket.destroySoon();
        setTimeout(() => {
          for (const socket of connections) socket.destroy();
        }, 200).unref();
      }),
  };
};

/** Throws what would keep a control server from a path, as far as that can be seen; touches nothing. */
export const checkControlPath = async (path: string): Promise<void> => {
  refuseLongPath(path);
  refuse(path, await findSocket(path));
};

type Rpc = JSONRPCServer<Caller>;

const serve = async (socket: Socket, rpc: Rpc, touched: () => void): Promise<void> => {
  const caller: Caller = {
    notifications: new Notifications(socket),
    onEnd: (action) => void socket.once('close', action),
  };
  try {
    for await (const line of splitLines(socket, LONGEST_REQUEST)) {
      touched();
      if (line === TOO_LONG) {
        await refuseTooLong(socket);
        return;
      }
      if (line.trim() === '') continue;
      const response = await answer(rpc, line, caller);
      if (response === null) continue;
      const taken = socket.write(`${JSON.stringify(response)}\n`);
      if (!taken) await once(socket, 'drain', { signal: AbortSignal.timeout(PATIENCE) });
    }
    socket.end();
    await once(socket, 'close', { signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    // The client went away, or reads nothing: its connection ends, and nobody else minds.
  }
};

const answer = async (rpc: Rpc, line: string, caller: Caller): Promise<unknown> => {
  try {
    return await rpc.receiveJSON(line, caller);
  } catch {
    return createJSONRPCErrorResponse(null, INVALID_REQUEST, 'Invalid Request');
  }
};

/** The rest of the line is read and thrown away for a moment, so that the answer outlives the client's writing. */
const refuseTooLong = async (socket: Socket): Promise<void> => {
  const message = `a request is at most ${LONGEST_REQUEST} octets long`;
  socket.end(`${JSON.stringify(createJSONRPCErrorResponse(null, INVALID_REQUEST, message))}\n`);
  socket.resume();
  await once(socket, 'close', { signal: AbortSignal.timeout(1000) });
};

const remoteProcedures = (methods: ControlMethods, log: Log): Rpc => {
  const rpc: Rpc = new JSONRPCServer<Caller>({ errorListener: () => {} });
  rpc.mapErrorToJSONRPCErrorResponse = (id, error: unknown) => {
    if (error instanceof Failure) {
      const data = { exitCode: error.exitCode, fix: error.fix ?? null };
      return createJSONRPCErrorResponse(id, FAILED, error.message, data);
    }
    const reason = error instanceof Error ? error.message : String(error);
    log.error('a control request failed', {
      reason,
      stack: error instanceof Error ? error.stack : undefined,
    });
    return createJSONRPCErrorResponse(id, INTERNAL_ERROR, reason);
  };
  const add = <Method extends ControlMethod>(name: Method): void =>
    rpc.addMethod(name, async (sent, caller) => methods[name](PARAMETERS[name](sent), caller));
  for (const name of Object.keys(PARAMETERS) as ControlMethod[]) add(name);
  return rpc;
};

const refuseLongPath = (path: string): void => {
  const fix = 'set control.socket to a shorter path';
  if (Buffer.byteLength(path) > LONGEST_PATH)
    throw new Failure(3, `the control socket's path is longer than ${LONGEST_PATH} octets: ${path}`, fix);
  if (Buffer.byteLength(birthplaceOf(path)) > LONGEST_PATH)
    throw new Failure(3, `the path of the control socket's folder is too long: ${path}`, fix);
};

/** The name under which a socket is made, beside its own and no longer: libuv removes what has it at the end. */
const birthplaceOf = (path: string): string => join(dirname(path), `.${process.pid.toString(36)}`);

const makeFolder = (path: string): void => {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  } catch (error) {
    throw cannotListen(path, error);
  }
};

const refuse = (path: string, found: Found): void => {
  const fix = 'move it away, or set control.socket';
  if (found === 'no socket') throw new Failure(6, `${path} is in the way, and it is no socket`, fix);
  if (found === 'foreign')
    throw new Failure(6, `${path} is in the way, and it is the socket of another user`, fix);
  if (found === 'alive')
    throw new Failure(
      6,
      `another process answers on ${path}`,
      'stop it with `tunpike down`, or set another `name:` or `control.socket`',
    );
};

const cannotListen = (path: string, error: unknown): Failure =>
  new Failure(
    4,
    `cannot listen on ${path}: ${error instanceof Error ? error.message : String(error)}`,
    'set control.socket to a path you may write',
  );

/** Resolves to what tells the socket from whatever may have its name later. */
const listen = (server: Server, path: string, mode: number): Promise<FileIdentity> =>
  new Promise((resolve, reject) => {
    const birthplace = birthplaceOf(path);
    let own: FileIdentity | undefined;
    let fault: unknown;
    server.once('error', (error) => reject(cannotListen(path, error)));
    server.once('listening', () => {
      server.removeAllListeners('error');
      if (own !== undefined && fault === undefined) return resolve(own);
      server.close();
      reject(
        (fault as NodeJS.ErrnoException).code === 'EEXIST'
          ? new Failure(6, `another process has just taken ${path}`)
          : cannotListen(path, fault),
      );
    });
    // The socket is bound inside `listen`: nobody else may reach it before its mode is set, and it has its name
    // only when it answers.
    const before = process.umask(0o177);
    try {
      server.listen(birthplace);
    } finally {
      process.umask(before);
    }
    if (!server.listening) return; // The error event tells why.
    try {
      chmodSync(birthplace, mode);
      own = identityAt(birthplace);
      moveToFreeName(birthplace, path);
    } catch (error) {
      fault = error;
    }
  });
