import { fstatSync } from 'node:fs';
import { MOST_ROUTE_LINES, type RouteLinesResult } from '../control/route-lines.js';
import { Failure } from '../failure.js';
import { withRoutesBefore } from '../text/routes-before.js';
import type { Terminal } from './terminal.js';

/** Octets of lines in one request; the longest request is 64 KiB. */
const MOST_OCTETS = 24 * 1024;
const LONGEST_LINE = 1000;
const PATIENCE = 30_000;

/** Sends the lines of a table of routes on standard input to a running lab, as many at a time as it can take at once. */
export const addLinesOfInput = async (
  terminal: Terminal,
  { router, isReplacing }: { readonly router: string | undefined; readonly isReplacing: boolean },
): Promise<number> => {
  // Node would read nothing, as if it were empty.
  if (fstatSync(0).isDirectory()) throw new Failure(3, 'cannot read stdin: it is a directory (EISDIR)');
  const { Conversation } = await import('../control/client.js');
  const { instanceFor } = await import('./instance.js');
  const conversation = new Conversation(await instanceFor(terminal, router));
  let routes = 0;
  const send = async (firstLine: number, lines: readonly string[]): Promise<void> => {
    const params = {
      ...(router === undefined ? {} : { router }),
      isReplacing,
      firstLine,
      routesBefore: routes,
      lines,
    };
    const done: RouteLinesResult = await conversation.call('routeLines', params, PATIENCE);
    routes += done.routes;
  };
  const each = batches(process.stdin);
  for (let next = await each.next(); next.done !== true; ) {
    const sent = send(...next.value);
    // What comes next is read meanwhile; but what is wrong with it counts only if this was right.
    const following = each.next();
    following.catch(() => {});
    await sent;
    next = await following.catch((error) => {
      throw error instanceof Failure ? withRoutesBefore(error, { routes, isReplacing }) : error;
    });
  }
  conversation.end();
  if (terminal.isJson) terminal.printJson({ routes });
  else terminal.hint(routes === 1 ? '1 route' : `${routes} routes`);
  return 0;
};

/** Lines in order, in batches, each with the number of its first line. */
async function* batches(input: AsyncIterable<string | Uint8Array>): AsyncGenerator<[number, string[]], void> {
  const decoder = new TextDecoder();
  let rest = '';
  let batch: string[] = [];
  let octets = 0;
  let firstLine = 1;
  for await (const piece of input) {
    const lines = (
      rest + (typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true }))
    ).split('\n');
    rest = lines.pop() ?? '';
    // A line that is too long already is looked at before the rest of it has come.
    if (rest.length > LONGEST_LINE) lines.push(rest);
    for (const line of lines) {
      if (line.length > LONGEST_LINE) {
        if (batch.length > 0) yield [firstLine, batch];
        throw tooLong(firstLine + batch.length);
      }
      batch.push(line);
      octets += line.length + 3;
      if (batch.length < MOST_ROUTE_LINES && octets < MOST_OCTETS) continue;
      yield [firstLine, batch];
      firstLine += batch.length;
      batch = [];
      octets = 0;
    }
  }
  if (rest !== '') batch.push(rest);
  if (batch.length > 0) yield [firstLine, batch];
}

const tooLong = (line: number): Failure =>
  new Failure(2, `line ${line} is longer than ${LONGEST_LINE} octets`, 'write one route a line');
