import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { START } from '../../src/time.js';
import { Arena } from '../../src/tun/arena.js';
import { openPort } from '../../src/tun/open-port.js';
import { superDatagram } from '../support/super-datagram.js';
import { Recorder } from './recorder.js';

/*
 * A process of its own: writes three super-datagrams of UDP, of ten each, into a device in NAMESPACE, and prints what a
 * program there has received.
 */
const [, , path = '', namespace = ''] = process.argv;

const RECEIVER = `
import json, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 2000)); s.settimeout(5)
print("listening", flush=True)
print(json.dumps([s.recv(2000)[0] for i in range(30)]), flush=True)`;

const options = { device: 'tp0', namespace: path, persistent: false, offload: 'all' } as const;
const port = await openPort(options, new Arena(), ['native']);
port.start(new Recorder(), new Recorder());
// The refuser is for this process alone.
const env = { PATH: process.env.PATH };
for (const words of ['addr add 198.51.100.10/24 dev tp0', 'link set tp0 up'])
  execFileSync('ip', ['-n', namespace, ...words.split(' ')], { env });
const receiver = spawn('ip', ['netns', 'exec', namespace, 'python3', '-c', RECEIVER], { env });
let said = '';
receiver.stdout.setEncoding('utf8').on('data', (text: string) => {
  said += text;
});
await once(receiver.stdout, 'data');
let refused = 0;
for (let i = 0; i < 3; i++) {
  const data = Uint8Array.from({ length: 1000 }, (_, at) => i * 10 + Math.floor(at / 100));
  const parcel = superDatagram({ source: '198.51.100.1', segment: 100, length: 1000, data });
  const count = (): void => {
    refused += 1;
  };
  port.take({ ...parcel, refused: count }, START);
}
port.flush(START);
await once(receiver, 'exit');
const arrived: unknown = JSON.parse(said.split('\n')[1] ?? '[]');
console.log(JSON.stringify({ offload: port.offload, refused, arrived, traffic: port.traffic }));
port.close();
process.exit(0);
