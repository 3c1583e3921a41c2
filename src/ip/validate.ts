import type { DropReason } from '../drop-reason.js';
import { isChecksumRight } from './checksum.js';
import * as ipv4 from './header.js';

/**
 * The gate: what must hold before any field of a datagram is believed.
 *
 * Returns why the octets are refused, or undefined where the accessors of `header.ts` may be used on
 * them. Where it says `truncated`, the whole header is there and right, and only the payload is short.
 * Octets behind the total length are no fault: the caller cuts them off.
 *
 * Source: RFC 1812 §5.2.2.
 */
export const validate = (octets: Uint8Array): DropReason | undefined => {
  if (octets.length < ipv4.MINIMUM_HEADER_LENGTH) return 'too-short';
  const version = ipv4.version(octets);
  if (version !== 4) return version === 6 ? 'ipv6' : 'bad-version';
  const headerLength = ipv4.headerLength(octets);
  if (headerLength < ipv4.MINIMUM_HEADER_LENGTH || headerLength > octets.length) return 'bad-header-length';
  if (!isChecksumRight(octets, 0, headerLength)) return 'bad-checksum';
  const totalLength = ipv4.totalLength(octets);
  if (totalLength < headerLength) return 'bad-total-length';
  return totalLength > octets.length ? 'truncated' : undefined;
};
