import { createServer, type Server } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import type { Registry } from 'prom-client';
import { type ExplainParams, readExplainParams } from '../control/explain.js';
import type { MonitorParams } from '../control/monitor.js';
import type { Caller } from '../control/protocol.js';
import { type Answer, isInPieces } from '../control/rows.js';
import { Turns } from '../control/turns.js';
import type { Explanation } from '../explanation.js';
import { Failure } from '../failure.js';
import { isShowWhat, SHOWN, type Shown, type ShowWhat } from '../observe/shown.js';
import { EventStreams } from './events.js';
import { guarded, SECURITY_HEADERS } from './guard.js';
import { writePieces } from './rows.js';

export interface HttpServerOptions {
  /** `127.0.0.1:9476`; port 0 takes a free one. */
  readonly listen: string;
  readonly token: string | undefined;
  readonly answer: (what: ShowWhat) => Answer<Shown[ShowWhat]>;
  readonly metrics: Registry;
  /** Explains a datagram; throws a `Failure` (2) if the words mean nothing. */
  readonly explain: (params: ExplainParams) => Explanation;
  /** A request must be complete in this time, its head in half of it. In milliseconds; default: 10,000. */
  readonly longestRequest?: number;
  /** Tells a caller of events from now on; throws a `Failure` (2) if the parameters mean nothing. */
  readonly follow: (params: MonitorParams, caller: Caller) => void;
}

export interface HttpServer {
  /** `http://127.0.0.1:9476`. */
  readonly url: string;
  close(): Promise<void>;
}

const LONGEST_REQUEST = 10_000;
const LONGEST_HEAD = 8 * 1024;
const MOST_CONNECTIONS = 256;

/** Serves what can be read of a running lab. Throws a `Failure` (6) if the address is in use, or (4). */
export const startHttpServer = async (options: HttpServerOptions): Promise<HttpServer> => {
  const colon = options.listen.lastIndexOf(':');
  const [host, port] = [options.listen.slice(0, colon), Number(options.listen.slice(colon + 1))];
  const { longestRequest = LONGEST_REQUEST } = options;
  const streams = new EventStreams();
  const app = appOf(options, host.startsWith('127.'), streams);
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
  await listening(server, host, port);
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

const appOf = (
  { token, answer, metrics, explain, follow }: HttpServerOptions,
  isLoopback: boolean,
  streams: EventStreams,
): Hono<{ Bindings: HttpBindings }> => {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const turns = new Turns();
  app.use(guarded({ token, isLoopback }));
  app.get('/metrics', async (context) =>
    context.body(await metrics.metrics(), 200, { 'Content-Type': metrics.contentType }),
  );
  app.get('/events', (context) => {
    if (streams.isFull)
      return context.json({ error: 'too many others follow events' }, 503, { 'Retry-After': '10' });
    const type = context.req.query('type');
    const match = context.req.query('match');
    streams.begin(context.env.outgoing, (caller) =>
      follow(
        {
          ...(type === undefined ? {} : { types: type.split(',') as MonitorParams['types'] & object }),
          ...(match === undefined ? {} : { match }),
        },
        caller,
      ),
    );
    return RESPONSE_ALREADY_SENT;
  });
  app.get('/api/explain', (context) => context.json(explain(explainParamsOf(context.req.query()))));
  app.get('/api/:subject', async (context) => {
    const subject = context.req.param('subject');
    if (!isShowWhat(subject))
      return context.json({ error: `there is no ${subject}; one of ${Object.keys(SHOWN).join(' ')}` }, 404);
    const shown = answer(subject);
    if (!isInPieces(shown)) return context.json(shown);
    const { outgoing } = context.env;
    outgoing.writeHead(200, { ...SECURITY_HEADERS, 'Content-Type': 'application/json' });
    await writePieces(outgoing, shown, turns);
    return RESPONSE_ALREADY_SENT;
  });
  app.notFound((context) => context.json({ error: 'there is nothing here' }, 404));
  app.onError((error, context) =>
    error instanceof Failure
      ? context.json({ error: error.message, fix: error.fix ?? null }, 400)
      : context.json({ error: 'internal error' }, 500),
  );
  return app;
};

/** The options of `explain` as the command line calls them; a bare `df`, `df=true` and `df=1` are the same. */
const explainParamsOf = (query: Readonly<Record<string, string>>): ExplainParams => {
  const { df, ...words } = query;
  const unknown = Object.keys(words).find((name) => !EXPLAIN_OPTIONS.includes(name));
  if (unknown !== undefined)
    throw new Failure(2, `unknown parameter ${unknown}`, `one of ${EXPLAIN_OPTIONS.join(' ')} df`);
  if (df !== undefined && !['', '1', 'true', '0', 'false'].includes(df))
    throw new Failure(2, `df=${df}`, 'write df=true or df=false');
  return readExplainParams({
    ...words,
    sourcePort: words['source-port'],
    destinationPort: words['destination-port'],
    df: df !== undefined && df !== '0' && df !== 'false',
  });
};

const EXPLAIN_OPTIONS = [
  'source',
  'destination',
  'in',
  'protocol',
  'source-port',
  'destination-port',
  'ttl',
  'size',
];

const listening = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Failure(
          error.code === 'EADDRINUSE' ? 6 : 4,
          `http: cannot listen on ${host}:${port}: ${error.message}`,
          'set http.listen to another address or port',
        ),
      ),
    );
    server.listen(port, host, () => resolve());
  });
