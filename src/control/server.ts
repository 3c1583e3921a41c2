import { once } from 'node:events';
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { createJSONRPCErrorResponse, JSONRPCServer } from 'json-rpc-2.0';
import { Failure } from '../failure.js';
import type { Log } from '../observe/log.js';
import { removeDeadSocket } from './dead-socket.js';
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
  /** At most 107 octets. A missing directory is created. */
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

/** Beyond this, a new connection pushes out the one that has been silent longest. */
const MOST_CONNECTIONS = 64;
/** How long a client may leave an answer unread, in milliseconds. */
const PATIENCE = 10_000;
/** The kernel's `sun_path` without its closing zero. */
const LONGEST_PATH = 107;

/**
 * Answers on a Unix socket until closed.
 *
 * Replaces the socket of a dead process. A socket that answers, or any other file, is a `Failure` (6). Afterwards
 * nothing that clients send or leave unread makes it throw.
 */
export const startControlServer = async (options: ControlServerOptions): Promise<ControlServer> => {
  const { path, mode, log } = options;
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new Failure(3, `the control socket's path is longer than ${LONGEST_PATH} octets: ${path}`);
  }
  await makeRoom(path);

  const rpc = remoteProcedures(options.methods, log);
  /** Ordered by last request, the longest silent first. */
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
  await listen(server, path, mode);
  server.on('error', (error) => log.warn('error on the control socket', { reason: error.message }));

  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of connections) socket.destroySoon();
        setTimeout(() => {
          for (const socket of connections) socket.destroy();
        }, 200).unref();
      }),
  };
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
    // The client went away or reads nothing: only its own connection ends.
  }
};

const answer = async (rpc: Rpc, line: string, caller: Caller): Promise<unknown> => {
  try {
    return await rpc.receiveJSON(line, caller);
  } catch {
    return createJSONRPCErrorResponse(null, INVALID_REQUEST, 'Invalid Request');
  }
};

/** Discards the rest of the line for a moment, so that the answer arrives while the client still writes. */
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

const listen = (server: Server, path: string, mode: number): Promise<void> =>
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
    // `listen` binds the socket: nobody else may reach it before its mode is set.
    const before = process.umask(0o177);
    try {
      server.listen(path);
    } finally {
      process.umask(before);
    }
    try {
      chmodSync(path, mode);
    } catch {
      // Not bound; the error event says why.
    }
  });
