import { type Address, isMulticast, LIMITED_BROADCAST } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { OptionPolicy, OptionSettings } from '../settings.js';
import * as ipv4 from './header.js';
import { pointerOf, routeAhead } from './source-route.js';

/** Option types, the copied bit and the class included. Source: RFC 791 §3.1, RFC 2113 §2.1. */
export const END_OF_OPTIONS = 0;
export const NO_OPERATION = 1;
export const RECORD_ROUTE = 7;
export const TIMESTAMP = 68;
export const LOOSE_SOURCE_ROUTE = 131;
export const STRICT_SOURCE_ROUTE = 137;
export const ROUTER_ALERT = 148;

/** What a Timestamp option records: the low four bits of its fourth octet. Source: RFC 791 §3.1. */
export const TIMES_ONLY = 0;
export const ADDRESSES_AND_TIMES = 1;
export const PRESPECIFIED_ADDRESSES = 3;

/** The highest overflow count of a Timestamp option. */
export const MAXIMUM_OVERFLOW = 15;

/**
 * The options in a header, each as the offset of its type from the start of the datagram.
 *
 * Undefined for an option that is absent.
 */
export interface ParsedOptions {
  readonly recordRoute: number | undefined;
  readonly timestamp: number | undefined;
  readonly sourceRoute: number | undefined;
  /** Whether the source route is strict; false without one. */
  readonly isStrict: boolean;
  readonly routerAlert: number | undefined;
  /** The types of all others, in order; neither End of Option List nor No Operation. */
  readonly others: readonly number[];
}

/** A fault in the options, and the octet of the header where it is. */
export interface OptionFault {
  readonly reason: 'bad-option';
  readonly pointer: number;
}

/**
 * Reads the options of a datagram whose header has passed the gate.
 *
 * Returns the first fault instead, whatever the policy for that option is. A framing fault points at the option's
 * type, a fault in its contents at the wrong octet. A full Record Route or an exhausted source route is not a fault;
 * a full Timestamp is one only if its overflow count is full, too. Anything after End of Option List is ignored, as
 * are the values of Router Alert, of which only 0 is assigned.
 *
 * Source: RFC 791 §3.1, RFC 792, RFC 1812 §4.2.2.1, RFC 2113 §2.
 */
export const parseOptions = (datagram: Uint8Array): ParsedOptions | OptionFault => {
  const end = ipv4.headerLength(datagram);
  let recordRoute: number | undefined;
  let timestamp: number | undefined;
  let sourceRoute: number | undefined;
  let routerAlert: number | undefined;
  const others: number[] = [];
  for (let at = ipv4.OPTIONS_AT; at < end; ) {
    const type = datagram[at]!;
    if (type === END_OF_OPTIONS) break;
    if (type === NO_OPERATION) {
      at += 1;
      continue;
    }
    const length = at + 1 < end ? datagram[at + 1]! : 0;
    if (length < 2 || at + length > end) return fault(at);
    let wrong: number | undefined;
    switch (type) {
      case RECORD_ROUTE:
        wrong = recordRoute === undefined ? faultOfRoute(datagram, at, length) : 0;
        recordRoute = at;
        break;
      case TIMESTAMP:
        wrong = timestamp === undefined ? faultOfTimestamp(datagram, at, length) : 0;
        timestamp = at;
        break;
      case LOOSE_SOURCE_ROUTE:
      case STRICT_SOURCE_ROUTE:
        wrong = sourceRoute === undefined ? faultOfRoute(datagram, at, length) : 0;
        sourceRoute = at;
        break;
      case ROUTER_ALERT:
        if (length !== 4) wrong = 1;
        routerAlert ??= at;
        break;
      default:
        others.push(type);
    }
    if (wrong !== undefined) return fault(at + wrong);
    at += length;
  }
  const isStrict = sourceRoute !== undefined && datagram[sourceRoute] === STRICT_SOURCE_ROUTE;
  return { recordRoute, timestamp, sourceRoute, isStrict, routerAlert, others };
};

export const isOptionFault = (options: ParsedOptions | OptionFault): options is OptionFault =>
  'reason' in options;

/**
 * The type of the first option whose policy is to drop the datagram, or undefined if there is none.
 *
 * Such a drop is silent. Source: RFC 7126 §4.
 */
export const refusedOption = (options: ParsedOptions, settings: OptionSettings): number | undefined => {
  const { recordRoute, timestamp, sourceRoute, isStrict, routerAlert, others } = options;
  if (sourceRoute !== undefined && sourceRoutePolicy(isStrict, settings) === 'drop')
    return isStrict ? STRICT_SOURCE_ROUTE : LOOSE_SOURCE_ROUTE;
  if (recordRoute !== undefined && settings.recordRoute === 'drop') return RECORD_ROUTE;
  if (timestamp !== undefined && settings.timestamp === 'drop') return TIMESTAMP;
  if (routerAlert !== undefined && settings.routerAlert === 'drop') return ROUTER_ALERT;
  return settings.other === 'drop' ? others[0] : undefined;
};

export const sourceRoutePolicy = (isStrict: boolean, settings: OptionSettings): OptionPolicy =>
  isStrict ? settings.strictSourceRoute : settings.looseSourceRoute;

