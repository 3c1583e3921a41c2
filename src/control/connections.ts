import type { Socket } from 'node:net';
import { Failure } from '../failure.js';

/** More connections than this are never open. */
const MOST_CONNECTIONS = 64;
/** So many of them may follow events: the others stay free for questions. */
const MOST_STREAMS = 32;

type State = 'idle' | 'busy' | 'stream';

/**
 * The open connections, at most so many.
 *
 * A new one takes the place of the one that has been silent longest, rather of an idle one than of one that
 * waits for an answer, and never of one that follows events.
 */
export class Connections {
  /** Ordered by last request, the longest silent first. */
  readonly #states = new Map<Socket, State>();

  add(socket: Socket): void {
    if (this.#states.size >= MOST_CONNECTIONS) (this.#longest('idle') ?? this.#longest('busy'))?.destroy();
    this.#states.set(socket, 'idle');
    socket.once('close', () => this.#states.delete(socket));
  }

  /** A request came. */
  begin(socket: Socket): void {
    const state = this.#states.get(socket);
    if (state === undefined) return;
    this.#states.delete(socket);
    this.#states.set(socket, state === 'stream' ? 'stream' : 'busy');
  }

  /** It was answered. */
  end(socket: Socket): void {
    if (this.#states.get(socket) === 'busy') this.#states.set(socket, 'idle');
  }

  /** The connection follows events from now on, and until it ends; once is enough. */
  beginStream(socket: Socket): void {
    if (this.#states.get(socket) === 'stream')
      throw new Failure(2, 'this connection follows events already', 'open another connection');
    const streams = [...this.#states.values()].filter((state) => state === 'stream').length;
    if (streams >= MOST_STREAMS) throw new Failure(7, `${streams} others follow events already: no more do`);
    this.#states.set(socket, 'stream');
  }

  /** Ends them all: what was written is sent, if it is read within a moment. */
  close(patience: number): void {
    for (const socket of this.#states.keys()) socket.destroySoon();
    setTimeout(() => {
      for (const socket of this.#states.keys()) socket.destroy();
    }, patience).unref();
  }

  #longest(wanted: State): Socket | undefined {
    for (const [socket, state] of this.#states) if (state === wanted && !socket.destroyed) return socket;
    return undefined;
  }
}
