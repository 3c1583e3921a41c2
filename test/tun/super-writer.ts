import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Parcel } from '../../src/parcel.js';
import { START } from '../../src/time.js';
import { Arena } from '../../src/tun/arena.js';
import { openPort } from '../../src/tun/open-port.js';
import { superDatagram } from '../support/super-datagram.js';
import { Recorder } from './recorder.js';

/*
 * A process of its own: writes datagrams into a device in NAMESPACE, of which the first octet of payload counts, and
 * prints what a program there has received. WHAT: super-datagrams and one datagram more (`udp`, `tcp`), or single datagrams of
 * UDP that are written as runs (`run`), the last of each shorter, and then a longer one alone.
 */
const [, , path = '', namespace = '', what = ''] = process.argv;

const COUNT = 30;

const RECEIVER = `
import json, socket, sys
if sys.argv[1] == "tcp":
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
else:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("0.0.0.0", 2000))
s.settimeout(5)
print("listening", flush=True)
seen = []
while len(seen) < ${COUNT}:
    octets = s.recv(70000)
    # A raw socket gets a super-datagram as it is, with its headers.
    seen += octets[40::100] if sys.argv[1] == "tcp" else octets[:1]
print(json.dumps(seen), flush=True)`;

/** So many segments from each of these on; what is alone is one datagram. */
const PARTS = [
  [0, 10],
  [10, 10],
  [20, 9],
  [29, 1],
] as const;

const supers = (protocol: number): Parcel[] =>
  PARTS.map(([first, count]) => {
    const data = Uint8Array.from({ length: count * 100 }, (_, at) => first + Math.floor(at / 100));
    const fields = { source: '198.51.100.1', segment: 100, length: data.length, data };
    return superDatagram({ ...fields, protocol, id: first, sequence: first * 100 });
  });

const runs = (): Parcel[] =>
  Array.from({ length: COUNT }, (_, i) => {
    const length = i % 10 === 9 ? 300 : i % 10 === 8 ? 50 : 100;
    const data = new Uint8Array(length).fill(i);
    return superDatagram({ source: '198.51.100.1', id: i, segment: 1000, length, data });
  });

const parcels = what === 'run' ? runs() : supers(what === 'tcp' ? 6 : 17);
const options = { device: 'tp0', namespace: path, persistent: false, offload: 'all' } as const;
const port = await openPort(options, new Arena(), ['native']);
const recorder = new Recorder();
port.start(recorder, recorder);
// The refuser is for this process alone.
const env = { PATH: process.env.PATH };
for (const words of ['addr add 198.51.100.10/24 dev tp0', 'link set tp0 up'])
  execFileSync('ip', ['-n', namespace, ...words.split(' ')], { env });
const receiver = spawn('ip', ['netns', 'exec', namespace, 'python3', '-c', RECEIVER, what], { env });
let said = '';
receiver.stdout.setEncoding('utf8').on('data', (text: string) => {
  said += text;
});
await once(receiver.stdout, 'data');
let refused = 0;
const count = (): void => {
  refused += 1;
};
// In three bursts: in the last, in which something is behind a super-datagram, the device is known to take some.
const ends = what === 'run' ? [10, 20, COUNT] : [1, 2, PARTS.length];
for (const [i, parcel] of parcels.entries()) {
  port.take({ ...parcel, refused: count }, START);
  if (ends.includes(i + 1)) port.flush(START);
}
await once(receiver, 'exit');
const arrived: unknown = JSON.parse(said.split('\n')[1] ?? '[]');
const { offload, traffic } = port;
const { refusals } = recorder;
console.log(
  JSON.stringify({ offload: offload.names, why: offload.reason, refusals, refused, arrived, traffic }),
);
port.close();
process.exit(0);
