import { PROTOCOL_IGMP } from '../../../src/ip/header.js';
import { checksum, writeUint16 } from '../../../src/ip/octets.js';
import { VirtualLab } from '../../../src/lab/virtual-lab.js';
import { seconds } from '../../../src/time.js';
import { datagram } from '../../support/datagram.js';
import { hostileConfiguration } from '../hostile-lab.js';
import type { Target } from '../target.js';
import { insist } from '../visit.js';
import { Watch } from '../watch.js';

const CONFIGURATION = hostileConfiguration();
const DESTINATIONS = ['224.0.0.22', '224.0.0.1', '239.1.2.3', '224.0.0.2'];
const HOSTS = [
  ['alice', 'red', '10.1.0.10'],
  ['mallory', 'thin', '10.2.0.10'],
  ['carol', 'narrow', '10.3.0.10'],
  ['bob', 'blue', '10.4.0.10'],
] as const;

/**
 * IGMP and multicast forwarding in the hostile lab: an octet chooses who speaks to whom, one says how many seconds
 * later, one how long the message is, which follows.
 */
export const igmp: Target = {
  name: 'igmp',
  run: (octets) => {
    const lab = new VirtualLab(CONFIGURATION);
    const watch = new Watch();
    for (const router of lab.lab.routers.values()) watch.add(router);
    for (let at = 0; at + 3 <= octets.length; at += 3 + octets[at + 2]!) {
      const choice = octets[at]!;
      const [name, link, source] = HOSTS[choice & 3]!;
      lab.advance(seconds(octets[at + 1]! / 4));
      const payload = octets.slice(at + 3, at + 3 + octets[at + 2]!);
      const isMessage = (choice & 0x20) === 0;
      if (isMessage && (choice & 0x10) === 0 && payload.length >= 4) {
        writeUint16(payload, 2, 0);
        writeUint16(payload, 2, checksum(payload, 0, payload.length));
      }
      lab.host(name, link).send(
        datagram({
          source,
          destination: DESTINATIONS[(choice >>> 2) & 3]!,
          ttl: isMessage ? 1 : 8,
          protocol: isMessage ? PROTOCOL_IGMP : 253,
          options: isMessage ? [148, 4, 0, 0] : [],
          payload,
        }),
      );
    }
    watch.audit();
    for (const router of lab.lab.routers.values())
      insist(router.nextDeadline() >= lab.now, 'nobody is late', octets);
  },
  seeds: [
    [0, 4, 16, 0x22, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 239, 1, 2, 3],
    [
      0, 4, 20, 0x22, 0, 0, 0, 0, 0, 0, 1, 5, 0, 0, 1, 232, 1, 1, 1, 10, 4, 0, 10, 40, 0, 8, 1, 2, 3, 4, 5, 6,
      7, 8,
    ],
    [8, 0, 8, 0x16, 0, 0, 0, 239, 1, 2, 3, 12, 9, 8, 0x17, 0, 0, 0, 239, 1, 2, 3],
    [4, 0, 8, 0x11, 10, 0, 0, 0, 0, 0, 0],
    [9, 0, 8, 0x12, 0, 0, 0, 239, 1, 2, 3, 5, 0, 12, 0x11, 10, 0, 0, 239, 1, 2, 3, 2, 20, 0, 0],
    [0, 0, 16, 0x22, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 239, 1, 2, 3, 43, 1, 4, 1, 2, 3, 4],
  ].map((seed) => Uint8Array.from(seed)),
  longest: 300,
  words: [
    [239, 1, 2, 3],
    [239, 1, 2, 4],
    [232, 1, 1, 1],
    [10, 1, 0, 10],
    [0x22, 0, 0, 0, 0, 0, 0, 1],
    [1, 0, 0, 0],
    [5, 0, 0, 1],
    [6, 0, 0, 1],
    [3, 0, 0, 0],
  ].map((word) => Uint8Array.from(word)),
};
