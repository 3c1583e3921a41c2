import type { Address } from '../address.js';
import * as ipv4 from './header.js';
import { uint32, writeUint32 } from './octets.js';

/** The pointer of a route or Timestamp option: the start of its next free slot, counted from 1. */
export const pointerOf = (octets: Uint8Array, at: number): number => octets[at + 2]!;

/** How far a source route advances before the datagram leaves or is delivered. */
export interface RouteAhead {
  /** The next stop that is not ours; if no stop is left, our last one. */
  readonly destination: Address;
  /** How many slots are used up on the way; `advanceSourceRoute` must be called as often. */
  readonly advances: number;
}

/**
 * Follows the source route at `at` from the destination through all consecutive stops that are ours.
 *
 * Only reads. Does not advance if the destination is not ours, or the route is exhausted.
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

/** The stop of a source route after `skipped` others; undefined if it is exhausted. */
export const nextStop = (datagram: Uint8Array, at: number, skipped = 0): Address | undefined => {
  const pointer = pointerOf(datagram, at) + 4 * skipped;
  return pointer + 3 > datagram[at + 1]! ? undefined : uint32(datagram, at + pointer - 1);
};

/**
 * Moves the next stop of a source route into the destination, and our address into its slot.
 *
 * The route must not be exhausted. The header checksum is left to the caller.
 * Source: RFC 1812 §5.3.13.4, §4.2.2.2, RFC 791 §3.1.
 */
export const advanceSourceRoute = (datagram: Uint8Array, at: number, egressAddress: Address): void => {
  const pointer = pointerOf(datagram, at);
  const slot = at + pointer - 1;
  writeUint32(datagram, DESTINATION_AT, uint32(datagram, slot));
  writeUint32(datagram, slot, egressAddress);
  datagram[at + 2] = pointer + 4;
};

/** A recorded route, reversed. */
export interface ReversedRoute {
  /** The IP destination. */
  readonly firstHop: Address;
  /** The following stops, the sender last; empty if the first hop is the sender. */
  readonly stops: readonly Address[];
}

/**
 * Reverses the travelled part of a source route; undefined if there is none.
 *
 * Hosts may wrongly begin the recorded route with themselves; the sender is still named only once. Slots that hold
 * the destination, as when several consecutive stops were ours, are left out. A route through an address that no
 * single host may have is not reversed.
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
