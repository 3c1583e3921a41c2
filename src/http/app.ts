import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { readMonitorParams } from '../control/monitor.js';
import { isInPieces, Rows } from '../control/rows.js';
import { Turns } from '../control/turns.js';
import { Failure } from '../failure.js';
import type { Log } from '../observe/log.js';
import { isShowWhat, SHOWN } from '../observe/shown.js';
import { isDrawingDirection } from './drawing.js';
import { EVENT_HEADERS, type EventStreams } from './events.js';
import { explainParamsOf } from './explain-query.js';
import { CONTENT_TYPE, exposition } from './exposition.js';
import { guarded, SECURITY_HEADERS } from './guard.js';
import { withOnly } from './known-parameters.js';
import { sendFile } from './page.js';
import { type Pieces, writePieces } from './rows.js';
import { selectionOf } from './selection.js';
import type { Served } from './served.js';

type App = Hono<{ Bindings: HttpBindings }>;
type Asked = Context<{ Bindings: HttpBindings }>;

/** What is served, and where. */
export const appOf = (served: Served, address: string, streams: EventStreams, log: Log): App => {
  const { token, answer, routers, metrics, explain, page, draw } = served;
  const app: App = new Hono();
  const turns = new Turns();
  app.use(guarded({ token, address, isPublic: (path) => page.has(path) }));
  for (const [path, file] of page) app.get(path, (context) => sendFile(context, file));
  app.get('/metrics', async (context) => {
    withOnly([], context.req.query());
    const all = await metrics();
    return inPieces(context, CONTENT_TYPE, { text: () => exposition(all) }, turns);
  });
  app.get('/events', (context) => events(context, served, streams));
  app.get('/dashboard/map', async (context) => {
    const { direction = 'right' } = withOnly(['direction'], context.req.query());
    if (!isDrawingDirection(direction))
      throw new Failure(2, `direction=${direction}`, 'write direction=right or direction=down');
    const topology = answer('topology');
    return json(context, await draw([...(topology as Iterable<never>)], direction));
  });
  app.get('/api/explain', (context) => json(context, explain(explainParamsOf(context.req.query()))));
  app.get('/api/:subject', async (context) => {
    const subject = context.req.param('subject');
    if (!isShowWhat(subject))
      return context.json({ error: `there is no ${subject}; one of ${Object.keys(SHOWN).join(' ')}` }, 404);
    const selection = selectionOf(subject, context.req.query(), routers);
    const shown = answer(subject, selection.prefix);
    if (!isInPieces(shown))
      return json(
        context,
        Array.isArray(shown) ? shown.filter(selection.keeps).slice(0, selection.limit) : shown,
      );
    return inPieces(
      context,
      'application/json',
      shown instanceof Rows ? shown.selected(selection) : shown,
      turns,
    );
  });
  app.notFound((context) => context.json({ error: 'there is nothing here' }, 404));
  app.onError((error, context) => {
    const { outgoing } = context.env;
    const isTooLate = outgoing.headersSent;
    if (error instanceof Failure && !isTooLate)
      return context.json({ error: error.message, fix: error.fix ?? null }, 400);
    log.error('an HTTP request failed', {
      path: context.req.path,
      reason: error.message,
      stack: error.stack,
    });
    if (!isTooLate) return context.json({ error: 'internal error' }, 500);
    // Half of the answer is out, and there is no other end to it; a second head would be printed as an error.
    outgoing.destroy();
    return RESPONSE_ALREADY_SENT;
  });
  return app;
};

const events = (context: Asked, { follow }: Served, streams: EventStreams): Response => {
  const { outgoing } = context.env;
  const { type, match } = withOnly(['type', 'match'], context.req.query());
  const params = readMonitorParams({ types: type?.split(','), match });
  if (isHead(context)) {
    outgoing.writeHead(200, EVENT_HEADERS).end();
    return RESPONSE_ALREADY_SENT;
  }
  if (streams.isFull) {
    context.header('Retry-After', '10');
    // What a client keeps open only to try again is better closed.
    context.header('Connection', 'close');
    return context.json({ error: 'too many others follow events', fix: 'try again later' }, 503);
  }
  streams.begin(outgoing, (caller) => follow(params, caller));
  return RESPONSE_ALREADY_SENT;
};

/** What is long, and so only now. */
const inPieces = async (context: Asked, type: string, answer: Pieces, turns: Turns): Promise<Response> => {
  const { outgoing } = context.env;
  const head = { ...SECURITY_HEADERS, 'Content-Type': type, 'Cache-Control': 'no-store' };
  await writePieces(outgoing, answer, turns, () => void outgoing.writeHead(200, head));
  return RESPONSE_ALREADY_SENT;
};

/** What is so only now. */
const json = (context: Asked, value: unknown): Response => {
  context.header('Cache-Control', 'no-store');
  return context.json(value as object);
};

/** Hono answers HEAD as GET and leaves the body out; what writes by itself must know. */
const isHead = (context: Asked): boolean => context.env.incoming.method === 'HEAD';
