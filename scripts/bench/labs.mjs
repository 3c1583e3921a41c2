import { readConfiguration } from '../../dist/config/read.js';
import { Lab } from '../../dist/lab/lab.js';
import { parcelOf } from '../../dist/parcel.js';
import { seededRandom } from '../../dist/random.js';

/** One router between two hosts; more about the router may follow. */
export const lab64 = `
version: 1
name: bench
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
      blue: { address: 203.0.113.1/24 }
`;

/** The same lab in memory, with alice's end to push datagrams in; 64 octets of UDP from alice to bob. */
export const virtualLab = (text) => {
  const { configuration } = readConfiguration(text, 'bench.yaml');
  const lab = new Lab(configuration, { random: seededRandom(1), now: 0 });
  const nowhere = { isUp: () => true, take: () => {} };
  const input = lab.connect('alice', 'red', nowhere, 0);
  lab.connect('bob', 'blue', nowhere, 0);
  return { lab, input, datagram: udpOf64Octets() };
};

/** From alice; to bob unless told. */
export const udpOf64Octets = (destination = 0xcb00710a) => {
  const octets = new Uint8Array(64);
  octets.set([0x45, 0, 0, 64, 0, 0, 0, 0, 64, 17, 0, 0, 198, 51, 100, 10, 0, 0, 0, 0, 0, 9, 0, 9, 0, 44]);
  new DataView(octets.buffer).setUint32(16, destination);
  writeChecksum(octets, 0, 20, 10);
  return octets;
};

/** A router in memory whose one link has a host that reports: what the host sends goes in here. */
export const routerWithQuerier = (mostGroups) => {
  const text = `
version: 1
links: { red: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24 } } } }
routers:
  r1: { interfaces: { red: { address: 198.51.100.1/24, igmp: { max-groups: ${mostGroups} } } } }
`;
  const { configuration } = readConfiguration(text, 'bench.yaml');
  const lab = new Lab(configuration, { random: seededRandom(1), now: 0 });
  const input = lab.connect('alice', 'red', { isUp: () => true, take: () => {} }, 0);
  let now = 0;
  return (octets) => {
    now += 0.1;
    input.entrance.take(parcelOf(octets), now);
  };
};

/** A version 3 report of alice's that joins one group, so many after 239.0.0.0. */
export const report = (number) => {
  const octets = new Uint8Array(40);
  octets.set([0x46, 0xc0, 0, 40, 0, 0, 0x40, 0, 1, 2, 0, 0, 198, 51, 100, 10, 224, 0, 0, 22, 0x94, 4, 0, 0]);
  octets.set([0x22, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0], 24);
  octets.set([239, number >>> 16, number >>> 8, number], 36);
  writeChecksum(octets, 0, 24, 10);
  writeChecksum(octets, 24, 40, 26);
  return octets;
};

export const writeChecksum = (octets, from, to, place) => {
  let sum = 0;
  for (let at = from; at < to; at += 2) sum += (octets[at] << 8) | octets[at + 1];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  octets[place] = (~sum >>> 8) & 255;
  octets[place + 1] = ~sum & 255;
};
