import { choice, flag, lasting, leaf, optional, required, section, whole } from '../../key.js';

const port = (description: string) => whole(description, 0, 65535);

/** What a datagram must match for a filter to apply. */
const match = section('conditions that must all be met', {
  protocol: leaf('protocol', 'tcp, udp, icmp, igmp, or a number'),
  source: leaf('prefix', 'the source address'),
  destination: leaf('prefix', 'the destination address'),
  'source-port': port('of TCP or UDP'),
  'destination-port': port('of TCP or UDP'),
  'size-over': leaf('size', 'only longer datagrams'),
  df: flag('only with DF set (true), or only without (false)'),
});

export const FILTER_KEYS = {
  name: required(leaf('name', 'the name of the rule')),
  in: leaf('name', 'only datagrams that come in by this link'),
  out: leaf('name', 'only datagrams that leave by this link'),
  match: optional(match),
  probability: leaf('share', 'the share of matching datagrams to which the rule applies'),
  limit: whole('how many times the rule applies', 1, 1_000_000_000),
  for: lasting('how long the rule is in force'),
  action: required(choice('what to do with the datagram', ['accept', 'drop', 'reject'])),
  with: choice('the ICMP message that `reject` sends', [
    'net-unreachable',
    'host-unreachable',
    'protocol-unreachable',
    'port-unreachable',
    'frag-needed',
    'net-prohibited',
    'host-prohibited',
    'admin-prohibited',
  ]),
};
