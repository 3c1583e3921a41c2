import { type Address, contains } from '../address.js';
import type { Interface } from '../interface.js';

/**
 * The source address that a router uses on one of its interfaces towards a peer.
 *
 * An address in the peer's subnet if there is one, else the primary. An unnumbered interface borrows the loopback
 * address, or else the router's first address, always the same one. Undefined only for a router without any
 * address. Source: RFC 1812 §4.3.2.4, §2.2.7.
 */
export const addressTowards = (
  egress: Interface,
  peer: Address,
  loopback: Address | undefined,
  interfaces: readonly Interface[],
): Address | undefined => {
  for (const { address, prefix } of egress.addresses) if (contains(prefix, peer)) return address;
  const primary = egress.addresses[0]?.address ?? loopback;
  return primary ?? interfaces.find((each) => each.addresses.length > 0)?.addresses[0]?.address;
};
