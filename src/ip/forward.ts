import type { Address } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { Interface } from '../interface.js';
import type { IpSettings } from '../settings.js';
import { type FibEntry, leadsTo, type Way, wayFor } from './fib.js';
import type { FlowHash } from './flow.js';
import * as ipv4 from './header.js';
import { isMartianDestination, isMartianSource } from './martian.js';
import type { NextHop } from './rib.js';

/**
 * Why a datagram's source is not believed, or undefined where it is.
 *
 * `entry` is what the FIB holds for the source. Our own addresses and the broadcast addresses of attached
 * networks never send. Source: RFC 1812 §4.2.2.11, §5.3.7, §5.3.8, RFC 3704 §2.
 */
export const sourceFault = (
  source: Address,
  entry: FibEntry | undefined,
  ingress: Interface,
  settings: IpSettings,
): DropReason | undefined => {
  if (isMartianSource(source, settings)) return 'martian-source';
  if (entry !== undefined && entry.kind !== 'route') return 'martian-source';
  if (settings.reversePath === 'off') return undefined;
  if (entry === undefined) return 'reverse-path';
  if (settings.reversePath === 'loose') return undefined;
  return leadsTo(entry, ingress) ? undefined : 'reverse-path';
};

/**
 * Where a datagram in transit goes next, or why it goes no further.
 *
 * `destination` is that of the datagram, or the next stop of its source route; `entry` what the FIB holds
 * for it. Only reads. Source: RFC 1812 §5.2.1.2.
 */
export const decide = (
  datagram: Uint8Array,
  destination: Address,
  entry: FibEntry | undefined,
  ingress: Interface,
  settings: IpSettings,
  flows: FlowHash,
): NextHop | DropReason => {
  if (!ingress.forwarding) return 'forwarding-off';
  if (isMartianDestination(destination, settings)) return 'martian-destination';
  if (entry === undefined) return 'no-route';
  const way = wayFor(entry, ipv4.tos(datagram));
  if (way === undefined) return 'tos-route';
  const hop = onlyNextHop(way) ?? pickNextHop(way, flows.hash(datagram));
  if (typeof hop === 'string') return hop;
  if (ipv4.ttl(datagram) <= 1) return 'ttl-expired';
  return hop;
};

/**
 * What stands in the way on the egress side, or undefined.
 *
 * `length` is what the datagram will have when it leaves. Source: RFC 1812 §5.2.7.1, §5.3.11, RFC 1191 §4.
 */
export const egressFault = (
  datagram: Uint8Array,
  egress: Interface,
  nextHop: Address,
): DropReason | undefined => {
  if (!egress.forwarding) return 'forwarding-off';
  if (!egress.wire.reaches(nextHop)) return 'host-unreachable';
  if (datagram.length > egress.mtu && ipv4.isDontFragment(datagram)) return 'would-fragment';
  return undefined;
};

/** The next hop of a way that has one, or the reason that the way's type gives; undefined where there is a choice. */
export const onlyNextHop = (way: Way): NextHop | DropReason | undefined => {
  if (way.nexthops.length === 1) return way.nexthops[0]!;
  return way.nexthops.length === 0 ? (NO_NEXT_HOP[way.type] ?? 'no-route') : undefined;
};

/** The next hop of a way for a hash, each by its weight. Source: RFC 2992 §2. */
export const pickNextHop = (way: Way, hash: number): NextHop => {
  let point = Math.floor((hash / 2 ** 32) * way.totalWeight);
  for (const hop of way.nexthops) {
    point -= hop.weight;
    if (point < 0) return hop;
  }
  return way.nexthops[0]!;
};

const NO_NEXT_HOP: Readonly<Partial<Record<Way['type'], DropReason>>> = {
  connected: 'host-unreachable',
  blackhole: 'blackhole',
  unreachable: 'unreachable-route',
  prohibit: 'prohibit-route',
};
