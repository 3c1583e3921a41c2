import type { Address } from '../address.js';
import { countDrop } from '../counters.js';
import type { DropReason } from '../drop-reason.js';
import type { Interface } from '../interface.js';
import type { Instant } from '../time.js';
import * as ipv4 from './header.js';
import { send } from './send.js';

/** Interfaces that a datagram may leave by, if its TTL is as high as the threshold of each. */
export interface Thresholds {
  readonly outgoing: readonly Interface[];
  /** With this TTL a datagram reaches all of them; 1 where no threshold is set. */
  readonly ttlForAll: number;
}

/** Those whose threshold a datagram reaches, by the TTL that it came in with. Source: RFC 1812 §5.2.1.3. */
export const withinReach = (
  datagram: Uint8Array,
  { outgoing, ttlForAll }: Thresholds,
): readonly Interface[] => {
  const ttl = ipv4.ttl(datagram);
  return ttl >= ttlForAll ? outgoing : outgoing.filter(({ scope }) => scope.ttlThreshold <= ttl);
};

/** Why a datagram to a group goes nowhere although somebody wants it, or undefined. Source: RFC 1812 §5.3.1. */
export const multicastFault = (
  datagram: Uint8Array,
  outgoing: readonly Interface[],
): DropReason | undefined => {
  if (ipv4.ttl(datagram) <= 1 || outgoing.length === 0) return 'multicast-ttl';
  return outgoing.every((egress) => isTooLong(datagram, egress)) ? 'would-fragment' : undefined;
};

/**
 * Sends a datagram to a group out of several interfaces, one hop less, in fragments where one is narrower.
 *
 * Where it may not be fragmented, that interface alone goes without, silently. `record`, which is only needed where
 * there are options, writes into them on the way out, each interface in octets of its own. Source: RFC 1812 §5.2.1.3, §4.3.2.7.
 */
export const sendToGroup = (
  datagram: Uint8Array,
  outgoing: readonly Interface[],
  allocate: (length: number) => Uint8Array,
  now: Instant,
  record: ((copy: Uint8Array, egress: Interface) => void) | undefined,
): void => {
  const group: Address = ipv4.destination(datagram);
  ipv4.decrementTtl(datagram);
  for (const egress of outgoing) {
    if (isTooLong(datagram, egress)) {
      countDrop(egress.drops, 'would-fragment', 1, datagram.length, now);
      continue;
    }
    let copy = datagram;
    if (record !== undefined) {
      copy = allocate(datagram.length);
      copy.set(datagram);
      record(copy, egress);
    }
    send(copy, egress, group, allocate, now);
  }
};

const isTooLong = (datagram: Uint8Array, egress: Interface): boolean =>
  datagram.length > egress.mtu && ipv4.isDontFragment(datagram);
