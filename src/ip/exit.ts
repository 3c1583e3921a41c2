import { type Address, contains } from '../address.js';
import type { Interface } from '../interface.js';
import { egressOf, type Fib, onlyNextHop, pickNextHop, type Way, wayFor } from './fib.js';
import type { FlowHash } from './flow.js';
import * as ipv4 from './header.js';

/** How a datagram leaves: an interface, and a neighbor on its link. */
export interface Exit {
  readonly egress: Interface;
  readonly nextHop: Address;
}

/**
 * The exit of a datagram of our own that answers `like`, or undefined if it cannot reach its destination.
 *
 * Among several next hops it uses the one of the flow to which it belongs. Source: RFC 1812 §5.2.4.3.
 */
export const exitTo = (
  fib: Fib,
  destination: Address,
  like: Uint8Array,
  flows: FlowHash,
  interfaces: readonly Interface[],
): Exit | undefined => {
  const entry = fib.lookup(destination);
  if (entry?.kind !== 'route') return undefined;
  const way = entry.way ?? entry.tosWays[0]!;
  const exit = exitBy(way, destination, () => flows.hashOfAnswer(like), interfaces);
  return exit?.egress.wire.resolve(exit.nextHop) === undefined ? undefined : exit;
};

/**
 * The exit that a datagram in transit would use if nothing prevented it; undefined if it is for us or has no route.
 */
export const onwardExit = (
  fib: Fib,
  datagram: Uint8Array,
  flows: FlowHash,
  interfaces: readonly Interface[],
): Exit | undefined => {
  const destination = ipv4.destination(datagram);
  const entry = fib.lookup(destination);
  if (entry?.kind !== 'route') return undefined;
  const way = wayFor(entry, ipv4.tos(datagram));
  return way === undefined ? undefined : exitBy(way, destination, () => flows.hash(datagram), interfaces);
};

/** The exit by one of the next hops of a way; `hash` selects it if there are several. */
const exitBy = (
  way: Way,
  destination: Address,
  hash: () => number,
  interfaces: readonly Interface[],
): Exit | undefined => {
  const hop = onlyNextHop(way) ?? pickNextHop(way, hash());
  if (typeof hop === 'string') return undefined;
  return { egress: egressOf(hop, interfaces), nextHop: hop.via === 0 ? destination : hop.via };
};

/** Whether an address is in a subnet of one of these interfaces. */
export const isAttached = (address: Address, interfaces: readonly Interface[]): boolean =>
  interfaces.some((each) => each.addresses.some(({ prefix }) => contains(prefix, address)));
