import * as ipv4 from '../ip/header.js';
import { uint16 } from '../ip/octets.js';
import type { Matchable } from '../text/match.js';

/** The fields by which a person describes a datagram; null if the octets are not an IPv4 datagram. */
export interface DatagramFields extends Omit<Matchable, 'interface' | 'reason'> {
  readonly ttl?: number;
}

/** Reads octets that may not have passed the gate. Only the first fragment of TCP and UDP has ports. */
export const datagramFields = (octets: Uint8Array): DatagramFields => {
  const { length } = octets;
  if (length < ipv4.MINIMUM_HEADER_LENGTH || octets[0]! >>> 4 !== 4)
    return { source: null, destination: null, protocol: null, length };
  const protocol = ipv4.protocol(octets);
  const at = (octets[0]! & 0xf) * 4;
  const hasPorts =
    (protocol === ipv4.PROTOCOL_UDP || protocol === ipv4.PROTOCOL_TCP) &&
    (uint16(octets, 6) & FRAGMENT_OFFSET) === 0 &&
    length >= at + 4;
  return {
    source: ipv4.source(octets),
    destination: ipv4.destination(octets),
    protocol,
    length,
    ttl: ipv4.ttl(octets),
    ...(hasPorts ? { sourcePort: uint16(octets, at), destinationPort: uint16(octets, at + 2) } : {}),
  };
};

const FRAGMENT_OFFSET = 0x1fff;
