import * as ipv4 from '../../../src/ip/header.js';

export const isQuery = (octets: Uint8Array): boolean =>
  ipv4.protocol(octets) === ipv4.PROTOCOL_IGMP && octets[ipv4.headerLength(octets)] === 0x11;

/** A query of the router's periodic ones: to all systems, about no group. */
export const isGeneralQuery = (octets: Uint8Array): boolean => {
  const at = ipv4.headerLength(octets);
  return isQuery(octets) && octets.subarray(at + 4, at + 8).every((octet) => octet === 0);
};
