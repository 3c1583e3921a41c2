import { type Address, isLinkLocalMulticast } from '../address.js';
import { type Interface, isBeyond } from '../interface.js';
import * as ipv4 from './header.js';
import type { MulticastTables } from './multicast-route.js';
import type { Reflection } from './multicast-settings.js';
import { uint16 } from './octets.js';

/** Where hosts look for services on their own link. Source: RFC 6762 §3; UPnP Device Architecture 2.0 §1.3. */
const SERVICES: Readonly<Record<Reflection['service'], { readonly group: Address; readonly port: number }>> =
  {
    mdns: { group: 0xe00000fb, port: 5353 },
    ssdp: { group: 0xeffffffa, port: 1900 },
  };

const DESTINATION_PORT_AT = 2;

/**
 * The interfaces to which a datagram is reflected; none for most.
 *
 * Only a neighbor's datagram is, whatever `reverse-path` says: what another router has reflected is not reflected again,
 * so nothing goes round in circles. A fragment has no port to be recognized by.
 */
export const reflectedTo = (
  { settings, leadsTo }: MulticastTables,
  datagram: Uint8Array,
  ingress: Interface,
): readonly Interface[] => {
  if (settings.reflect.length === 0 || ipv4.protocol(datagram) !== ipv4.PROTOCOL_UDP) return NONE;
  const group = ipv4.destination(datagram);
  const portAt = ipv4.headerLength(datagram) + DESTINATION_PORT_AT;
  if (ipv4.isFragment(datagram) || datagram.length < portAt + 2) return NONE;
  const port = uint16(datagram, portAt);
  const meant = settings.reflect.filter(({ service, between }) => {
    const { group: ofService, port: portOfService } = SERVICES[service];
    return group === ofService && port === portOfService && between.includes(ingress);
  });
  if (meant.length === 0 || !settings.routing || !leadsTo(ipv4.source(datagram), ingress)) return NONE;
  const isOpen = (each: Interface): boolean => each.forwarding && !isBeyond(each.scope, group);
  if (!isOpen(ingress)) return NONE;
  const others = new Set(meant.flatMap(({ between }) => between));
  others.delete(ingress);
  return [...others].filter((each) => each.up && isOpen(each));
};

/**
 * The TTL of a reflected datagram.
 *
 * That of a group which never leaves its link stays, because receivers may insist on 255; others get one less,
 * but go on with TTL 1. Source: RFC 6762 §11.
 */
export const reflectedTtl = (datagram: Uint8Array): number => {
  const ttl = ipv4.ttl(datagram);
  return isLinkLocalMulticast(ipv4.destination(datagram)) ? ttl : Math.max(1, ttl - 1);
};

const NONE: readonly Interface[] = [];
