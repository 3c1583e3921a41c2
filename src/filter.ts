import { choice, flag, lasting, leaf, optional, required, section, whole } from './key.js';
import type { SettingsOf } from './section.js';

const port = (description: string) => whole(description, 0, 65535);

/** What a datagram must be for a filter to apply. Omitted conditions hold for all. */
export const MATCH_KEYS = {
  protocol: leaf('protocol', 'tcp, udp, icmp, igmp, or a number'),
  source: leaf('prefix-or-address', 'the source address, or the prefix that it is in'),
  destination: leaf('prefix-or-address', 'the destination address, or the prefix that it is in'),
  'source-port': port('of UDP or TCP'),
  'destination-port': port('of UDP or TCP'),
  'size-over': leaf('size', 'only longer datagrams'),
  df: flag('only with DF set (true), or only without (false)'),
};

/** The conditions that only UDP and TCP can meet. */
export const PORT_KEYS = ['source-port', 'destination-port'] as const;

/** The ICMP message that `reject` sends, by its name. */
export const REJECT_CODES = [
  'net-unreachable',
  'host-unreachable',
  'protocol-unreachable',
  'port-unreachable',
  'frag-needed',
  'net-prohibited',
  'host-prohibited',
  'admin-prohibited',
] as const;

export type RejectCode = (typeof REJECT_CODES)[number];

/** What `reject` says if nothing else is asked for. Source: RFC 1812 §5.3.9. */
export const DEFAULT_CODE: RejectCode = 'admin-prohibited';

/** A filter of a router. */
export const FILTER_KEYS = {
  name: required(leaf('name', 'the name of the filter')),
  in: leaf('name', 'only datagrams that come in by this link'),
  out: leaf('name', 'only datagrams that leave by this link'),
  match: optional(section('conditions that must all be met', MATCH_KEYS)),
  probability: leaf('chance', 'the share of matching datagrams to which the filter applies: 30% or 0.3', 1),
  limit: whole('how many datagrams the filter decides about; then it matches nothing', 1, 1_000_000_000),
  for: lasting('how long the filter is in force'),
  action: required(choice('what to do with the datagram', ['accept', 'drop', 'reject'])),
  with: choice('the ICMP message that `reject` sends; default: admin-prohibited', REJECT_CODES),
};

export type FilterAction = 'accept' | 'drop' | 'reject';
export type FilterMatch = SettingsOf<typeof MATCH_KEYS>;
