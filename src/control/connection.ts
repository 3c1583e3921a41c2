import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type ExitCode, Failure } from '../failure.js';
import { isRunning, type ProcessIdentity } from '../host/process-identity.js';
import { shellWord } from '../text/shell-word.js';
import { isObject } from './answer-shapes.js';
import { splitLines, TOO_LONG } from './lines.js';
import { type ControlMethod, type ControlProtocol, FAILED, METHOD_NOT_FOUND } from './protocol.js';

/** The name of a running lab, where it listens, and its process where that is known. */
export interface Instance extends Partial<ProcessIdentity> {
  readonly name: string;
  readonly socket: string;
}

/** A response, or a notification that follows it. */
export interface Message {
  readonly result?: unknown;
  readonly params?: unknown;
}

/** The longest answer accepted, in octets. */
export const LONGEST_ANSWER = 256 * 1024 * 1024;

/** Connects; throws a `Failure` (5) if nobody is there. */
export const reach = async (instance: Instance): Promise<Socket> => {
  const socket = connect(instance.socket);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return socket;
  } catch (error) {
    throw await unreachable(error as NodeJS.ErrnoException, instance);
  }
};

/** How long to wait for an answer by default, in milliseconds. */
export const PATIENCE = 5000;

/**
 * Ends a connection with a `Failure` (8) if no answer comes within `patience` milliseconds. The function returned is
 * called when one has come.
 */
export const endIfLate = (socket: Socket, { name }: Pick<Instance, 'name'>, patience = PATIENCE) => {
  const late = new Failure(8, `${name} did not answer within ${patience / 1000} s`);
  const timer = setTimeout(() => socket.destroy(late), patience);
  return (): void => clearTimeout(timer);
};

/** Sends a request, for which the last one of the connection must have been answered. */
export const request = <Method extends ControlMethod>(
  socket: Socket,
  method: Method,
  params: ControlProtocol[Method]['params'],
): void => void socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`);

/**
 * The messages of a running lab on a connection, until either side closes it.
 *
 * A `Failure` of the lab is thrown as the same `Failure`.
 */
export async function* messages(socket: Socket, instance: Instance): AsyncGenerator<Message> {
  try {
    for await (const line of splitLines(socket, LONGEST_ANSWER)) {
      if (line === TOO_LONG) throw noAnswer(instance);
      yield answerIn(line, instance);
    }
  } catch (error) {
    if (!isClosing(error)) throw error;
  }
}

/** The message in a line; throws the `Failure` that it is, or that it is none. */
export const answerIn = (line: string, instance: Instance): Message => {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    throw noAnswer(instance);
  }
  if (!isObject(message)) throw noAnswer(instance);
  const { error } = message as { readonly error?: unknown };
  if (error !== undefined) throw thrownAs(error, instance);
  return message as Message;
};

/** The failure where what came is nothing that a lab of this version says. */
export const noAnswer = ({ name, socket }: Instance): Failure =>
  new Failure(
    2,
    `${name} answered what is no answer: it runs another version of tunpike, or another program listens on ${socket}`,
    `ss -xlp src ${shellWord(socket)}   (names who listens)`,
  );

/** Error codes of a connection whose other end is gone. */
const CLOSINGS: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE']);

/** Whether an error says only that the other end is gone. */
export const isClosing = (error: unknown): boolean => CLOSINGS.has((error as NodeJS.ErrnoException).code);

/** Whoever listens may send anything. Source: JSON-RPC 2.0 Specification §5.1. */
const thrownAs = (error: unknown, instance: Instance): Error => {
  const { code, message, data } = (error ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof message !== 'string') return noAnswer(instance);
  if (code === FAILED) {
    const { exitCode, fix } = (data ?? {}) as Readonly<Record<string, unknown>>;
    return new Failure(
      isFailing(exitCode) ? exitCode : 70,
      message.replace(LIKE_OURS, '\n  '),
      typeof fix === 'string' ? fix.replaceAll('\n', '\n  ') : undefined,
    );
  }
  if (code === METHOD_NOT_FOUND)
    return new Failure(2, `${instance.name} runs another version of tunpike, which cannot do this`);
  return new Error(message);
};

const isFailing = (code: unknown): code is ExitCode =>
  Number.isInteger(code) && Number(code) > 0 && Number(code) < 256;

/** Before a line that would look like another error, or like the fix of this one. */
const LIKE_OURS = /\n(?=(?:error|fix|warning):)/gi;

const unreachable = async (error: NodeJS.ErrnoException, instance: Instance): Promise<Failure> => {
  const { name, socket, pid } = instance;
  if (error.code === 'EACCES')
    return new Failure(
      4,
      `no permission for the control socket ${socket}`,
      'run as the user who started it, or root',
    );
  if (!(await stillRuns(instance)))
    return new Failure(5, `${name} is not running: nobody answers on ${socket}`, cleanUp(name));
  const why =
    error.code === 'ENOENT' ? `its control socket ${socket} is gone` : `nobody answers on ${socket}`;
  return new Failure(
    5,
    `${name} is running (process ${pid}), but ${why}`,
    `tunpike down ${name}, then tunpike up FILE`,
  );
};

/** The failure of a lab that has closed the connection too early: before it did `what`. */
export const wentAway = async (instance: Instance, what = 'answered'): Promise<Failure> => {
  const { name, pid } = instance;
  const said = `${name} went away before it ${what}`;
  return (await stillRuns(instance))
    ? new Failure(5, `${said}, but its process (${pid}) runs`, `try again, or: tunpike down ${name}`)
    : new Failure(5, said, cleanUp(name));
};

/** How long a process may take to end after it has closed its sockets, as one that is killed does. In milliseconds. */
const LAST_BREATH = 500;

/** Whether the process of a lab is known to run, and not about to be gone. */
const stillRuns = async ({ pid, startTime, bootId }: Instance): Promise<boolean> => {
  if (pid === undefined || startTime === undefined || bootId === undefined) return false;
  const deadline = performance.now() + LAST_BREATH;
  while (isRunning({ pid, startTime, bootId })) {
    if (performance.now() > deadline) return true;
    await delay(10);
  }
  return false;
};

/** What to type after a lab has ended without a word. */
const cleanUp = (name: string): string => `\`tunpike down ${name} --force\` cleans up what it may have left`;
