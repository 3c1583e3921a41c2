import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Server as NetServer } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Failure } from '../failure.js';
import { limited } from '../observe/limited-log.js';
import type { Log } from '../observe/log.js';
import { appOf } from './app.js';
import { EventStreams } from './events.js';
import type { Served } from './served.js';

export interface HttpServerOptions extends Served {
  /** `127.0.0.1:9476`; port 0 takes a free one. */
  readonly listen: string;
  /** Where it says what goes wrong; each kind of line comes at a limited rate. */
  readonly log: Log;
  /** Opens what listens where we cannot; undefined by itself, or where it gives undefined: here. */
  readonly open?: (host: string, port: number) => Promise<NetServer | undefined>;
  /** A request must be complete in this time, its head in half of it. In milliseconds; default: 10,000. */
  readonly longestRequest?: number;
  /** A connection on which nothing moves is closed after this time. In milliseconds; default: a minute. */
  readonly longestSilence?: number;
}

export interface HttpServer {
  /** `http://127.0.0.1:9476`. */
  readonly url: string;
  close(): Promise<void>;
}

const LONGEST_REQUEST = 10_000;
/** Longer than from one sign of life of an event stream to the next. */
const LONGEST_SILENCE = 60_000;
const LONGEST_HEAD = 8 * 1024;
/** A flood of clients is told that there are too many; beyond this nobody is told anything. */
const MOST_CONNECTIONS = 1024;

/** Serves what can be read of a running lab. Throws a `Failure` (6) if the address is in use, or (4). */
export const startHttpServer = async (options: HttpServerOptions): Promise<HttpServer> => {
  const colon = options.listen.lastIndexOf(':');
  const [host, port] = [options.listen.slice(0, colon), Number(options.listen.slice(colon + 1))];
  const { longestRequest = LONGEST_REQUEST, longestSilence = LONGEST_SILENCE } = options;
  const streams = new EventStreams();
  const log = limited(options.log);
  const app = appOf(options, host, streams, log);
  const server = createServer(
    {
      maxHeaderSize: LONGEST_HEAD,
      requestTimeout: longestRequest,
      headersTimeout: longestRequest / 2,
      connectionsCheckingInterval: longestRequest / 10,
      keepAliveTimeout: longestRequest / 2,
    },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(longestSilence);
  await listening(server, host, port, options.open);
  server.on('error', (error) => log.warn('error on the HTTP server', { reason: error.message }));
  const address = server.address();
  return {
    url: `http://${host}:${typeof address === 'object' ? address?.port : port}`,
    close: () => {
      streams.close();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
};

const listening = async (
  server: Server,
  host: string,
  port: number,
  open: HttpServerOptions['open'],
): Promise<void> => {
  try {
    const opened = await open?.(host, port);
    const listens = once(server, 'listening');
    if (opened === undefined) server.listen(port, host);
    else server.listen(opened);
    await listens;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Failure(
      code === 'EADDRINUSE' ? 6 : 4,
      `http: cannot listen on ${host}:${port}: ${message}`,
      'set http.listen to another address or port',
    );
  }
};
