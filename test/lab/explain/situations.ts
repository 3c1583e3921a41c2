import { type Random, randomBelow } from '../../../src/random.js';
import { type DatagramFields, datagram } from '../../support/datagram.js';

/** Draws one of several things; one that is there more often is more likely. */
export const oneOf = <Item>(random: Random, ...items: readonly Item[]): Item =>
  items[randomBelow(random, items.length)]!;

const maybe = (random: Random, share: number, text: string): string => (random() < share ? text : '');

/** Three routers in a row, with another way between the first and the last; whatever can be set is set now and then. */
export const anyLab = (random: Random): string => {
  // Groups would circle, and multiply, without end if several routers took them from anywhere, or raised their TTL.
  const isAnyWayTaken = random() < 0.25;
  const mtu = () => oneOf(random, '', '', 'mtu: 576', 'mtu: 1280', 'mtu: 68');
  const link = (more = '') =>
    `{ ${[mtu(), maybe(random, 0.04, 'loss: 100%'), more].filter(Boolean).join(', ')} }`;
  const igmp = () =>
    oneOf(
      random,
      '',
      ', igmp: {}',
      ', igmp: { static-groups: [{ group: 239.1.2.3 }] }',
      ', igmp: { static-groups: [{ group: 239.1.2.3 }, { group: 232.1.1.1, source: 198.51.100.10 }] }',
    );
  const at = (address: string) =>
    `{ address: ${address}${igmp()}${maybe(random, 0.05, ', forwarding: false')}${maybe(random, 0.08, ', multicast-ttl-threshold: 20')}${maybe(random, 0.05, ', multicast-boundary: [239.1.0.0/16]')}${maybe(random, isAnyWayTaken ? 0 : 0.05, ', multicast-ttl: 9')} }`;
  const special = () =>
    oneOf(
      random,
      '{ to: 198.18.0.0/16, type: blackhole }',
      '{ to: 198.18.0.0/16, type: unreachable }',
      '{ to: 198.18.0.0/16, type: prohibit }',
    );
  const icmp = () =>
    `icmp: { ${oneOf(random, 'source: egress', 'source: ingress', 'source: egress, unreachables: false', 'time-exceeded: false', 'redirects: false', 'frag-needed: false', 'echo-reply: false', 'echo-broadcast: true', 'rate-limit: { per-second: 2, burst: 2, per-destination: { per-second: 1, burst: 1 } }')} }`;
  const ip = () =>
    `ip: { ${oneOf(random, 'reverse-path: off', 'reverse-path: strict', 'reverse-path: loose', 'directed-broadcast: true', 'class-e: true', 'link-local: true', 'ecmp-hash: l4', ...Array(3).fill('options: { loose-source-route: process, strict-source-route: process, other: drop }'), 'options: { record-route: drop, timestamp: pass }')} }`;
  const filters = (first: string, second: string) =>
    random() < 0.5
      ? ''
      : `    filters: [${[
          `{ name: a, in: ${first}, match: { protocol: udp, destination-port: 53 }, action: drop }`,
          `{ name: b, out: ${second}, match: { protocol: icmp }, action: ${oneOf(random, 'reject', 'drop', 'accept')} }`,
          '{ name: c, match: { size-over: 700B }, action: reject, with: frag-needed }',
          `{ name: d, match: { protocol: tcp }, probability: ${oneOf(random, 0.3, 0.7)}, action: reject, with: host-prohibited }`,
          `{ name: e, in: ${second}, match: { destination: 203.0.113.0/24 }, limit: 3, action: drop }`,
        ]
          .filter(() => random() < 0.5)
          .join(', ')}]\n`;
  const multicast = () => maybe(random, 0.1, '    multicast: { routing: false }\n');
  const ofFirst = isAnyWayTaken ? '    multicast: { reverse-path: off }\n' : '';
  return `
links: { red: ${link('gateway: r1')}, core: ${link()}, edge: ${link()}, side: ${link()}, blue: ${link()} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  carol: { interfaces: { red: { address: 198.51.100.20/24 } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
  dave: { interfaces: { edge: { address: 10.2.0.10/24 } } }
routers:
  r1:
    interfaces: { red: ${at('198.51.100.1/24')}, core: ${at('10.1.0.1/24')}, side: ${at('10.3.0.1/24')} }
    routes:
      - ${oneOf(random, '{ to: 203.0.113.0/24, via: 10.1.0.2 }', '{ to: 203.0.113.0/24, nexthops: [{ via: 10.1.0.2 }, { via: 10.3.0.3 }] }', '{ to: 203.0.113.0/24, via: 198.51.100.2 }', '{ to: 203.0.113.0/24, via: 10.1.0.2, tos: 16 }')}
      - { to: 10.2.0.0/24, via: 10.1.0.2 }
      - { to: 192.0.2.0/24, via: 10.1.0.2 }
      - ${special()}
    ${icmp()}
    ${ip()}
${filters('red', 'core')}${ofFirst}  r2:
    interfaces: { red: ${at('198.51.100.2/24')}, core: ${at('10.1.0.2/24')}, edge: ${at('10.2.0.2/24')} }
    routes:
      - ${oneOf(random, '{ to: 203.0.113.0/24, via: 10.2.0.3 }', '{ to: 203.0.113.0/24, via: 10.1.0.1 }')}
      - ${oneOf(random, '{ to: 192.0.2.0/24, via: 10.1.0.1 }', '{ to: 192.0.2.0/24, via: 10.2.0.99 }')}
      - ${special()}
    ${icmp()}
    ${ip()}
${filters('core', 'edge')}${multicast()}  r3:
    interfaces: { edge: ${at('10.2.0.3/24')}, side: ${at('10.3.0.3/24')}, blue: ${at('203.0.113.1/24')} }
    routes:
      - ${oneOf(random, '{ to: 198.51.100.0/24, via: 10.2.0.2 }', '{ to: 198.51.100.0/24, via: 10.3.0.1 }', '{ to: 198.51.100.10/32, via: 10.3.0.1 }')}
    ${icmp()}
    ${ip()}
${filters('edge', 'blue')}${multicast()}`;
};

