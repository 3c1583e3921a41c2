import { PROTOCOL_ICMP } from '../../../src/ip/header.js';
import { checksum, writeUint16 } from '../../../src/ip/octets.js';
import { datagram } from '../../support/datagram.js';
import { message } from '../../support/icmp.js';
import type { Target } from '../target.js';
import { watchedRouter } from './watched-router.js';

const DESTINATIONS = [
  '192.0.2.1',
  '192.0.2.255',
  '255.255.255.255',
  '224.0.0.2',
  '198.51.100.1',
  '10.255.0.1',
];
const SOURCES = ['192.0.2.10', '0.0.0.0', '203.0.113.5', '203.0.116.5'];

/** ICMP input: the first octet chooses who speaks to whom and whether the checksum is mended, the rest is the message. */
export const icmp: Target = {
  name: 'icmp',
  run: (octets) => {
    const choice = octets[0] ?? 0;
    const payload = octets.slice(1);
    if ((choice & 0x80) === 0 && payload.length >= 4) {
      writeUint16(payload, 2, 0);
      writeUint16(payload, 2, checksum(payload, 0, payload.length));
    }
    const router = watchedRouter(choice & 3);
    router.receive(
      datagram({
        protocol: PROTOCOL_ICMP,
        source: SOURCES[(choice >>> 3) & 3]!,
        destination: DESTINATIONS[(choice & 7) % DESTINATIONS.length]!,
        options: (choice & 0x20) === 0 ? [] : [7, 11, 4],
        ttl: (choice & 0x40) === 0 ? 64 : 1,
        payload,
      }),
    );
    router.settle();
  },
  seeds: [8, 10, 13, 17, 42, 3, 0].map((type) =>
    Uint8Array.from([0, ...message(type, 0, new Uint8Array(24))]),
  ),
  longest: 256,
  words: [
    [8, 0],
    [10, 0],
    [13, 0],
    [17, 0],
    [42, 0],
    [0x20, 0, 0, 0, 0, 8, 3, 2, 0, 0, 0, 1],
  ].map((word) => Uint8Array.from(word)),
};
