import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { limited } from '../observe/limited-log.js';
import type { Log } from '../observe/log.js';
import { removeOwn } from '../owned-file.js';
import { Connections } from './connections.js';
import {
  type Allowed,
  type DispatchEnvironment,
  dispatch,
  errorOf,
  errorResponse,
  RequestError,
  responseTo,
} from './dispatch.js';
import { splitLines, TOO_LONG } from './lines.js';
import { listenOn, type SocketFile } from './listen.js';
import { Notifications } from './notifications.js';
import {
  type ControlCaller,
  type ControlMethods,
  INVALID_REQUEST,
  LONGEST_REQUEST,
  READING_METHODS,
} from './protocol.js';
import { isInPieces, type JsonText, type Rows } from './rows.js';
import { Turns } from './turns.js';

export interface ControlServerOptions extends SocketFile {
  /** A second socket, for methods that change nothing. */
  readonly readOnly?: SocketFile | undefined;
  readonly methods: ControlMethods;
  readonly log: Log;
}

export interface ControlServer {
  /** Ends every connection and removes the sockets. */
  close(): Promise<void>;
}

/** How long a client may leave an answer unread, in milliseconds. */
const PATIENCE = 10_000;
/** The same for a list that arrives piece by piece: a person may be reading it, page by page. */
const PATIENCE_OF_A_READER = 600_000;
/** How long the end of the server waits for clients that still read, in milliseconds. */
const FAREWELL = 200;

/**
 * Answers on a Unix socket, or two, until closed.
 *
 * Throws a `Failure` if a path is taken. Afterwards nothing that clients send or leave unread makes it throw, or
 * keeps the event loop from the datagrams for long: all clients together have a share of its turns.
 */
export const startControlServer = async (options: ControlServerOptions): Promise<ControlServer> => {
  const { methods, readOnly } = options;
  const log = limited(options.log);
  const common = { methods, log, turns: new Turns() };
  const sockets: readonly (readonly [SocketFile, Allowed])[] = [
    [options, 'all'],
    ...(readOnly === undefined ? [] : [[readOnly, READING_METHODS] as const]),
  ];
  const open: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => void (await Promise.all(open.map((end) => end())));
  try {
    for (const [file, allowed] of sockets) {
      // Each socket has connections of its own: whoever only reads takes none from whoever may do more.
      const service = { ...common, allowed, connections: new Connections() };
      const server = serverOf(service);
      const own = await listenOn(server, file);
      server.on('error', (error) => log.warn('error on the control socket', { reason: error.message }));
      open.push(() => {
        // While the server still holds it, no other file can get its identity.
        removeOwn(file.path, own);
        return closeServer(server, service.connections);
      });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
};

interface Service extends DispatchEnvironment {
  readonly connections: Connections;
  readonly turns: Turns;
}

const serverOf = (service: Service): Server =>
  createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', (error) => service.log.debug('a control connection broke', { reason: error.message }));
    service.connections.add(socket);
    void serve(socket, service).finally(() => socket.destroy());
  });

const closeServer = (server: Server, connections: Connections): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    connections.close(FAREWELL);
  });

const serve = async (socket: Socket, service: Service): Promise<void> => {
  const { connections } = service;
  let endStream: (() => Promise<void>) | undefined;
  const caller: ControlCaller = {
    stream: (end) => {
      connections.beginStream(socket);
      endStream = end;
      return socket;
    },
    follow: () => {
      connections.beginStream(socket);
      return new Notifications(socket);
    },
    onEnd: (action) => void socket.once('close', action),
  };
  try {
    // Whoever asks for no more may still have to be told the rest.
    const chunks = socket.iterator({ destroyOnReturn: false });
    for await (const line of splitLines(chunks, LONGEST_REQUEST)) {
      if (line === TOO_LONG) {
        await refuseTooLong(socket);
        return;
      }
      if (line.trim() === '') continue;
      connections.begin(socket);
      await answer(socket, line, service, caller);
      connections.end(socket);
    }
    await endStream?.();
    socket.end();
    await once(socket, 'close', { signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    // The client went away or reads nothing: only its own connection ends.
  }
};

/** Answers one request; what takes long is done and sent piece by piece, at the pace of whoever reads it. */
const answer = async (
  socket: Socket,
  line: string,
  service: Service,
  caller: ControlCaller,
): Promise<void> => {
  const { turns, log } = service;
  let id: string | number | null | undefined;
  try {
    const begun = await turns.take(() => {
      const { id: asked, result } = dispatch(line, service, caller);
      id = asked;
      // The answer leaves before whatever follows it: its turn is not over yet.
      const isWhole = !(result instanceof Promise) && !isInPieces(result);
      return isWhole && id !== undefined ? responseTo(id, result) : { result };
    });
    if (typeof begun === 'string') return await send(socket, begun);
    const result = await begun.result;
    if (id === undefined) return;
    const to = id;
    if (isInPieces(result)) await sendPieces(socket, to, result, service);
    else await send(socket, await turns.take(() => responseTo(to, result)));
  } catch (error) {
    if (error instanceof Unread || socket.destroyed || !socket.writable) throw error;
    const refused = errorOf(id, error, log);
    if (refused.id !== undefined) await send(socket, errorResponse(refused));
  }
};

/** Writes the response of {@link responseTo} in pieces: as much as fits into a turn each. */
const sendPieces = async (
  socket: Socket,
  id: string | number | null,
  answer: Rows<unknown> | JsonText,
  { turns, log }: Service,
): Promise<void> => {
  const each = answer.text();
  let isDone = false;
  const makePiece = (): string => {
    const made: string[] = [];
    do {
      const next = each.next();
      isDone = next.done === true;
      if (next.done !== true && next.value !== undefined) made.push(next.value);
    } while (!isDone && !turns.isOver);
    return made.join('');
  };
  // A search, or a change in steps, may fail before there is anything to send.
  let first = '';
  while (first === '' && !isDone) first = await turns.take(makePiece);
  await send(socket, `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${first}`);
  try {
    while (!isDone) {
      const piece = await turns.take(makePiece);
      if (piece !== '') await send(socket, piece, PATIENCE_OF_A_READER);
    }
  } catch (error) {
    // Half of the answer is out: there is no other end to it.
    if (!(error instanceof Unread) && !socket.destroyed) errorOf(id, error, log);
    socket.destroy();
    throw error;
  }
  await send(socket, '}\n');
};

/** A client has not read what it asked for: its connection ends, and nobody needs to be told. */
class Unread extends Error {}

const send = async (socket: Socket, text: string, patience = PATIENCE): Promise<void> => {
  if (socket.write(text)) return;
  const over = new AbortController();
  const leave = (): void => over.abort();
  socket.once('close', leave);
  const timer = setTimeout(() => over.abort(new Unread()), patience);
  try {
    await once(socket, 'drain', { signal: over.signal });
  } catch (error) {
    throw over.signal.reason instanceof Unread ? over.signal.reason : error;
  } finally {
    clearTimeout(timer);
    socket.off('close', leave);
  }
};

/** Discards the rest of the line for a moment, so that the answer arrives while the client still writes. */
const refuseTooLong = async (socket: Socket): Promise<void> => {
  const message = `a request is at most ${LONGEST_REQUEST} octets long`;
  socket.end(errorResponse(new RequestError(null, INVALID_REQUEST, message)));
  socket.resume();
  await once(socket, 'close', { signal: AbortSignal.timeout(1000) });
};
