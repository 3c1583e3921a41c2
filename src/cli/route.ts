import { ROUTE_ADD, ROUTE_DEL, ROUTE_GET, ROUTE_REPLACE } from '../change/route.js';
import { addChange, type Perform, performAsTyped } from './change.js';
import { type AddCommand, examples } from './command.js';

export const addRoute: AddCommand = (program, invoke) => {
  const route = program
    .command('route')
    .description('add, replace or delete a route, or ask by which one a datagram goes')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples(
        ['tunpike route add 203.0.113.0/24 via 192.0.2.2 -r r1', 'a route, in the words of iproute2'],
        ['tunpike route get 203.0.113.10 -r r1', 'where a datagram goes, and by which route'],
        ['tunpike route add - -r r1 < routes.txt', 'one `PREFIX via ADDRESS` a line, also millions'],
      ),
    );
  for (const each of [ROUTE_ADD, ROUTE_REPLACE]) addChange(route, each, invoke, addAsTyped);
  for (const each of [ROUTE_DEL, ROUTE_GET]) addChange(route, each, invoke);
};

/** `-` in the place of a route stands for many of them, on standard input. */
const addAsTyped: Perform = async (terminal, words) => {
  const [, action, first, ...rest] = words;
  if (first !== '-') return performAsTyped(terminal, words);
  const { addLinesOfInput } = await import('./route-lines.js');
  const router = rest[rest.indexOf('--router') + 1];
  return addLinesOfInput(terminal, {
    router: rest.includes('--router') ? router : undefined,
    isReplacing: action === 'replace',
  });
};
