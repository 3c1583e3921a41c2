import { readConfiguration } from '../../dist/config/read.js';
import { Lab } from '../../dist/lab.js';
import { seededRandom } from '../../dist/random.js';

/** One router between two hosts, under names that no other lab has. */
export const labBetween = (alice, bob, name) => `
version: 1
name: ${name}
links: { red: {}, blue: {} }
hosts:
  ${alice}: { interfaces: { red: { address: 198.51.100.10/24, routes: [default], device: ${name}-r } } }
  ${bob}: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default], device: ${name}-b } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
      blue: { address: 203.0.113.1/24 }
`;

export const lab64 = labBetween('alice', 'bob', 'bench');

/** The same lab in memory, with alice's end to push datagrams in; 64 octets of UDP from alice to bob. */
export const virtualLab = (text) => {
  const { configuration } = readConfiguration(text, 'bench.yaml');
  const lab = new Lab(configuration, { random: seededRandom(1), now: 0 });
  const nowhere = { isUp: () => true, send: () => {} };
  const input = lab.connect('alice', 'red', nowhere, 0);
  lab.connect('bob', 'blue', nowhere, 0);
  return { lab, input, datagram: udpOf64Octets() };
};

const udpOf64Octets = () => {
  const octets = new Uint8Array(64);
  octets.set([
    0x45, 0, 0, 64, 0, 0, 0, 0, 64, 17, 0, 0, 198, 51, 100, 10, 203, 0, 113, 10, 0, 9, 0, 9, 0, 44,
  ]);
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += (octets[at] << 8) | octets[at + 1];
  sum = (sum & 0xffff) + (sum >>> 16);
  octets[10] = (~sum >>> 8) & 255;
  octets[11] = ~sum & 255;
  return octets;
};