/**
 * Whether a Record Route or Timestamp has no free slot.
 *
 * The last one may be less than a slot if its length is wrong, which shows only when those before it are taken.
 */
export const isFull = (octets: Uint8Array, at: number): boolean => {
  const slot = octets[at] === TIMESTAMP ? timestampSlot(octets[at + 3]! & 15) : ROUTE_SLOT;
  return pointerOf(octets, at) + slot - 1 > octets[at + 1]!;
};

const ROUTE_SLOT = 4;

const timestampSlot = (flag: number): number => (flag === TIMES_ONLY ? 4 : 8);

/** The index of the wrong octet in a Record Route or source route, from 0; undefined if there is none. */
const faultOfRoute = (datagram: Uint8Array, at: number, length: number): number | undefined => {
  if (length < 3) return 1;
  const pointer = pointerOf(datagram, at);
  return pointer < 4 || isCut(pointer, ROUTE_SLOT, length) ? 2 : undefined;
};

/** The index of the wrong octet in a Timestamp, from 0; undefined if there is none. */
const faultOfTimestamp = (datagram: Uint8Array, at: number, length: number): number | undefined => {
  if (length < 4) return 1;
  const pointer = pointerOf(datagram, at);
  if (pointer < 5) return 2;
  const flag = datagram[at + 3]! & 15;
  if (flag !== TIMES_ONLY && flag !== ADDRESSES_AND_TIMES && flag !== PRESPECIFIED_ADDRESSES) return 3;
  if (isCut(pointer, timestampSlot(flag), length)) return 2;
  // With prespecified addresses, a router that is not among them needs no room.
  const wantsRoom = flag !== PRESPECIFIED_ADDRESSES && pointer > length;
  return wantsRoom && datagram[at + 3]! >>> 4 === MAXIMUM_OVERFLOW ? 3 : undefined;
};

/** Whether there is room after the pointer, but not for a whole slot. */
const isCut = (pointer: number, slot: number, length: number): boolean =>
  pointer <= length && pointer + slot - 1 > length;

const fault = (pointer: number): OptionFault => ({ reason: 'bad-option', pointer });

/** What the options of one datagram require of this router, determined before anything is changed. */
export interface OptionPlan {
  /** Why the datagram is dropped, and the octet of its header where that was detected. */
  readonly fault: { readonly reason: DropReason; readonly pointer: number } | undefined;
  /** The destination, or the next stop of the source route. */
  readonly destination: Address;
  readonly hasSourceRoute: boolean;
  /** How many stops of the source route are used up here; 0 if none is. */
  readonly advances: number;
  /** Whether the next stop must be on an attached link. */
  readonly isStrict: boolean;
  readonly options: ParsedOptions | undefined;
}

/**
 * Plans the options of a datagram that passed the gate, according to the settings.
 *
 * Source: RFC 1812 §5.2.4.1, §5.3.13, RFC 7126 §4.
 */
export const planOptions = (
  datagram: Uint8Array,
  settings: OptionSettings,
  isOurs: (address: Address) => boolean,
): OptionPlan => {
  const destination = ipv4.destination(datagram);
  const options = parseOptions(datagram);
  if (isOptionFault(options)) return refusal(destination, options.reason, options.pointer);
  if (refusedOption(options, settings) !== undefined) return refusal(destination, 'option-refused', 0);
  const { sourceRoute, isStrict } = options;
  const isFollowed = sourceRoute !== undefined && sourceRoutePolicy(isStrict, settings) === 'process';
  // A strict route must not pass a router that is not one of its stops. Source: RFC 1812 §5.2.2.
  if (isFollowed && isStrict && !isOurs(destination))
    return refusal(destination, 'bad-option', DESTINATION_AT);
  const ahead = isFollowed ? routeAhead(datagram, sourceRoute, isOurs) : { destination, advances: 0 };
  if (ahead.advances > 0 && (isMulticast(ahead.destination) || ahead.destination === LIMITED_BROADCAST))
    return refusal(destination, 'source-route', 0);
  return {
    fault: undefined,
    destination: ahead.destination,
    hasSourceRoute: sourceRoute !== undefined,
    advances: ahead.advances,
    isStrict: ahead.advances > 0 && isStrict,
    options,
  };
};

/**
 * The drop reason for a datagram with options: an unreachable stop of its source route becomes `source-route`.
 *
 * Other reasons, such as a blackhole or forwarding that is off, stay as they are. Source: RFC 1812 §4.3.3.1, §5.2.4.3.
 */
export const reasonFor = (reason: DropReason, plan: OptionPlan | undefined): DropReason =>
  plan !== undefined && plan.advances > 0 && OUT_OF_REACH.has(reason) ? 'source-route' : reason;

const OUT_OF_REACH: ReadonlySet<DropReason> = new Set([
  'no-route',
  'tos-route',
  'unreachable-route',
  'host-unreachable',
]);

/** The offset of the destination in the header. */
const DESTINATION_AT = 16;

const refusal = (destination: Address, reason: DropReason, pointer: number): OptionPlan => ({
  fault: { reason, pointer },
  destination,
  hasSourceRoute: false,
  advances: 0,
  isStrict: false,
  options: undefined,
});
