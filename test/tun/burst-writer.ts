import { readdirSync, readlinkSync } from 'node:fs';
import { START } from '../../src/time.js';
import { Arena } from '../../src/tun/arena.js';
import { openPort } from '../../src/tun/open-port.js';

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
port.start({ receive: () => {}, burstDone: () => {}, stateChanged: () => {}, mtuChanged: () => {} });
console.log('open');
let said = '';
process.stdin.setEncoding('utf8').on('data', (text) => {
  said += text;
  if (!said.endsWith('\n')) return;
  const refused: [number, string][] = [];
  for (const [i, hex] of said.trim().split(' ').entries())
    port.send(Buffer.from(hex, 'hex'), (reason) => refused.push([i, reason]));
  port.flush(START);
  console.log(JSON.stringify({ refused, hasRing: hasRing() }));
  port.close();
  process.exit(0);
});
