import type { Address } from '../address.js';
import type { OptionSettings } from '../settings.js';
import * as ipv4 from './header.js';
import { stampRecordRoute, stampTimestamp } from './option-stamp.js';
import { type OptionPlan, planOptions } from './options.js';
import { advanceSourceRoute } from './source-route.js';

/**
 * Carries out an option plan without a fault: advances the source route, and records route and time.
 *
 * `address` is our address on the egress. Recomputes the header checksum. Source: RFC 1812 §5.3.13.4 to §5.3.13.6.
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
 * A datagram for us with its source route completed: a copy, or the datagram itself if no source route ends here.
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
