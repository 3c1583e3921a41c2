import type { Socket } from 'node:net';

/** The part of a connection that notifications use. */
type Sink = Pick<Socket, 'write' | 'writableLength' | 'writableNeedDrain' | 'destroyed' | 'once'>;

/** Unread octets beyond which there is no room for more. */
const MOST_UNREAD = 1024 * 1024;

/** The notifications of a connection, one line each, in order; a client that does not read costs a megabyte. */
export class Notifications {
  readonly #sink: Sink;
  readonly #limit: number;
  #lines: string[] = [];
  #length = 0;

  constructor(sink: Sink, limit: number = MOST_UNREAD) {
    this.#sink = sink;
    this.#limit = limit;
  }

  /** Whether the client reads too slowly for more. */
  get isFull(): boolean {
    return this.#length + this.#sink.writableLength > this.#limit;
  }

  /** Calls back once the client has read everything; at once if it has, and never if it is gone. */
  onRead(action: () => void): void {
    if (this.#sink.destroyed) return;
    if (this.#sink.writableNeedDrain) this.#sink.once('drain', action);
    else action();
  }

  /** Adds a line of {@link notificationLine} to what the next `flush` sends. */
  add(line: string): void {
    this.#lines.push(line);
    this.#length += line.length;
  }

  flush(): void {
    const text = this.#lines.join('');
    this.#lines = [];
    this.#length = 0;
    if (text !== '' && !this.#sink.destroyed) this.#sink.write(text);
  }
}

/** A notification as it is sent; the same to everybody. */
export const notificationLine = (method: string, params: object): string =>
  `${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`;
