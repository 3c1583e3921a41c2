import { type Address, isMulticast, LIMITED_BROADCAST } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { OptionSettings } from '../settings.js';
import * as ipv4 from './header.js';
import { stampRecordRoute, stampTimestamp } from './option-stamp.js';
import {
  isOptionFault,
  type ParsedOptions,
  parseOptions,
  refusedOption,
  sourceRoutePolicy,
} from './options.js';
import { advanceSourceRoute, routeAhead } from './source-route.js';

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

/**
 * Does what the plan found to do: moves the source route on, and records route and time.
 *
 * `address` is ours on the side by which the datagram leaves; a plan without a fault. Writes the header
 * checksum anew. Source: RFC 1812 §5.3.13.4 to §5.3.13.6.
 */
export const rewriteOptions = (
  datagram: Uint8Array,
  plan: OptionPlan,
  settings: OptionSettings,
  address: Address,
  isOurs: (address: Address) => boolean,
  utcMilliseconds: number | undefined,
): void => {
  const { recordRoute, timestamp } = plan.options!;
  advanceRoute(datagram, plan, address);
  if (recordRoute !== undefined && settings.recordRoute === 'process')
    stampRecordRoute(datagram, recordRoute, address);
  if (timestamp !== undefined && settings.timestamp === 'process')
    stampTimestamp(datagram, timestamp, address, isOurs, utcMilliseconds);
  ipv4.writeChecksum(datagram);
};

/**
 * A datagram for us as it stands when its source route is used up: itself, where none ends here, else a copy.
 *
 * Source: RFC 1812 §5.2.4.1.
 */
export const finishedRoute = (
  datagram: Uint8Array,
  settings: OptionSettings,
  isOurs: (address: Address) => boolean,
  allocate: (length: number) => Uint8Array,
): Uint8Array => {
  if (!ipv4.hasOptions(datagram)) return datagram;
  const plan = planOptions(datagram, settings, isOurs);
  if (plan.fault !== undefined || plan.advances === 0) return datagram;
  const finished = allocate(datagram.length);
  finished.set(datagram);
  advanceRoute(finished, plan, plan.destination);
  ipv4.writeChecksum(finished);
  return finished;
};

const advanceRoute = (datagram: Uint8Array, plan: OptionPlan, address: Address): void => {
  for (let stop = 0; stop < plan.advances; stop += 1)
    advanceSourceRoute(datagram, plan.options!.sourceRoute!, address);
};

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
