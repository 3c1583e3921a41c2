/**
 * ICMP messages: their numbers, their names, and which of them are errors.
 *
 * Source: RFC 792, RFC 1812 §4.3, RFC 8335 §2.
 */
export const ECHO_REPLY = 0;
export const DESTINATION_UNREACHABLE = 3;
export const SOURCE_QUENCH = 4;
export const REDIRECT = 5;
export const ECHO_REQUEST = 8;
export const ROUTER_ADVERTISEMENT = 9;
export const ROUTER_SOLICITATION = 10;
export const TIME_EXCEEDED = 11;
export const PARAMETER_PROBLEM = 12;
export const TIMESTAMP_REQUEST = 13;
export const TIMESTAMP_REPLY = 14;
export const INFORMATION_REQUEST = 15;
export const INFORMATION_REPLY = 16;
export const ADDRESS_MASK_REQUEST = 17;
export const ADDRESS_MASK_REPLY = 18;
export const EXTENDED_ECHO_REQUEST = 42;
export const EXTENDED_ECHO_REPLY = 43;

/** Type, code, checksum and four octets whose meaning depends on the type. */
export const ICMP_HEADER_LENGTH = 8;

/** The messages that we send, by their names in counters and events, with type and code. */
export const SENT_MESSAGES = {
  'echo-request': [ECHO_REQUEST, 0],
  'echo-reply': [ECHO_REPLY, 0],
  'net-unreachable': [DESTINATION_UNREACHABLE, 0],
  'host-unreachable': [DESTINATION_UNREACHABLE, 1],
  'protocol-unreachable': [DESTINATION_UNREACHABLE, 2],
  'port-unreachable': [DESTINATION_UNREACHABLE, 3],
  'frag-needed': [DESTINATION_UNREACHABLE, 4],
  'source-route-failed': [DESTINATION_UNREACHABLE, 5],
  'host-unknown': [DESTINATION_UNREACHABLE, 7],
  'net-prohibited': [DESTINATION_UNREACHABLE, 9],
  'host-prohibited': [DESTINATION_UNREACHABLE, 10],
  'net-unreachable-tos': [DESTINATION_UNREACHABLE, 11],
  'host-unreachable-tos': [DESTINATION_UNREACHABLE, 12],
  'admin-prohibited': [DESTINATION_UNREACHABLE, 13],
  'ttl-exceeded': [TIME_EXCEEDED, 0],
  'reassembly-exceeded': [TIME_EXCEEDED, 1],
  'redirect-host': [REDIRECT, 1],
  'redirect-host-tos': [REDIRECT, 3],
  'parameter-problem': [PARAMETER_PROBLEM, 0],
  'timestamp-reply': [TIMESTAMP_REPLY, 0],
  'address-mask-reply': [ADDRESS_MASK_REPLY, 0],
  'router-advertisement': [ROUTER_ADVERTISEMENT, 0],
  'extended-echo-reply': [EXTENDED_ECHO_REPLY, 0],
} as const satisfies Record<string, readonly [type: number, code: number]>;

export type SentMessage = keyof typeof SENT_MESSAGES;

/** Why an error was not sent although the drop reason calls for one. */
export const SUPPRESSIONS = [
  'rate-limit',
  'icmp-error',
  'multicast-or-broadcast',
  'not-first-fragment',
  'bad-source',
  'switched-off',
  'no-route',
] as const;

export type Suppression = (typeof SUPPRESSIONS)[number];

/** The messages that we receive for ourselves, by their names in counters. */
export const RECEIVED_NAMES: Readonly<Record<number, string>> = {
  [ECHO_REPLY]: 'echo-reply',
  [DESTINATION_UNREACHABLE]: 'destination-unreachable',
  [SOURCE_QUENCH]: 'source-quench',
  [REDIRECT]: 'redirect',
  [ECHO_REQUEST]: 'echo-request',
  [ROUTER_ADVERTISEMENT]: 'router-advertisement',
  [ROUTER_SOLICITATION]: 'router-solicitation',
  [TIME_EXCEEDED]: 'time-exceeded',
  [PARAMETER_PROBLEM]: 'parameter-problem',
  [TIMESTAMP_REQUEST]: 'timestamp-request',
  [TIMESTAMP_REPLY]: 'timestamp-reply',
  [INFORMATION_REQUEST]: 'information-request',
  [INFORMATION_REPLY]: 'information-reply',
  [ADDRESS_MASK_REQUEST]: 'address-mask-request',
  [ADDRESS_MASK_REPLY]: 'address-mask-reply',
  [EXTENDED_ECHO_REQUEST]: 'extended-echo-request',
  [EXTENDED_ECHO_REPLY]: 'extended-echo-reply',
};

/**
 * Whether an ICMP error may answer a message of this type: only if it is known to be a query.
 *
 * RFC 1812 forbids errors about errors; a message of unknown type may be one. Source: RFC 1812 §4.3.2.7.
 */
export const isQuery = (type: number): boolean =>
  type === ECHO_REQUEST ||
  type === ECHO_REPLY ||
  (type >= TIMESTAMP_REQUEST && type <= ADDRESS_MASK_REPLY) ||
  type === EXTENDED_ECHO_REQUEST ||
  type === EXTENDED_ECHO_REPLY;

/** Counts messages sent and received, by name, and suppressed, by reason. */
export interface IcmpCounters {
  readonly sent: Record<SentMessage, number>;
  readonly received: Record<string, number>;
  readonly suppressed: Record<Suppression, number>;
}

export const icmpCounters = (): IcmpCounters => ({
  sent: zeroes(Object.keys(SENT_MESSAGES) as SentMessage[]),
  received: zeroes(Object.values(RECEIVED_NAMES)),
  suppressed: zeroes(SUPPRESSIONS),
});

const zeroes = <Name extends string>(names: readonly Name[]): Record<Name, number> =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
