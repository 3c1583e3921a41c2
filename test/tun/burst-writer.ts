import { readdirSync, readlinkSync } from 'node:fs';
import { parcelOf } from '../../src/parcel.js';
import { START } from '../../src/time.js';
import { Arena } from '../../src/tun/arena.js';
import { openPort } from '../../src/tun/open-port.js';
import { Recorder } from './recorder.js';

/*
 * A process of its own: opens DEVICE in NAMESPACE, waits for a line with datagrams in hexadecimal, writes them in one
 * burst, and prints which of them were refused, and whether it has a ring.
 */
const [, , namespace = '', device = ''] = process.argv;

const hasRing = (): boolean =>
  readdirSync('/proc/self/fd').some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === 'anon_inode:[io_uring]';
    } catch {
      return false;
    }
  });

const port = await openPort({ device, namespace, persistent: false }, new Arena(), ['native']);
const nobody = new Recorder();
port.start(nobody, nobody);
console.log('open');
let said = '';
process.stdin.setEncoding('utf8').on('data', (text) => {
  said += text;
  if (!said.endsWith('\n')) return;
  const refused: [number, string][] = [];
  for (const [i, hex] of said.trim().split(' ').entries())
    port.take(
      parcelOf(Buffer.from(hex, 'hex'), 0, (reason) => refused.push([i, reason])),
      START,
    );
  port.flush(START);
  console.log(JSON.stringify({ refused, hasRing: hasRing() }));
  port.close();
  process.exit(0);
});
