/**
 * Why a datagram went no further: the closed list, each with the fact it names.
 *
 * The name says what was found, never where in the program; the counter says on which router and interface.
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
  'option-refused': 'an IP option that this router is configured to drop',
  'martian-source': 'the source is not a valid unicast address, or is one of our own',
  'martian-destination': 'the destination is not an address that may be routed',
  'reverse-path': 'no route back to the source leads out of the interface it arrived on',
  'forwarding-off': 'forwarding is off on the interface',
  'ttl-expired': 'the TTL ran out here',
  'no-route': 'no route to the destination',
  'tos-route': 'the destination has a route, but not for this type of service',
  blackhole: 'a blackhole route',
  'unreachable-route': 'an unreachable route',
  'prohibit-route': 'a prohibit route',
  'host-unreachable': 'nobody on the link owns the next hop, or its device is down',
  'would-fragment': 'longer than the egress MTU, and DF forbids fragmentation',
  'source-route': 'a source route that cannot be met',
  broadcast: 'a broadcast that is neither received nor forwarded here',
  'protocol-unreachable': 'a protocol that this router does not speak',
  'port-unreachable': 'a UDP port on which nothing listens',
  'udp-bad-checksum': 'a UDP datagram to this router with a wrong checksum or length',
  'icmp-bad-checksum': 'an ICMP message with a wrong checksum',
  'icmp-malformed': 'an ICMP message that is too short for its type, or contradicts itself',
  'icmp-ignored': 'an ICMP message that needs no answer from this router, or whose answer is switched off',
  'igmp-bad-checksum': 'an IGMP message with a wrong checksum',
  'igmp-malformed': 'an IGMP message that is too short for its type, or contradicts itself',
  'igmp-ignored': 'an IGMP message that was refused; `show igmp` counts the reasons per interface',
  'multicast-link-local': 'a group of 224.0.0.0/24, which never leaves its link',
  'multicast-ttl': 'a multicast datagram whose TTL is too low for the next link',
  'multicast-no-member': 'no other link has a member of the group',
  'multicast-reverse-path': 'multicast that arrived on an interface other than the one towards its source',
  'multicast-boundary': 'multicast that would leave its administrative scope',
  'reassembly-timeout': 'the remaining fragments did not arrive in time',
  'reassembly-overlap': 'fragments that overlap or contradict each other',
  'reassembly-limit': 'too many fragments were waiting; the oldest was discarded',
  'filter-drop': 'a filter rule drops it',
  'filter-reject': 'a filter rule rejects it',
  'link-loss': 'lost on the wire, as the link is configured to',
  'link-down': 'the link is down',
  'link-queue': 'the queue of the link is full',
  'device-refused': 'the TUN device of the receiver was full, or refused the datagram',
  'bad-offload': 'what the TUN device said of a datagram that stands for several cannot be true',
  'link-no-gateway': 'an off-link destination on a link that has no gateway',
} as const satisfies Record<string, string>;

export type DropReason = keyof typeof DROP_REASONS;

export const dropReasons = (): readonly DropReason[] => Object.keys(DROP_REASONS) as DropReason[];
