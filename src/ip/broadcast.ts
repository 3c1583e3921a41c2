import type { DropReason } from '../drop-reason.js';
import type { Interface } from '../interface.js';
import type { RouterSettings } from '../settings.js';
import { egressFault } from './forward.js';
import * as ipv4 from './header.js';

/**
 * What becomes of a broadcast to a subnet of ours, which stands on `egress`.
 *
 * That of the link it came in by is for us too, if we listen to such at all; another one is passed on only
 * by leave. Source: RFC 2644 §3, RFC 1812 §5.3.5.2.
 */
export const decideBroadcast = (
  datagram: Uint8Array,
  egress: Interface,
  ingress: Interface,
  { ip, icmp }: RouterSettings,
): 'deliver' | 'forward' | DropReason => {
  if (egress === ingress) return ip.directedBroadcast || icmp.echoBroadcast ? 'deliver' : 'broadcast';
  if (!ip.directedBroadcast) return 'broadcast';
  if (!ingress.forwarding) return 'forwarding-off';
  if (ipv4.ttl(datagram) <= 1) return 'ttl-expired';
  return egressFault(datagram, egress, ipv4.destination(datagram)) ?? 'forward';
};
