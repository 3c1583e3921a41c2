import type { Socket } from 'node:net';

/** The part of a connection that notifications use. */
type Sink = Pick<Socket, 'write' | 'writableLength' | 'destroyed' | 'cork' | 'uncork' | 'on'>;

/** Unread octets beyond which events are only counted. */
const MOST_UNREAD = 1024 * 1024;

/**
 * The notifications of a connection, one line each, in order.
 *
 * A client that reads too slowly costs at most a megabyte: what it misses is counted, and it learns how many
 * as soon as it reads again.
 */
export class Notifications {
  readonly #sink: Sink;
  readonly #limit: number;
  #missed = 0;
  #isListening = false;
  #isCorked = false;

  constructor(sink: Sink, limit: number = MOST_UNREAD) {
    this.#sink = sink;
    this.#limit = limit;
  }

  /** Calls `make` only if there is room. */
  send(method: string, make: () => object): void {
    if (this.#sink.destroyed) return;
    if (this.#missed > 0 || this.#sink.writableLength > this.#limit) {
      this.#miss(method);
      return;
    }
    this.#write(method, make());
  }

  #miss(method: string): void {
    this.#missed += 1;
    if (this.#isListening) return;
    this.#isListening = true;
    this.#sink.on('drain', () => {
      if (this.#missed === 0) return;
      const events = this.#missed;
      this.#missed = 0;
      this.#write(method, { time: new Date().toISOString(), type: 'missed', events });
    });
  }

  /** Notifications of one turn of the event loop go out in one write. */
  #write(method: string, params: object): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#sink.cork();
      setImmediate(() => {
        this.#isCorked = false;
        this.#sink.uncork();
      });
    }
    this.#sink.write(`${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`);
  }
}