const ADDRESSES = [
  '198.51.100.10', '198.51.100.20', '203.0.113.10', '203.0.113.10', '203.0.113.10', '10.2.0.10', '10.2.0.10', '198.51.100.1', '10.1.0.2', '10.2.0.3',
  '203.0.113.1', '10.3.0.3', '198.51.100.77', '203.0.113.99', '192.0.2.9', '198.18.1.1', '9.9.9.9',
]; // biome-ignore format: a list of addresses
const SPECIAL = [
  '239.1.2.3', '239.1.2.3', '232.1.1.1', '239.7.7.7', '224.0.0.5', '224.0.0.1', '224.0.0.2', '255.255.255.255', '203.0.113.255', '10.2.0.255',
  '198.51.100.255', '198.51.100.0', '0.0.0.0', '127.0.0.1', '169.254.1.1', '240.1.2.3',
]; // biome-ignore format: a list of addresses

/** A datagram as one of the hosts might send it, or as somebody who means ill. */
export const anyDatagram = (random: Random, own: string, id: number): Uint8Array => {
  const protocol = oneOf(random, 1, 1, 6, 17, 17, 2, 99);
  const length = oneOf(random, 8, 20, 56, 300, 700, 1480, 2500);
  const payload = new Uint8Array(length).map(() => randomBelow(random, 256));
  const isPlain = random() < 0.7;
  if (protocol === 1 && isPlain) {
    payload.fill(0);
    payload.set([8, 0, 0xf7, 0xff]);
  }
  if (protocol === 17 || protocol === 6)
    payload.set([0x80, 1, 0, oneOf(random, 53, 80), length >>> 8, length & 255, 0, 0]);
  const fields: DatagramFields = {
    id,
    protocol,
    payload,
    tos: oneOf(random, 0, 0, 0, 16, 3),
    ttl: oneOf(random, 64, 64, 64, 255, 30, 3, 2, 1, 0),
    flags: oneOf(random, 0, 0, 0x4000),
    // Not one that nobody has: sending from it makes it the sender's, which no question does.
    source:
      random() < 0.8
        ? own
        : oneOf(random, ...ADDRESSES.filter((each) => !/\.(77|99)$/.test(each)), ...SPECIAL),
    destination: random() < 0.75 ? oneOf(random, ...ADDRESSES) : oneOf(random, ...SPECIAL),
    ...(random() < 0.15 ? { options: anyOptions(random) } : {}),
  };
  const octets = datagram(fields);
  if (random() < 0.05) octets[randomBelow(random, octets.length)]! ^= 1 << randomBelow(random, 8);
  if (random() < 0.02) return octets.subarray(0, randomBelow(random, octets.length + 1));
  return octets;
};

const anyOptions = (random: Random): readonly number[] =>
  oneOf(
    random,
    [7, 7, 4, 0, 0, 0, 0],
    [148, 4, 0, 0],
    [131, 7, 4, 10, 1, 0, 2],
    [137, 7, 4, 10, 1, 0, 2],
    // A hop that is on no link: the source route fails.
    [137, 7, 4, 10, 9, 9, 9],
    [68, 8, 5, 0, 0, 0, 0, 0],
    [7, 3, 9],
    [222, 4, 1, 1],
  );
