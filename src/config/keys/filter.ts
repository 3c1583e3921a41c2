import { choice, flag, lasting, leaf, optional, required, section, whole } from '../../key.js';

const port = (description: string) => whole(description, 0, 65535);

/** What a datagram must be for a filter to decide about it. */
const match = section('all of these must hold', {
  protocol: leaf('protocol', 'tcp, udp, icmp, igmp, or a number'),
  source: leaf('prefix', 'where it comes from'),
  destination: leaf('prefix', 'where it goes'),
  'source-port': port('of TCP or UDP'),
  'destination-port': port('of TCP or UDP'),
  'size-over': leaf('size', 'only longer datagrams'),
  df: flag('only with DF set, or only without'),
});

export const FILTER_KEYS = {
  name: required(leaf('name', 'what the rule is called')),
  in: leaf('name', 'only what comes in by this link'),
  out: leaf('name', 'only what leaves by this link'),
  match: optional(match),
  probability: leaf('share', 'how often the rule applies'),
  limit: whole('how many times the rule applies', 1, 1_000_000_000),
  for: lasting('how long the rule stands'),
  action: required(choice('what happens', ['accept', 'drop', 'reject'])),
  with: choice('what a reject answers', [
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
