import { connect, type Socket } from 'node:net';
import { JSONRPCClient, JSONRPCErrorException } from 'json-rpc-2.0';
import { type ExitCode, Failure } from '../failure.js';
import { splitLines, TOO_LONG } from './lines.js';
import { type ControlMethod, type ControlProtocol, FAILED, METHOD_NOT_FOUND } from './protocol.js';

/** Where a running lab listens, and what it is called. */
export interface Instance {
  readonly name: string;
  readonly socket: string;
}

/** How long an answer may take, unless told. In milliseconds. */
const PATIENCE = 5000;
/** No answer of ours is longer. In octets. */
export const LONGEST_ANSWER = 256 * 1024 * 1024;

/**
 * Asks a running lab one thing, and gives its answer.
 *
 * A `Failure` of the lab arrives as the same `Failure`. Nobody there is a `Failure` (5), no answer within
 * `timeout` milliseconds one (8).
 */
export const callInstance = async <Method extends ControlMethod>(
  instance: Instance,
  method: Method,
  params: ControlProtocol[Method]['params'],
  timeout: number = PATIENCE,
): Promise<ControlProtocol[Method]['result']> => {
  const socket = await reach(instance);
  const client = new JSONRPCClient((request) => {
    socket.write(`${JSON.stringify(request)}\n`);
  });
  void receive(socket, client);
  const late = new Failure(8, `${instance.name} did not answer within ${timeout / 1000} s`);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      client.request(method, params) as PromiseLike<ControlProtocol[Method]['result']>,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(late), timeout);
      }),
    ]);
  } catch (error) {
    throw asFailure(error, instance);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
};

/** Connects; nobody there is a `Failure` (5). */
export const reach = (instance: Instance): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(instance.socket);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => reject(unreachable(error, instance)));
  });

const unreachable = (error: NodeJS.ErrnoException, { name, socket }: Instance): Failure =>
  error.code === 'EACCES'
    ? new Failure(
        4,
        `no permission for the control socket ${socket}`,
        'run as the user who started it, or root',
      )
    : new Failure(5, `${name} is not running: nobody answers on ${socket}`, whatIsLeft(name));

const whatIsLeft = (name: string): string =>
  `\`tunpike down ${name} --force\` cleans up what it may have left`;

const receive = async (socket: Socket, client: JSONRPCClient): Promise<void> => {
  try {
    for await (const line of splitLines(socket, LONGEST_ANSWER)) {
      if (line === TOO_LONG) break;
      client.receive(JSON.parse(line));
    }
  } catch {
    // Whoever waits hears of it below.
  }
  client.rejectAllPendingRequests(CLOSED);
};

const CLOSED = 'the connection was closed before the answer came';

/** What went wrong, as the `Failure` that the lab meant where it was one. */
export const asFailure = (error: unknown, { name }: Instance): unknown => {
  if (error instanceof Error && error.message === CLOSED) {
    return new Failure(5, `${name} went away before it answered`, whatIsLeft(name));
  }
  if (error instanceof JSONRPCErrorException) {
    const data = error.data as { exitCode?: ExitCode; fix?: string | null } | undefined;
    if (error.code === FAILED)
      return new Failure(data?.exitCode ?? 70, error.message, data?.fix ?? undefined);
    if (error.code === METHOD_NOT_FOUND) {
      return new Failure(2, `${name} runs another version of tunpike, which cannot do this`);
    }
    return error;
  }
  return error;
};
