import * as address from '../address.js';
import type { Interface } from '../interface.js';
import type { IpSettings } from '../settings.js';

/**
 * Whether no single host may send from a source address, whatever networks are attached.
 *
 * 0/8, 127/8, groups and the limited broadcast address always; 240/4 and 169.254/16 unless the
 * settings allow them, but see `isLinkLocalNeighbor`. The FIB knows broadcast addresses of attached networks and our own addresses.
 *
 * Source: RFC 1812 §5.3.7.
 */
export const isMartianSource = (source: address.Address, settings: IpSettings): boolean => {
  const first = source >>> 24;
  if (first === 0 || first === 127) return true;
  if (first < 169) return false;
  if (first >= 240) return source === address.LIMITED_BROADCAST || !settings.classE;
  return first >= 224 || (address.isLinkLocal(source) && !settings.linkLocal);
};

/**
 * Whether a source is a link-local address in a subnet of the interface on which it arrived.
 *
 * Such a neighbor may talk to the router itself; `isConfined` keeps it from going any further.
 *
 * Source: RFC 3927 §2.7.
 */
export const isLinkLocalNeighbor = (
  source: address.Address,
  { addresses }: Pick<Interface, 'addresses'>,
): boolean => address.isLinkLocal(source) && addresses.some(({ prefix }) => address.isHostOf(prefix, source));

/** Whether datagrams from a source must not leave its link. Source: RFC 3927 §7. */
export const isConfined = (source: address.Address, settings: Pick<IpSettings, 'linkLocal'>): boolean =>
  !settings.linkLocal && address.isLinkLocal(source);

/**
 * Whether a unicast destination may not be routed: 0/8, 127/8, and, unless allowed, 240/4 or 169.254/16.
 *
 * Source: RFC 1812 §5.3.7, RFC 3927 §7.
 */
export const isMartianDestination = (destination: address.Address, settings: IpSettings): boolean => {
  const first = destination >>> 24;
  if (first === 0 || first === 127) return true;
  if (first < 169) return false;
  return first >= 240 ? !settings.classE : address.isLinkLocal(destination) && !settings.linkLocal;
};

/** Whether an ICMP error may be sent to this address, judging by the address alone. Source: RFC 1812 §4.3.2.7. */
export const isSingleHost = (host: address.Address, settings: IpSettings): boolean =>
  !isMartianSource(host, { ...settings, linkLocal: true });
