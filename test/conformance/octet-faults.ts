import { formatAddress } from '../../src/address.js';
import * as ipv4 from '../../src/ip/header.js';
import { uint32 } from '../../src/ip/octets.js';

/**
 * What is wrong with octets that are as many as are wanted, by the name of the first field that differs; undefined where
 * none does. A checksum is named only where nothing else differs: it follows from the rest. `free` are not looked at.
 */
export const octetFault = (
  wanted: Uint8Array,
  got: Uint8Array,
  free: ReadonlySet<number>,
): string | undefined => {
  const message = ipv4.headerLength(wanted);
  const differing = Array.from(wanted.keys()).filter((at) => !free.has(at) && got[at] !== wanted[at]);
  const isChecksum = (at: number): boolean =>
    at === 10 || at === 11 || (isMessage(wanted) && (at === message + 2 || at === message + 3));
  const at = differing.find((each) => !isChecksum(each)) ?? differing[0];
  return at === undefined ? undefined : faultAt(at, wanted, got, message);
};

/** Whether an ICMP or IGMP message begins in it. */
const isMessage = (octets: Uint8Array): boolean => isIcmp(octets) || isIgmp(octets);

export const isIcmp = (octets: Uint8Array): boolean =>
  octets[9] === ipv4.PROTOCOL_ICMP && !ipv4.isFragment(octets);

const isIgmp = (octets: Uint8Array): boolean => octets[9] === ipv4.PROTOCOL_IGMP && !ipv4.isFragment(octets);

const faultAt = (at: number, wanted: Uint8Array, got: Uint8Array, message: number): string => {
  const address = (name: string, from: number): string =>
    `${name} ${formatAddress(uint32(got, from))} instead of ${formatAddress(uint32(wanted, from))}`;
  const [a, b] = [got[at]!, wanted[at]!];
  if (at >= 12 && at < 16) return address('source', 12);
  if (at >= 16 && at < 20) return address('destination', 16);
  const place = at - message;
  if (isIgmp(wanted) && wanted[message] === 0x11) {
    if (place >= 4 && place < 8) return address('group', message + 4);
    if (place === 8 && ((a ^ b) & 8) !== 0) return `S flag ${(a >>> 3) & 1} instead of ${(b >>> 3) & 1}`;
    if (place >= 12) return address('queried source', message + (place & ~3));
  }
  return `${nameOf(at, message, wanted)} ${a.toString(16)}h instead of ${b.toString(16)}h`;
};

const HEADER_FIELDS = [
  'version and header length', 'TOS', 'total length', 'total length', 'identification', 'identification',
  'flags', 'offset', 'TTL', 'protocol', 'header checksum', 'header checksum',
]; // biome-ignore format: the header in its order

const QUERY_FIELDS = [
  'type', 'Max Resp Code', 'checksum', 'checksum', 'group', 'group', 'group', 'group',
  'QRV', 'QQIC', 'number of sources', 'number of sources',
]; // biome-ignore format: the message in its order

const nameOf = (at: number, message: number, octets: Uint8Array): string => {
  const place = at - message;
  if (at < HEADER_FIELDS.length) return HEADER_FIELDS[at]!;
  if (at < message) return `option octet ${at}`;
  if (isIgmp(octets)) return QUERY_FIELDS[place] ?? `IGMP octet ${place}`;
  if (!isIcmp(octets)) return `octet ${at}`;
  if (place >= 8) return `octet ${place - 8} after the ICMP header`;
  return ['type', 'code', 'checksum', 'checksum'][place] ?? `ICMP octet ${place}`;
};
