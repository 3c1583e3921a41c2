import type { Address } from '../address.js';
import type { Interface } from '../interface.js';
import type { Instant } from '../time.js';
import * as ipv4 from './header.js';
import { writeUint32 } from './octets.js';
import { stampRecordRoute, stampTimestamp } from './option-stamp.js';
import { isFull, isOptionFault, parseOptions } from './options.js';
import { type ReversedRoute, reverseRoute } from './source-route.js';

/** The options of an answer. */
export interface AnswerOptions {
  /** Ready for the header: a multiple of 4 octets; empty if there are none. */
  readonly options: Uint8Array;
  /** The IP destination if the answer goes back along a source route; otherwise undefined. */
  readonly firstHop: Address | undefined;
}

/** What the options of an answer depend on. */
export interface AnsweringRouter {
  isOurs(address: Address): boolean;
  exitTo(
    destination: Address,
    like: Uint8Array,
  ): { readonly egress: Interface; readonly nextHop: Address } | undefined;
  addressOn(egress: Interface, peer: Address): Address | undefined;
  utcMilliseconds(now: Instant): number | undefined;
}

/**
 * The options for the answer to a query: Record Route and Timestamp with our stamps added, and a reversed
 * source route.
 *
 * We stamp twice: on arrival with the queried address, and on departure with the address of the egress, so that the
 * record covers the whole round trip. All other options are left out.
 *
 * Source: RFC 1812 §4.3.3.6, RFC 1122 §3.2.1.8.
 */
export const replyOptions = (
  request: Uint8Array,
  asked: Address,
  router: AnsweringRouter,
  now: Instant,
): AnswerOptions => {
  if (!ipv4.hasOptions(request)) return NO_OPTIONS;
  const parsed = parseOptions(request);
  if (isOptionFault(parsed)) return NO_OPTIONS;
  const { recordRoute, timestamp, sourceRoute } = parsed;
  const route = sourceRoute === undefined ? undefined : reverseRoute(request, sourceRoute);
  const writer = new OptionWriter();
  if (sourceRoute !== undefined && route !== undefined) writer.addRoute(request[sourceRoute]!, route);
  const recordAt = recordRoute === undefined ? undefined : writer.addCopy(request, recordRoute);
  const timestampAt = timestamp === undefined ? undefined : writer.addCopy(request, timestamp);

  const exit = router.exitTo(route?.firstHop ?? ipv4.source(request), request);
  const leaving = exit === undefined ? undefined : router.addressOn(exit.egress, exit.nextHop);
  const time = router.utcMilliseconds(now);
  const { octets } = writer;
  if (recordAt !== undefined) {
    stampRecordRoute(octets, recordAt, asked);
    if (leaving !== undefined) stampRecordRoute(octets, recordAt, leaving);
  }
  if (timestampAt !== undefined) {
    stampTimestamp(octets, timestampAt, asked, router.isOurs, time);
    // Without room, the overflow is counted once.
    if (leaving !== undefined && !isFull(octets, timestampAt))
      stampTimestamp(octets, timestampAt, leaving, router.isOurs, time);
  }
  return { options: writer.finish(), firstHop: route?.firstHop };
};

/**
 * The options for an ICMP error: only the travelled part of the original's source route, reversed.
 *
 * None for a Parameter Problem, which may be about that very route. Source: RFC 1812 §4.3.2.6.
 */
export const errorOptions = (original: Uint8Array, isParameterProblem: boolean): AnswerOptions => {
  if (isParameterProblem || !ipv4.hasOptions(original)) return NO_OPTIONS;
  const parsed = parseOptions(original);
  if (isOptionFault(parsed) || parsed.sourceRoute === undefined) return NO_OPTIONS;
  const route = reverseRoute(original, parsed.sourceRoute);
  if (route === undefined) return NO_OPTIONS;
  const writer = new OptionWriter();
  writer.addRoute(original[parsed.sourceRoute]!, route);
  return { options: writer.finish(), firstHop: route.firstHop };
};

/** Of all options of a datagram. */
const MAXIMUM_LENGTH = 40;

const NO_OPTIONS: AnswerOptions = { options: new Uint8Array(0), firstHop: undefined };

/**
 * Writes options one after the other.
 *
 * They always fit: each comes from the same header and has not grown.
 */
class OptionWriter {
  readonly octets = new Uint8Array(MAXIMUM_LENGTH);
  #length = 0;

  /** Appends the option at `from` unchanged; returns where it now begins. */
  addCopy(datagram: Uint8Array, from: number): number {
    const at = this.#length;
    const length = datagram[from + 1]!;
    this.octets.set(datagram.subarray(from, from + length), at);
    this.#length += length;
    return at;
  }

  addRoute(type: number, route: ReversedRoute): void {
    const at = this.#length;
    const length = 3 + 4 * route.stops.length;
    this.octets.set([type, length, 4], at);
    for (const [index, stop] of route.stops.entries()) writeUint32(this.octets, at + 3 + 4 * index, stop);
    this.#length += length;
  }

  /** All of them, padded with End of Option List. */
  finish(): Uint8Array {
    return this.octets.subarray(0, (this.#length + 3) & ~3);
  }
}
