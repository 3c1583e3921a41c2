import { checksum } from '../../src/ip/octets.js';

/** A UDP datagram with a valid header; `fill` tells one from another. */
export function udpDatagram(
  options: { length?: number; fill?: number; destination?: string; source?: string } = {},
): Uint8Array {
  const { length = 60, fill = 0, destination = '198.51.100.10', source = '198.51.100.1' } = options;
  const octets = new Uint8Array(length).fill(fill);
  octets.set([0x45, 0, length >> 8, length & 255, 0, 0, 0, 0, 64, 17, 0, 0]);
  octets.set(source.split('.').map(Number), 12);
  octets.set(destination.split('.').map(Number), 16);
  octets.set([0x30, 0x39, 0x30, 0x39, (length - 20) >> 8, (length - 20) & 255, 0, 0], 20);
  const sum = checksum(octets, 0, 20);
  octets[10] = sum >> 8;
  octets[11] = sum & 255;
  return octets;
}
