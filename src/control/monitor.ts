import type { EventType } from '../event.js';
import { Failure } from '../failure.js';
import { brief } from '../text/brief.js';
import { parseMatch } from '../text/match.js';

/** The types of events that can be followed, each with a description. */
export const MONITORED = {
  drop: 'a datagram was dropped',
  icmp: 'a router sent or suppressed an ICMP message',
  igmp: 'a host joined or left, a query was sent, a querier was elected',
  route: 'a route was added, replaced, deleted, withdrawn or restored',
  link: 'a link, or an end of it, came up, went down or was changed',
  config: 'a changed configuration was applied or refused; a capture cannot be written',
  forward: 'a router forwarded a datagram: only where it is named',
} as const satisfies Readonly<Record<EventType, string>>;

export interface MonitorParams {
  /** All but `forward` if left out. */
  readonly types?: readonly EventType[];
  /** As `parseMatch` reads it. */
  readonly match?: string;
}

export interface MonitorResult {
  readonly name: string;
  readonly types: readonly EventType[];
}

/** The method of the notifications that follow the answer, one for each event. */
export const EVENT_NOTIFICATION = 'event';

const EVENT_TYPES = Object.keys(MONITORED) as EventType[];
/** Those that are followed where none is named. */
const DEFAULT_TYPES = EVENT_TYPES.filter((type) => type !== 'forward');

const isEventType = (word: unknown): word is EventType =>
  typeof word === 'string' && Object.hasOwn(MONITORED, word);

/** Reads `drop,igmp`; throws a `Failure` (2) that says what is wrong. */
export const parseEventTypes = (words: readonly unknown[]): readonly EventType[] =>
  words.map((word) => {
    if (isEventType(word)) return word;
    throw new Failure(2, `unknown event type ${brief(word)}`, `one or more of ${EVENT_TYPES.join(',')}`);
  });

/** Reads what was sent; throws a `Failure` (2) that says what is wrong. */
export const readMonitorParams = (sent: unknown): Required<MonitorParams> => {
  const given = (typeof sent === 'object' && sent !== null ? sent : {}) as Readonly<Record<string, unknown>>;
  const { types = DEFAULT_TYPES, match = '' } = given;
  if (!Array.isArray(types)) throw new Failure(2, 'types must be a list');
  if (typeof match !== 'string') throw new Failure(2, 'match must be text');
  parseMatch(match);
  return { types: parseEventTypes(types), match };
};
