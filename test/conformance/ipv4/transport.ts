import { checksum, writeUint16 } from '../../../src/ip/octets.js';
import { addressOctets } from '../../support/datagram.js';
import { HOST, ROUTER } from '../topology.js';
import { joined } from './sends.js';

/** The checksum over a message from the host on port 0 to the router, and over its pseudo header. */
export const transportChecksum = (protocol: number, message: Uint8Array): number => {
  const pseudoHeader = [
    ...addressOctets(HOST[0]),
    ...addressOctets(ROUTER[0]),
    0,
    protocol,
    0,
    message.length,
  ];
  const covered = joined(pseudoHeader, message);
  return checksum(covered, 0, covered.length);
};

/** A TCP segment with the flag SYN to port 80 and a right checksum. */
export const SYN = joined([0x30, 0x39, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0xff, 0xff, 0, 0, 0, 0]);
writeUint16(SYN, 16, transportChecksum(6, SYN));
