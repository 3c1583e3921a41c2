import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { type ExitCode, Failure } from '../failure.js';
import { Arrival, type Piece } from './in-transit.js';
import { type Reread, type Rereading, readAgainInTurns } from './read-again.js';
import type { RouteTable, SharedTable } from './route-table.js';

/** What the thread is given. */
export interface ToRead {
  readonly wanted: Rereading;
  readonly tables: readonly SharedTable[];
  readonly port: MessagePort;
}

/** What it tells, in order: the pieces of what was read, or why it was not. */
export type Told =
  | { readonly piece: Piece }
  | {
      readonly failure: {
        readonly exitCode: ExitCode;
        readonly message: string;
        readonly fix: string | undefined;
      };
    }
  | { readonly error: unknown };

/** A thread, as far as somebody waits for its end. */
interface Thread {
  once(event: 'online', then: () => void): unknown;
  once(event: 'error', then: (error: NodeJS.ErrnoException) => void): unknown;
  once(event: 'exit', then: (code: number) => void): unknown;
}

/** What it does its work with. */
interface Means {
  /** Throws where there can be no thread. */
  readonly start?: (toRead: ToRead) => Thread;
  /** Milliseconds. */
  readonly clock?: () => number;
}

/** So long it takes in pieces at a time, in milliseconds. */
const AT_ONCE = 0.5;

/**
 * Reads and checks the file of a running lab in a thread of its own, which lives as long as that takes, so that
 * datagrams do not wait for it; and in the event loop where there can be no thread.
 *
 * Tables of routes that have not changed stay those of `tables`. Throws a `Failure` as `readAgain`.
 */
export const readBeside = async (
  wanted: Rereading,
  tables: readonly RouteTable[],
  turn: () => Promise<void>,
  { start = startThread, clock = () => performance.now() }: Means = {},
): Promise<Reread> => {
  const { port1: near, port2: port } = new MessageChannel();
  try {
    const hasRead = await ended(start, { wanted, tables: tables.map(({ shared }) => shared), port });
    return hasRead ? await takenIn(near, tables, turn, clock) : await readAgainInTurns(wanted, tables, turn);
  } finally {
    near.close();
  }
};

const startThread = (toRead: ToRead): Thread =>
  new Worker(new URL('./read-thread.js', import.meta.url), {
    workerData: toRead,
    transferList: [toRead.port],
    env: {},
    execArgv: [],
  });

/** Resolves when the thread has ended: false if it could not do its work. Its words wait in the port. */
const ended = (start: (toRead: ToRead) => Thread, toRead: ToRead): Promise<boolean> =>
  new Promise((resolve, reject) => {
    try {
      const thread = start(toRead);
      let isRunning = false;
      thread.once('online', () => {
        isRunning = true;
      });
      thread.once('error', (error) => {
        // The same would take the memory of the lab.
        if (isRunning && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
          reject(new Failure(7, `there is not enough memory to read ${toRead.wanted.file}`));
        else resolve(false);
      });
      thread.once('exit', (code) => resolve(code === 0));
    } catch {
      resolve(false);
    }
  });

/** Takes in what a thread has told, a piece at a time. */
const takenIn = async (
  port: MessagePort,
  tables: readonly RouteTable[],
  turn: () => Promise<void>,
  clock: () => number,
): Promise<Reread> => {
  const arrival = new Arrival(tables);
  let began = clock();
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    const told = next.message as Told;
    if ('failure' in told) throw new Failure(told.failure.exitCode, told.failure.message, told.failure.fix);
    if ('error' in told) throw told.error;
    arrival.take(told.piece);
    if (clock() - began < AT_ONCE) continue;
    await turn();
    began = clock();
  }
  return arrival.value as Reread;
};
