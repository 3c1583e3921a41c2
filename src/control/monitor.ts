import type { EventType } from '../event.js';
import { Failure } from '../failure.js';
import { parseMatch } from '../observe/match.js';

/** The types of events that can be watched, and what they tell. */
export const MONITORED = {
  drop: 'a datagram went no further',
  icmp: 'a router sent an ICMP message, or kept one to itself',
  igmp: 'somebody joined or left, a query was sent, a querier elected',
  route: 'a route is out of use, or in use again',
  link: 'an end of a link came up or went down',
  config: 'a changed configuration was applied, or refused',
} as const satisfies Readonly<Record<EventType, string>>;

export interface MonitorParams {
  /** All where it is left out. */
  readonly types?: readonly EventType[];
  /** As `parseMatch` reads it. */
  readonly match?: string;
}

export interface MonitorResult {
  readonly name: string;
  readonly types: readonly EventType[];
}

/** The method of the notifications that follow the answer, one event each. */
export const EVENT_NOTIFICATION = 'event';

const EVENT_TYPES = Object.keys(MONITORED) as EventType[];

const isEventType = (word: unknown): word is EventType =>
  typeof word === 'string' && Object.hasOwn(MONITORED, word);

/** Reads `drop,igmp`; throws a `Failure` (2) that says what is wrong. */
export const parseEventTypes = (words: readonly unknown[]): readonly EventType[] =>
  words.map((word) => {
    if (isEventType(word)) return word;
    throw new Failure(
      2,
      `no type of event is called '${String(word)}'`,
      `one or more of ${EVENT_TYPES.join(',')}`,
    );
  });

/** Reads what was sent; throws a `Failure` (2) that says what is wrong. */
export const readMonitorParams = (sent: unknown): Required<MonitorParams> => {
  const given = (typeof sent === 'object' && sent !== null ? sent : {}) as Readonly<Record<string, unknown>>;
  const { types = EVENT_TYPES, match = '' } = given;
  if (!Array.isArray(types)) throw new Failure(2, 'types is a list');
  if (typeof match !== 'string') throw new Failure(2, 'match is a text');
  parseMatch(match);
  return { types: parseEventTypes(types), match };
};
