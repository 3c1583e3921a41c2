import type { DropReason } from '../drop-reason.js';

/**
 * Why an IGMP message, or a part of one, was refused: the closed list, each with its drop reason and the fact.
 *
 * Finer than drop reasons, for counters. If only a record or a source is refused, the rest of the message is taken.
 */
export const REFUSALS = {
  'too-short': ['igmp-malformed', 'fewer octets than the shortest message of its type'],
  'bad-query-length': ['igmp-malformed', 'a query of 9, 10 or 11 octets'],
  'sources-cut': ['igmp-malformed', 'a query that names more sources than it holds'],
  'records-cut': ['igmp-malformed', 'a report that announces more records or sources than it holds'],
  'bad-checksum': ['igmp-bad-checksum', 'the checksum is wrong'],
  fragment: ['igmp-ignored', 'a fragment; IGMP messages are sent whole'],
  'unknown-type': ['igmp-ignored', 'not a type of IGMP version 1, 2 or 3'],
  'wrong-ttl': ['igmp-ignored', 'a TTL other than 1: not from this link'],
  'no-router-alert': ['igmp-ignored', 'no Router Alert option where one is required'],
  'off-subnet': ['igmp-ignored', 'a source outside the subnets of the interface'],
  'own-source': ['igmp-ignored', 'one of our own addresses as the source: looped, or a duplicate address'],
  'wrong-destination': ['igmp-ignored', 'a destination to which messages of this type are not sent'],
  'wrong-version': ['igmp-ignored', 'a report or a leave of a later version than the one in use'],
  'ignored-version': ['igmp-ignored', 'a version that the interface is configured to ignore'],
  'not-querier': ['igmp-ignored', 'a leave, on which only the querier acts'],
  'not-a-group': ['igmp-ignored', 'a group field that is not a multicast address'],
  'ssm-range': ['igmp-ignored', 'any-source membership of a group in the source-specific range'],
  'not-a-member': ['igmp-ignored', 'a report heard on an interface where this router is only a host'],
  boundary: ['igmp-ignored', 'a group whose scope ends at this interface'],
  denied: ['igmp-ignored', 'a group or a source that accept-groups or deny-groups excludes'],
  'unknown-record': ['igmp-ignored', 'a record of unknown type'],
  'bad-record-source': ['igmp-ignored', 'a source in a record that no host can have'],
  'group-limit': ['igmp-ignored', 'more groups than the interface may have'],
  'source-limit': ['igmp-ignored', 'more sources than a group may have'],
  'message-limit': ['igmp-ignored', 'more messages at once than are handled and may wait'],
  'query-limit': [
    'igmp-ignored',
    'more leaves at once than may be queried; the groups stay until they expire',
  ],
} as const satisfies Record<string, readonly [DropReason, string]>;

export type Refusal = keyof typeof REFUSALS;

export const dropReasonOf = (refusal: Refusal): DropReason => REFUSALS[refusal][0];

/** The names under which messages are counted, received and sent. */
const MESSAGE_NAMES = [
  'query-v1',
  'query-v2',
  'query-v3',
  'report-v1',
  'report-v2',
  'report-v3',
  'leave',
  'mrd-advertisement',
  'mrd-solicitation',
  'mrd-termination',
] as const;

export type MessageName = (typeof MESSAGE_NAMES)[number];

/** The IGMP counters of one interface since the start. */
export interface IgmpCounters {
  readonly received: Record<MessageName, number>;
  readonly sent: Record<MessageName, number>;
  readonly refused: Record<Refusal, number>;
}

export const igmpCounters = (): IgmpCounters => ({
  received: zeroes(MESSAGE_NAMES),
  sent: zeroes(MESSAGE_NAMES),
  refused: zeroes(Object.keys(REFUSALS) as Refusal[]),
});

const zeroes = <Name extends string>(names: readonly Name[]): Record<Name, number> =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
