import type { ServerResponse } from 'node:http';
import { Notifications } from '../control/notifications.js';
import type { Caller } from '../control/protocol.js';
import { SECURITY_HEADERS } from './guard.js';

/** So many may follow events over HTTP: an idle stream costs memory and a descriptor. */
export const MOST_STREAMS = 64;
/** Proxies close what says nothing for a minute. In milliseconds. */
const HEARTBEAT = 30_000;
/** So much may wait for a slow reader; what comes then is missed, and counted. In octets. */
const MOST_UNREAD = 256 * 1024;

/** The streams of events that are open. Source: WHATWG HTML §9.2, server-sent events. */
export class EventStreams {
  readonly #open = new Set<ServerResponse>();

  get isFull(): boolean {
    return this.#open.size >= MOST_STREAMS;
  }

  /** Makes a response a stream of events; `follow` says which, and throws where that is not possible. */
  begin(response: ServerResponse, follow: (caller: Caller) => void): void {
    const ends: (() => void)[] = [];
    follow({
      follow: () => new Notifications(response, { limit: MOST_UNREAD, frame: (json) => `data: ${json}\n\n` }),
      onEnd: (action) => void ends.push(action),
    });
    this.#open.add(response);
    response.writeHead(200, EVENT_HEADERS);
    response.write(':\n\n');
    const heartbeat = setInterval(() => {
      if (!response.writableNeedDrain) response.write(':\n\n');
    }, HEARTBEAT);
    heartbeat.unref();
    response.once('close', () => {
      clearInterval(heartbeat);
      this.#open.delete(response);
      for (const end of ends) end();
    });
  }

  close(): void {
    for (const response of this.#open) response.end();
  }
}

export const EVENT_HEADERS: Readonly<Record<string, string>> = {
  ...SECURITY_HEADERS,
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
};
