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

/** What a Timestamp option is to hold: the low four bits of its fourth octet. Source: RFC 791 §3.1. */
export const TIMES_ONLY = 0;
export const ADDRESSES_AND_TIMES = 1;
export const PRESPECIFIED_ADDRESSES = 3;

/** How many routers without room a Timestamp option can count. */
export const MAXIMUM_OVERFLOW = 15;

/**
 * Which options a header holds, and where: octets from the start of the datagram to the option's type.
 *
 * Undefined for an option that is not there.
 */
export interface ParsedOptions {
  readonly recordRoute: number | undefined;
  readonly timestamp: number | undefined;
  readonly sourceRoute: number | undefined;
  /** The source route is strict; false without one. */
  readonly isStrict: boolean;
  readonly routerAlert: number | undefined;
  /** The types of all others, in order; neither End of Option List nor No Operation. */
  readonly others: readonly number[];
}

/** What is wrong with the options, and at which octet of the header. */
export interface OptionFault {
  readonly reason: 'bad-option';
  readonly pointer: number;
}

/**
 * Reads the options of a datagram whose header has passed the gate.
 *
 * Returns the first fault instead, whatever the policy for that option is. A fault of the framing points at
 * the option's type, one of its contents at the octet that is wrong. A full Record Route or an exhausted
 * source route is none; a full Timestamp is one only when it can count no further. What follows End of
 * Option List is not looked at. Router Alert values are not looked at either: only 0 is assigned, others
 * are ignored.
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
    let wrong = -1;
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
    if (wrong >= 0) return fault(at + wrong);
    at += length;
  }
  const isStrict = sourceRoute !== undefined && datagram[sourceRoute] === STRICT_SOURCE_ROUTE;
  return { recordRoute, timestamp, sourceRoute, isStrict, routerAlert, others };
};

export const isOptionFault = (options: ParsedOptions | OptionFault): options is OptionFault =>
  'reason' in options;

/**
 * The type of an option that this router is told to drop datagrams for, or undefined where there is none.
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

/** Whether no slot of a route or Timestamp option is left. */
export const isFull = (octets: Uint8Array, at: number): boolean => pointerOf(octets, at) > octets[at + 1]!;

/** Which of its octets is wrong in a Record Route or source route, counted from 0; -1 for none. */
const faultOfRoute = (datagram: Uint8Array, at: number, length: number): number => {
  if (length < 3) return 1;
  const pointer = pointerOf(datagram, at);
  return pointer < 4 || isCut(pointer, 4, length) ? 2 : -1;
};

/** Which of its octets is wrong in a Timestamp, counted from 0; -1 for none. */
const faultOfTimestamp = (datagram: Uint8Array, at: number, length: number): number => {
  if (length < 4) return 1;
  const pointer = pointerOf(datagram, at);
  if (pointer < 5) return 2;
  const flag = datagram[at + 3]! & 15;
  if (flag !== TIMES_ONLY && flag !== ADDRESSES_AND_TIMES && flag !== PRESPECIFIED_ADDRESSES) return 3;
  if (isCut(pointer, flag === TIMES_ONLY ? 4 : 8, length)) return 2;
  // Where addresses are prespecified, a router that is not among them wants no room.
  const wantsRoom = flag !== PRESPECIFIED_ADDRESSES && pointer > length;
  return wantsRoom && datagram[at + 3]! >>> 4 === MAXIMUM_OVERFLOW ? 3 : -1;
};

/** Whether there is room behind the pointer, but not for a whole slot. */
const isCut = (pointer: number, slot: number, length: number): boolean =>
  pointer <= length && pointer + slot - 1 > length;

const fault = (pointer: number): OptionFault => ({ reason: 'bad-option', pointer });

/** What the options of one datagram ask of this router, read before anything is changed. */
export interface OptionPlan {
  /** Why the datagram goes no further, and at which octet of its header that was seen. */
  readonly fault: { readonly reason: DropReason; readonly pointer: number } | undefined;
  /** Where the datagram is to be taken: its destination, or the next stop of its source route. */
  readonly destination: Address;
  readonly hasSourceRoute: boolean;
  /** How many stops of the source route are used up here; 0 where none is followed here. */
  readonly advances: number;
  /** The next stop must be on an attached link. */
  readonly isStrict: boolean;
  readonly options: ParsedOptions | undefined;
}

/**
 * Reads the options of a datagram that passed the gate, by the settings.
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
  // A strict route is off its way where its destination is not the router that received it. Source: RFC 1812 §5.2.2.
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
 * The reason to drop a datagram with its plan: a stop of its source route that cannot be reached is one of its own.
 *
 * What is switched off, swallowed or forbidden stays what it is. Source: RFC 1812 §4.3.3.1, §5.2.4.3.
 */
export const reasonFor = (reason: DropReason, plan: OptionPlan | undefined): DropReason =>
  plan !== undefined && plan.advances > 0 && OUT_OF_REACH.has(reason) ? 'source-route' : reason;

const OUT_OF_REACH: ReadonlySet<DropReason> = new Set([
  'no-route',
  'tos-route',
  'unreachable-route',
  'host-unreachable',
]);

/** The octet at which the destination stands in the header. */
const DESTINATION_AT = 16;

const refusal = (destination: Address, reason: DropReason, pointer: number): OptionPlan => ({
  fault: { reason, pointer },
  destination,
  hasSourceRoute: false,
  advances: 0,
  isStrict: false,
  options: undefined,
});
