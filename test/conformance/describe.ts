import { formatAddress } from '../../src/address.js';
import * as ipv4 from '../../src/ip/header.js';
import { uint16, uint32 } from '../../src/ip/octets.js';
import type { Output } from './case.js';

/** What came out, for a person: `p0: ICMP 11/0 from 10.0.1.1 to 10.0.1.10, 56 octets`. */
const describeOutput = ({ on, octets }: Output): string => `p${on}: ${describeDatagram(octets)}`;

const describeDatagram = (octets: Uint8Array): string => {
  if (octets.length < 20 || ipv4.version(octets) !== 4)
    return `${octets.length} octets that are no IPv4 datagram`;
  const way = `from ${formatAddress(ipv4.source(octets))} to ${formatAddress(ipv4.destination(octets))}`;
  const payload = ipv4.headerLength(octets);
  const offset = ipv4.fragmentOffset(octets);
  const isPiece = ipv4.isFragment(octets);
  const piece = isPiece ? `, fragment at ${offset}${ipv4.hasMoreFragments(octets) ? '+' : ''}` : '';
  const what =
    (offset === 0 ? describeMessage(octets, payload) : undefined) ??
    `protocol ${ipv4.protocol(octets)}, TTL ${ipv4.ttl(octets)}`;
  return `${what} ${way}${piece}, ${octets.length} octets`;
};

/** Undefined where it is neither ICMP nor IGMP, or too short to tell. */
const describeMessage = (octets: Uint8Array, at: number): string | undefined => {
  const protocol = ipv4.protocol(octets);
  if (protocol === ipv4.PROTOCOL_ICMP && octets.length > at + 1)
    return `ICMP ${octets[at]}/${octets[at + 1]}`;
  if (protocol !== ipv4.PROTOCOL_IGMP || octets.length < at + 8) return undefined;
  if (octets[at] !== 0x11) return `IGMP ${octets[at]!.toString(16)}h`;
  const group = uint32(octets, at + 4);
  const sources = octets.length < at + 12 ? 0 : uint16(octets, at + 10);
  const about = sources === 0 ? '' : ` and ${sources} source${sources === 1 ? '' : 's'}`;
  return group === 0 ? 'general query' : `query about ${formatAddress(group)}${about}`;
};

/** Several outputs in one line, not too long. */
export const describeOutputs = (outputs: readonly Output[]): string => {
  if (outputs.length === 0) return 'nothing came out';
  const shown = outputs.slice(0, 2).map(describeOutput).join('; ');
  return outputs.length > 2 ? `${shown}; and ${outputs.length - 2} more` : shown;
};
