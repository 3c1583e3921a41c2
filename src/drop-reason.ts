/**
 * Why a datagram went no further: the closed list, each with the fact it names.
 *
 * The name says what was found, never where in the program; who counts it says which router and interface.
 */
export const DROP_REASONS = {
  'too-short': 'fewer octets than an IPv4 header has',
  ipv6: 'an IPv6 datagram, normal noise on a TUN device',
  'bad-version': 'the version field is neither 4 nor 6',
  'bad-header-length': 'the header length is below 5 words, or longer than what was read',
  'bad-total-length': 'the total length is shorter than the header',
  truncated: 'the total length is longer than what was read',
  'bad-checksum': 'the header checksum is wrong',
  'bad-option': 'an IP option is malformed',
  'option-refused': 'an IP option that this router is told to drop',
  'martian-source': 'the source is no address that a single host may send from',
  'martian-destination': 'the destination is no address that may be routed',
  'reverse-path': 'no route back to the source leads to the interface it came in by',
  'forwarding-off': 'forwarding is switched off on the interface',
  'ttl-expired': 'the TTL ran out here',
  'no-route': 'no route to the destination',
  'tos-route': 'a route to the destination, but none for this type of service',
  blackhole: 'a blackhole route',
  'unreachable-route': 'an unreachable route',
  'prohibit-route': 'a prohibit route',
  'host-unreachable': 'nobody on the link owns the next hop, or its device is down',
  'would-fragment': 'longer than the egress MTU, and may not be fragmented',
  'source-route': 'a source route that cannot be met',
  broadcast: 'a broadcast that is not received and not forwarded here',
  'protocol-unreachable': 'a protocol that this router does not speak',
  'port-unreachable': 'a UDP port on which nothing listens',
  'udp-bad-checksum': 'a UDP datagram to this router with a wrong checksum or length',
  'icmp-bad-checksum': 'an ICMP message with a wrong checksum',
  'icmp-malformed': 'an ICMP message shorter than its type needs, or contradicting itself',
  'icmp-ignored': 'an ICMP message that asks nothing of this router, or whose answer is switched off',
  'igmp-bad-checksum': 'an IGMP message with a wrong checksum',
  'igmp-malformed': 'an IGMP message shorter than its type needs, or contradicting itself',
  'igmp-ignored': 'an IGMP message that is not heeded; `show igmp` says for what each interface refuses them',
  'multicast-link-local': 'a group of 224.0.0.0/24, which never leaves its link',
  'multicast-ttl': 'a multicast datagram whose TTL does not reach the next link',
  'multicast-no-member': 'no other link has a member of the group',
  'multicast-reverse-path': 'multicast that came in by another interface than the one towards its source',
  'multicast-boundary': 'multicast that would leave its administrative scope',
  'reassembly-timeout': 'the other fragments did not come in time',
  'reassembly-overlap': 'fragments that overlap or contradict each other',
  'reassembly-limit': 'too many fragments are waiting; the oldest made room',
  'filter-drop': 'a filter rule drops it',
  'filter-reject': 'a filter rule rejects it',
  'link-loss': 'lost on the wire, as the link is told to',
  'link-down': 'the link is down',
  'link-queue': 'the queue of the link is full',
  'device-refused': 'the TUN device of the receiver took no more, or refused the datagram',
  'link-no-gateway': 'an off-link destination on a link that has no gateway',
} as const satisfies Record<string, string>;

export type DropReason = keyof typeof DROP_REASONS;

export const dropReasons = (): readonly DropReason[] => Object.keys(DROP_REASONS) as DropReason[];
