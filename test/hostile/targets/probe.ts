import { PROTOCOL_ICMP } from '../../../src/ip/header.js';
import { checksum, writeUint16 } from '../../../src/ip/octets.js';
import { addressOctets, datagram } from '../../support/datagram.js';
import { message } from '../../support/icmp.js';
import type { Target } from '../target.js';
import { watchedRouter } from './watched-router.js';

/**
 * PROBE and ICMP extensions: the first octet chooses whose interface is meant and which checksum is mended, the rest
 * is the extension structure.
 */
export const probe: Target = {
  name: 'probe',
  run: (octets) => {
    const choice = octets[0] ?? 0;
    const extension = octets.slice(1);
    if ((choice & 2) === 0 && extension.length >= 8) {
      writeUint16(extension, 4, extension.length - 4);
      writeUint16(extension, 2, 0);
      if ((choice & 4) === 0) writeUint16(extension, 2, checksum(extension, 0, extension.length));
    }
    const router = watchedRouter(0);
    const payload = message(42, 0, [0, 1, 1, choice & 1, ...extension]);
    router.receive(datagram({ protocol: PROTOCOL_ICMP, destination: '192.0.2.1', payload }));
    router.settle();
  },
  seeds: [
    [1],
    [1, 0x20, 0, 0, 0],
    [1, 0x20, 0, 0, 0, 0, 4, 3, 3],
    [1, 0x20, 0, 0, 0, 0, 12, 3, 2, 0, 0, 0, 1, 0, 0, 0, 0],
    [1, 0x20, 0, 0, 0, 0, 12, 3, 1, ...new TextEncoder().encode('r1.red\0\0')],
    [1, 0x20, 0, 0, 0, 0, 8, 3, 2, 0, 0, 0, 1],
    [1, 0x20, 0, 0, 0, 0, 12, 3, 3, 0, 1, 4, 0, ...addressOctets('192.0.2.1')],
    [0, 0x20, 0, 0, 0, 0, 12, 3, 3, 0, 1, 4, 0, ...addressOctets('198.51.100.10')],
    [1, 0x20, 0, 0, 0, 0, 24, 3, 3, 0, 2, 16, 0, ...new Uint8Array(16)],
  ].map((seed) => Uint8Array.from(seed)),
  longest: 96,
  words: [
    new TextEncoder().encode('r1.red'),
    new TextEncoder().encode('r1.bare'),
    Uint8Array.from(addressOctets('192.0.2.1')),
    Uint8Array.from(addressOctets('10.255.0.1')),
    Uint8Array.from(addressOctets('198.51.100.66')),
    Uint8Array.from([0, 1, 4, 0]),
  ],
};
