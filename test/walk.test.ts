import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { LabLoop } from '../src/lab/loop.js';
import { Arena } from '../src/tun/arena.js';
import { DescriptorPort } from '../src/tun/descriptor-port.js';
import { report } from './igmp/bench.js';
import { configured } from './support/configured.js';
import { datagram, ip } from './support/datagram.js';
import { filesVisited } from './support/files-visited.js';
import { driverOf, MemoryDevice } from './support/memory-device.js';

const LAB = `
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24, igmp: {} }
      blue: { address: 203.0.113.1/24, igmp: {} }
`;

const walk = () => {
  const arena = new Arena();
  const loop = new LabLoop(configured(LAB), arena);
  const deviceOf = (host: string, link: string): MemoryDevice => {
    const device = new MemoryDevice();
    const options = { device: host, namespace: host, persistent: false };
    loop.connect(host, link, new DescriptorPort(driverOf(device), options, arena));
    return device;
  };
  const devices = { alice: deviceOf('alice', 'red'), bob: deviceOf('bob', 'blue') };
  return { ...devices, loop };
};

/** Arithmetic on addresses and times: nobody goes there to see what happens to a datagram. */
const WORDS = new Set(['address.ts', 'time.ts']);

const ARCHITECTURE = readFileSync(join(import.meta.dirname, '../docs/architecture.md'), 'utf8');
/** As the walks there name it. */
const nameIn = (file: string): string => `\`${file.replace(/\.ts$/, '')}\``;

/** How many files it takes to understand where a datagram goes: each is named in docs/architecture.md. */
it('a forwarded datagram visits few files between the read and the write', () => {
  const { alice, bob, loop } = walk();
  const udp = datagram({ source: '198.51.100.10', destination: '203.0.113.10', protocol: 17 });
  alice.read(udp);
  bob.written.length = 0;
  const files = filesVisited((arrived) => {
    bob.onWrite = arrived;
    alice.read(udp);
  });
  loop.close();
  // A query may be due behind it.
  expect(bob.written[0]).toBe(udp.length);
  expect(files.length, files.join(' ')).toBeLessThanOrEqual(12);
  for (const file of files) expect(ARCHITECTURE).toContain(nameIn(file));
});

it('a report that joins a group visits few files until the membership is there', () => {
  const { alice, loop } = walk();
  const join = (group: string) => report([['to-ex', group]], { source: '198.51.100.10' });
  alice.read(join('239.1.2.4'));
  const files = filesVisited((arrived) => {
    // The first thing that is done when the burst has been dealt with.
    vi.spyOn(loop.lab, 'nextDeadline').mockImplementationOnce(() => {
      arrived();
      return loop.lab.nextDeadline();
    });
    alice.read(join('239.1.2.3'));
  });
  const [igmp] = loop.lab.routers.get('r1')!.igmp.values();
  expect([...igmp!.memberships.groups.keys()]).toContain(ip('239.1.2.3'));
  loop.close();
  const rooms = files.filter((file) => !WORDS.has(file));
  expect(rooms.length, rooms.join(' ')).toBeLessThanOrEqual(24);
  for (const file of rooms) expect(ARCHITECTURE).toContain(nameIn(file));
});
