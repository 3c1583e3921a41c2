import { camelCase } from '../section.js';
import { type Fault, fault, isFault } from '../text/fault.js';
import { nearest } from '../text/nearest.js';
import { FILTER_ADD, FILTER_DEL } from './filter.js';
import { type ChangeBy, type Grammar, type Named, readWords } from './grammar.js';
import { ICMP_SET } from './icmp.js';
import { IGMP_LEAVE, IGMP_QUERY } from './igmp.js';
import { wordsOf } from './line.js';
import { LINK_DOWN, LINK_RESET, LINK_SET, LINK_UP } from './link.js';
import {
  ROUTE_ADD,
  ROUTE_DEL,
  ROUTE_GET,
  ROUTE_REPLACE,
  type RouteAdd,
  type RouteDel,
  type RouteGet,
  type RouteReplace,
} from './route.js';

/** Something to change in a running lab. */
export type Change =
  | ChangeBy<typeof LINK_SET>
  | ChangeBy<typeof LINK_RESET>
  | ChangeBy<typeof LINK_DOWN>
  | ChangeBy<typeof LINK_UP>
  | ChangeBy<typeof FILTER_ADD>
  | ChangeBy<typeof FILTER_DEL>
  | RouteAdd
  | RouteReplace
  | RouteDel
  | RouteGet
  | ChangeBy<typeof ICMP_SET>
  | ChangeBy<typeof IGMP_QUERY>
  | ChangeBy<typeof IGMP_LEAVE>;

export type ChangeKind = Change['kind'];

/** The commands that change something, by their words. */
const GRAMMARS: { readonly [Kind in ChangeKind]: Grammar } = {
  'link set': LINK_SET,
  'link reset': LINK_RESET,
  'link down': LINK_DOWN,
  'link up': LINK_UP,
  'filter add': FILTER_ADD,
  'filter del': FILTER_DEL,
  'route add': ROUTE_ADD,
  'route replace': ROUTE_REPLACE,
  'route del': ROUTE_DEL,
  'route get': ROUTE_GET,
  'icmp set': ICMP_SET,
  'igmp query': IGMP_QUERY,
  'igmp leave': IGMP_LEAVE,
};

/** Reads a change as a person types it after `tunpike`. */
export const parseChange = (words: readonly string[]): Change | Fault => {
  const [command = '', action = ''] = words;
  const kind = `${command} ${action}`;
  if (Object.hasOwn(GRAMMARS, kind))
    return readWords(GRAMMARS[kind as ChangeKind], words.slice(2)) as Change | Fault;
  return unknownChange(command, action);
};

/** Reads a change that stands on one line: `link set core --loss 1%`. */
export const parseChangeLine = (line: string): Change | Fault => {
  const words = wordsOf(line);
  return isFault(words) ? words : parseChange(words);
};

/** The names in a change, and what each must be the name of. */
export const namesIn = (change: Change): readonly { readonly what: Named; readonly name: string }[] => {
  const values: Readonly<Record<string, unknown>> = { ...change.arguments, ...change.options };
  return Object.entries(GRAMMARS[change.kind].names ?? {}).flatMap(([key, what]) => {
    const name = values[camelCase(key)];
    return typeof name === 'string' ? [{ what, name }] : [];
  });
};

const unknownChange = (command: string, action: string): Fault => {
  const kinds = Object.keys(GRAMMARS);
  const actions = kinds.flatMap((kind) => {
    const [first, second] = kind.split(' ');
    return first === command ? [second!] : [];
  });
  if (actions.length > 0) {
    const meant = nearest(action, actions);
    return fault(
      'E-KEY',
      `\`${command}\` has no \`${action.slice(0, 40)}\``,
      meant === undefined ? `it has ${actions.join(', ')}` : `did you mean \`${command} ${meant}\`?`,
    );
  }
  const meant = nearest(`${command} ${action}`, kinds) ?? nearest(command, new Set(kinds.map(firstWord)));
  return fault(
    'E-KEY',
    `\`${`${command} ${action}`.trim().slice(0, 80)}\` changes nothing in a running lab`,
    meant === undefined ? `write one of ${kinds.join(', ')}` : `did you mean \`${meant}\`?`,
  );
};

const firstWord = (kind: string): string => kind.slice(0, kind.indexOf(' '));
