import type { Address } from '../address.js';
import * as ipv4 from './header.js';
import { uint32, writeUint32 } from './octets.js';

/** What the third octet of a route or Timestamp option says: where its next free slot begins, counted from 1. */
export const pointerOf = (octets: Uint8Array, at: number): number => octets[at + 2]!;

/** How far a source route is followed before the datagram leaves, or is delivered. */
export interface RouteAhead {
  /** The next stop that is not ours; where no stop is left, the last of ours. */
  readonly destination: Address;
  /** How many slots are used up on the way to it: call `advanceSourceRoute` as often. */
  readonly advances: number;
}

/**
 * Follows the source route at `at` from the destination through all stops in a row that are ours.
 *
 * Only reads. No advance where the destination is not ours, or the route is exhausted.
 * Source: RFC 1812 §5.2.3, §5.2.4.1.
 */
export const routeAhead = (
  datagram: Uint8Array,
  at: number,
  isOurs: (address: Address) => boolean,
): RouteAhead => {
  let destination = ipv4.destination(datagram);
  let advances = 0;
  while (isOurs(destination)) {
    const stop = nextStop(datagram, at, advances);
    if (stop === undefined) break;
    destination = stop;
    advances += 1;
  }
  return { destination, advances };
};

/** The stop that a source route names after `skipped` others; undefined where it is exhausted. */
export const nextStop = (datagram: Uint8Array, at: number, skipped = 0): Address | undefined => {
  const pointer = pointerOf(datagram, at) + 4 * skipped;
  return pointer + 3 > datagram[at + 1]! ? undefined : uint32(datagram, at + pointer - 1);
};

/**
 * Moves the next stop of a source route into the destination, and our address into its slot.
 *
 * Never on an exhausted route. The header checksum is left to the caller.
 * Source: RFC 1812 §5.3.13.4, §4.2.2.2, RFC 791 §3.1.
 */
export const advanceSourceRoute = (datagram: Uint8Array, at: number, egressAddress: Address): void => {
  const pointer = pointerOf(datagram, at);
  const slot = at + pointer - 1;
  writeUint32(datagram, DESTINATION_AT, uint32(datagram, slot));
  writeUint32(datagram, slot, egressAddress);
  datagram[at + 2] = pointer + 4;
};

/** The way back along a recorded route. */
export interface ReversedRoute {
  /** The IP destination. */
  readonly firstHop: Address;
  /** What follows it, the sender last; empty where the first hop is the sender. */
  readonly stops: readonly Address[];
}

/**
 * The way back to the sender along the part of a source route that was travelled; undefined where none was.
 *
 * Hosts may wrongly begin the recorded route with themselves; then the sender is named once all the same.
 * Slots that hold the destination, as where several stops in a row were ours, are left out. A route through
 * an address that no single host may have is not followed back.
 *
 * Source: RFC 1122 §3.2.1.8 (c), RFC 1812 §4.2.2.1 (c).
 */
export const reverseRoute = (datagram: Uint8Array, at: number): ReversedRoute | undefined => {
  const sender = ipv4.source(datagram);
  const destination = ipv4.destination(datagram);
  const length = datagram[at + 1]!;
  const behind = Math.min(pointerOf(datagram, at), length + 1) - 4;
  const stops = [sender];
  for (let slot = 0; slot + 4 <= behind; slot += 4) {
    const stop = uint32(datagram, at + 3 + slot);
    if ((slot === 0 && stop === sender) || stop === destination) continue;
    if (!isUnicast(stop)) return undefined;
    stops.unshift(stop);
  }
  const [firstHop, ...rest] = stops;
  return rest.length === 0 ? undefined : { firstHop: firstHop!, stops: rest };
};

const DESTINATION_AT = 16;

const isUnicast = (address: Address): boolean => {
  const first = address >>> 24;
  return first !== 0 && first !== 127 && first < 224;
};
