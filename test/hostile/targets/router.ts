import * as ipv4 from '../../../src/ip/header.js';
import { addressOctets, datagram } from '../../support/datagram.js';
import { message } from '../../support/icmp.js';
import type { Target } from '../target.js';
import { watchedRouter } from './watched-router.js';

/**
 * The whole router: the first octet chooses its state and whether checksums are mended, the rest is one datagram
 * behind the other, each as long as its total length says.
 */
export const router: Target = {
  name: 'router',
  run: (octets) => {
    const choice = octets[0] ?? 0;
    const watched = watchedRouter(choice & 3);
    for (let at = 1; at < octets.length; ) {
      const rest = octets.subarray(at);
      const length = rest.length >= 4 ? Math.max(20, ipv4.totalLength(rest)) : rest.length;
      const each = rest.slice(0, length);
      const header = ipv4.headerLength(each);
      if ((choice & 0x80) === 0 && header >= 20 && header <= each.length) ipv4.writeChecksum(each);
      watched.receive(each);
      at += length;
    }
    watched.settle();
  },
  seeds: [
    datagram(),
    datagram({ destination: '203.0.113.7', ttl: 1 }),
    datagram({ destination: '203.0.115.7' }),
    datagram({ destination: '203.0.114.7', tos: 0x10 }),
    datagram({ destination: '192.0.2.1', protocol: 1, payload: message(8, 0, [0, 1, 0, 1, 1, 2, 3]) }),
    datagram({ destination: '198.51.100.66' }),
    datagram({ destination: '203.0.113.7', payload: new Uint8Array(100) }),
    datagram({ destination: '203.0.113.7', payload: new Uint8Array(100), flags: ipv4.FLAG_DONT_FRAGMENT }),
    datagram({ destination: '192.0.2.1', options: [131, 11, 4, 198, 51, 100, 1, 203, 0, 113, 9] }),
    Uint8Array.from([
      ...datagram({ destination: '192.0.2.1', flags: ipv4.FLAG_MORE_FRAGMENTS }),
      ...datagram({ destination: '192.0.2.1', offset: 8 }),
    ]),
  ].map((seed) => Uint8Array.from([0, ...seed])),
  longest: 400,
  words: [
    '192.0.2.1',
    '192.0.2.255',
    '203.0.116.1',
    '224.0.0.1',
    '255.255.255.255',
    '10.255.0.1',
    '240.0.0.1',
  ].map((address) => Uint8Array.from(addressOctets(address))),
};
