import type { DropReason } from './drop-reason.js';
import type { Instant } from './time.js';

/** What went through one interface since the start. Octets are IPv4 total lengths. */
export interface InterfaceCounters {
  inPackets: number;
  inOctets: number;
  inMulticastPackets: number;
  /** Datagrams from this interface that ended in a drop. */
  inDiscards: number;
  /** Given to the link; sent = handed - refused. */
  handedPackets: number;
  handedOctets: number;
  outMulticastPackets: number;
  /** Given to the link and refused by it or by the receiver's device. */
  refusedPackets: number;
  refusedOctets: number;
}

export const interfaceCounters = (): InterfaceCounters => ({
  inPackets: 0,
  inOctets: 0,
  inMulticastPackets: 0,
  inDiscards: 0,
  handedPackets: 0,
  handedOctets: 0,
  outMulticastPackets: 0,
  refusedPackets: 0,
  refusedOctets: 0,
});

/** Drops of one reason at one place. */
export interface DropCount {
  packets: number;
  octets: number;
  lastSeen: Instant;
}

/** How often each reason ended a datagram, where it happened. */
export type DropCounts = Map<DropReason, DropCount>;

export const countDrop = (
  counts: DropCounts,
  reason: DropReason,
  packets: number,
  octets: number,
  now: Instant,
): void => {
  const count = counts.get(reason);
  if (count === undefined) {
    counts.set(reason, { packets, octets, lastSeen: now });
    return;
  }
  count.packets += packets;
  count.octets += octets;
  count.lastSeen = now;
};

/**
 * The book of one router: received = forwarded + delivered + dropped + held, at every moment.
 *
 * `held` are fragments that wait for the rest. Datagrams that the router originates stand apart.
 */
export interface Ledger {
  received: number;
  forwarded: number;
  delivered: number;
  dropped: number;
  held: number;
  originated: number;
}
