import { type Fault, fault, isFault } from '../text/fault.js';
import { nearest } from '../text/nearest.js';
import { type ChangeBy, type Grammar, readWords } from './grammar.js';
import { ICMP_SET } from './icmp.js';
import { IGMP_LEAVE, IGMP_QUERY } from './igmp.js';
import { wordsOf } from './line.js';

/** Something to change in a running lab. */
export type Change = ChangeBy<typeof ICMP_SET> | ChangeBy<typeof IGMP_QUERY> | ChangeBy<typeof IGMP_LEAVE>;

export type ChangeKind = Change['kind'];

/** How the words of a change are read that follow its name. */
type Read = (words: readonly string[]) => Change | Fault;

const by =
  (grammar: Grammar): Read =>
  (words) =>
    readWords(grammar, words) as Change | Fault;

const READERS: { readonly [Kind in ChangeKind]: Read } = {
  'icmp set': by(ICMP_SET),
  'igmp query': by(IGMP_QUERY),
  'igmp leave': by(IGMP_LEAVE),
};

/** Reads a change as a person types it after `tunpike`. */
export const parseChange = (words: readonly string[]): Change | Fault => {
  const [command = '', action = ''] = words;
  const kind = `${command} ${action}`;
  if (Object.hasOwn(READERS, kind)) return READERS[kind as ChangeKind](words.slice(2));
  return unknownChange(command, action);
};

/** Reads a change that stands on one line: `link set core --loss 1%`. */
export const parseChangeLine = (line: string): Change | Fault => {
  const words = wordsOf(line);
  return isFault(words) ? words : parseChange(words);
};

const unknownChange = (command: string, action: string): Fault => {
  const kinds = Object.keys(READERS);
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
