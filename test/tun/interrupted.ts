import { execFileSync } from 'node:child_process';
import { loadAddon } from '../../src/tun/addon.js';
import { DONE, joined, messagesOf } from '../../src/tun/netlink.js';
import { linkDumpRequest } from '../../src/tun/rtnetlink.js';
import { udpDatagram } from './datagrams.js';

/*
 * A process of its own: reads and writes on a device in NAMESPACE, asks for links, makes the folder of namespaces ready,
 * and prints what came of all that.
 */
const [, , path = '', namespace = ''] = process.argv;
// The interrupter is for this process alone.
const env = { PATH: process.env.PATH };
const SEND = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(6): s.sendto(b"x", ("198.51.100.1", 9))`;

const addon = loadAddon();
const { descriptor } = addon.open(path, 'tp0', 0, false);
const [offsets, lengths] = [new Uint32Array(64), new Uint32Array(64)];
const faults: number[] = [];
let read = 0;
const octets = new Uint8Array(131_072);
const ready = (count: number, error: number): void => {
  for (const at of offsets.subarray(0, count)) read += octets[at + 9] === 17 ? 1 : 0;
  if (error !== 0) faults.push(error);
};
addon.listen(descriptor, octets, octets.length, 65_536, offsets, lengths, ready);
for (const words of ['addr add 198.51.100.10/24 dev tp0', 'link set tp0 up'])
  execFileSync('ip', ['-n', namespace, ...words.split(' ')], { env });
execFileSync('ip', ['netns', 'exec', namespace, 'python3', '-c', SEND], { env });
const deadline = performance.now() + 5000;
while (read < 6 && faults.length === 0 && performance.now() < deadline)
  await new Promise((resolve) => setTimeout(resolve, 5));

const one = udpDatagram({ length: 64 });
const errors = new Int32Array(4).fill(-1);
// The last two are of two pieces, and of one.
const places = [0, 0, 0, 20, 0];
const sizes = [64, 64, 20, 44, 64];
addon.write(
  descriptor,
  one,
  Uint32Array.from(places),
  Uint32Array.from(sizes),
  4,
  errors,
  Uint32Array.of(1, 1, 2, 1),
);
const answered = messagesOf(addon.exchange(-1, joined([1, 2, 3].map(linkDumpRequest))));
addon.prepareFolder();
addon.close(descriptor);
const answers = answered.filter(({ type }) => type === DONE).length;
console.log(JSON.stringify({ errors: [...errors], faults, read, answers }));
process.exit(0);
