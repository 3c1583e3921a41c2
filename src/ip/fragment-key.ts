import * as ipv4 from './header.js';

/**
 * What the fragments of one datagram have in common: source, destination, identification and protocol.
 *
 * A string of six characters of 16 bits each, not for reading: 88 bits do not fit into a number.
 *
 * Source: RFC 791 §3.2.
 */
export const reassemblyKey = (datagram: Uint8Array): string => {
  const source = ipv4.source(datagram);
  const destination = ipv4.destination(datagram);
  return String.fromCharCode(
    source >>> 16,
    source & 0xffff,
    destination >>> 16,
    destination & 0xffff,
    ipv4.identification(datagram),
    ipv4.protocol(datagram),
  );
};
