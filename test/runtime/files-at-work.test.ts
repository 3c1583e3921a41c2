import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesAtWork } from '../../src/runtime/files-at-work.js';
import { configured } from '../support/configured.js';

it('a lab at work writes its ready file, its sockets and its captures, and reads its file', () => {
  const configuration = configured(`
control: { socket: /run/a.sock, read-only-socket: /run/b.sock, group: "54321" }
capture: [{ name: all, file: /home/x/all.pcapng }]
links: { red: {} }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 } } } }
`);
  const own = { configFile: join('/etc', 'lab.yaml'), readyFile: '/tmp/ready' };
  expect(filesAtWork(configuration, own)).toEqual({
    read: ['/etc/lab.yaml'],
    written: ['/tmp/ready', '/run/a.sock', '/run/b.sock', '/home/x/all.pcapng'],
    givenTo: 54321,
  });
});
