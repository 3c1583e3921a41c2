import { type Address, ALL_ROUTERS, ALL_SYSTEMS, isHostOf, UNSPECIFIED } from '../address.js';
import type { InterfaceAddress } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import { isOptionFault, parseOptions } from '../ip/options.js';
import * as igmp from './message.js';
import type { Refusal } from './refusal.js';
import { ALL_V3_ROUTERS } from './write.js';

/** What messages are measured against. */
export interface InputRules {
  /** Of the interface; empty where it is unnumbered. */
  readonly addresses: readonly InterfaceAddress[];
  readonly requireRouterAlert: boolean;
  /** Whether the router advertises itself to switches, and so takes their solicitations. */
  readonly takesSolicitations: boolean;
  /** Whether the router itself is in a group on this interface. */
  isJoined(group: Address): boolean;
}

/** The IGMP message in a datagram that passed the gate. */
export const messageIn = (datagram: Uint8Array): Uint8Array => datagram.subarray(ipv4.headerLength(datagram));

/**
 * Why a datagram of protocol 2 is not heeded, or undefined where all accessors of its message may be used.
 *
 * The message itself is looked at first, then whether its datagram may have brought it: what has another
 * TTL than 1 or a strange source is not from this link.
 *
 * Source: RFC 9776 §4, §4.1.12, §4.2.14, §4.2.15, §9.
 */
export const inputFault = (datagram: Uint8Array, rules: InputRules): Refusal | undefined => {
  if (ipv4.isFragment(datagram)) return 'fragment';
  const message = messageIn(datagram);
  const isSolicitation = rules.takesSolicitations && igmp.isSolicitation(message);
  const fault = isSolicitation ? igmp.validateSolicitation(message) : igmp.validate(message);
  if (fault !== undefined) return fault;
  if (ipv4.ttl(datagram) !== 1) return 'wrong-ttl';
  const distrust = sourceFault(ipv4.source(datagram), rules);
  if (distrust !== undefined) return distrust;
  if (!isTo(ipv4.destination(datagram), message, rules)) return 'wrong-destination';
  return needsRouterAlert(message, rules) && !hasRouterAlert(datagram) ? 'no-router-alert' : undefined;
};

/** A host without an address yet may report, from 0.0.0.0. Source: RFC 9776 §4.2.14. */
const sourceFault = (source: Address, { addresses }: InputRules): Refusal | undefined => {
  if (source === UNSPECIFIED) return undefined;
  if (addresses.some(({ address }) => address === source)) return 'own-source';
  const isFromHere = addresses.length === 0 || addresses.some(({ prefix }) => isHostOf(prefix, source));
  return isFromHere ? undefined : 'off-subnet';
};

const isTo = (destination: Address, message: Uint8Array, rules: InputRules): boolean => {
  if (igmp.isSolicitation(message)) return destination === ALL_ROUTERS;
  const isOurs = rules.addresses.some(({ address }) => address === destination);
  const group = igmp.group(message);
  switch (igmp.type(message)) {
    case igmp.MEMBERSHIP_QUERY:
      if (igmp.isGeneralQuery(message)) return isOurs || destination === ALL_SYSTEMS;
      return isOurs || destination === group || isAssigned(destination, rules);
    case igmp.V3_REPORT:
      return isOurs || destination === ALL_V3_ROUTERS;
    case igmp.LEAVE_GROUP:
      return destination === ALL_ROUTERS || destination === group;
    default:
      return isOurs || destination === group || isAssigned(destination, rules);
  }
};

const isAssigned = (destination: Address, rules: InputRules): boolean =>
  destination === ALL_SYSTEMS ||
  destination === ALL_ROUTERS ||
  destination === ALL_V3_ROUTERS ||
  rules.isJoined(destination);

/** Version 1 knows no Router Alert. Source: RFC 9776 §9.1, §9.2. */
const needsRouterAlert = (message: Uint8Array, rules: InputRules): boolean => {
  const type = igmp.type(message);
  if (type === igmp.MEMBERSHIP_QUERY) return igmp.queryVersion(message) !== 1;
  return rules.requireRouterAlert && type !== igmp.V1_REPORT && !igmp.isSolicitation(message);
};

const hasRouterAlert = (datagram: Uint8Array): boolean => {
  if (!ipv4.hasOptions(datagram)) return false;
  const options = parseOptions(datagram);
  return !isOptionFault(options) && options.routerAlert !== undefined;
};
