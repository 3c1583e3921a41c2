import { EVENT_NOTIFICATION } from './monitor.js';

/** The part of a connection, or of an HTTP response, that notifications use. */
export interface Sink {
  readonly writableLength: number;
  readonly writableNeedDrain: boolean;
  readonly destroyed: boolean;
  write(text: string): unknown;
  once(event: 'drain', listener: () => void): unknown;
}

export interface NotificationStyle {
  /** Unread octets beyond which there is no room for more. */
  readonly limit: number;
  readonly frame: (json: string) => string;
}

/** Unread octets beyond which there is no room for more. */
const MOST_UNREAD = 1024 * 1024;

/** The notifications of a connection, one line each, in order; a client that does not read costs a megabyte. */
export class Notifications {
  readonly #sink: Sink;
  readonly #limit: number;
  readonly #frame: (json: string) => string;
  #lines: string[] = [];
  #length = 0;

  /** `frame` makes of a JSON text what is sent; unless told, an `event` notification on a line of its own. */
  constructor(sink: Sink, { limit = MOST_UNREAD, frame = eventLine }: Partial<NotificationStyle> = {}) {
    this.#sink = sink;
    this.#limit = limit;
    this.#frame = frame;
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

  /** Adds an event, as JSON text, to what the next `flush` sends. */
  add(json: string): void {
    const line = this.#frame(json);
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

/** Source: JSON-RPC 2.0 Specification §4.1. */
const eventLine = (json: string): string =>
  `{"jsonrpc":"2.0","method":"${EVENT_NOTIFICATION}","params":${json}}\n`;
