import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EAGAIN, EINVAL } from '../../src/tun/descriptor.js';
import { koffiNotify, loadNotify, type Notify } from '../../src/tun/notify.js';
import { Background } from '../support/background.js';
import { pythonCommand, until } from '../support/kernel.js';
import { ServiceManager } from '../support/service-manager.js';

const ENOENT = 2;
const ECONNREFUSED = 111;
const MOST = 100_000;

/** Holds a socket open that nobody reads. */
const DEAF = `
import socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
time.sleep(60)
`;

const octets = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.each([
  ['the native addon', async () => (await loadNotify())!],
  ['koffi', koffiNotify],
] as const)('a datagram to a Unix socket by %s', (_, load: () => Promise<Notify>) => {
  const inFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), 'tpnotify-'));
    try {
      await body(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  it('arrives whole, from this process, at a path and at an abstract name', () =>
    inFolder(async (folder) => {
      const notify = await load();
      for (const address of [join(folder, 'notify'), `@tunpike-${process.pid}-${folder.slice(-6)}`]) {
        const manager = await ServiceManager.at(address);
        try {
          expect(notify(address, octets('READY=1\nSTATUS=here'))).toBe(0);
          await until(() => manager.told.length > 0, 5000, 'the datagram');
          expect(manager.told).toMatchObject([{ pid: process.pid, lines: ['READY=1', 'STATUS=here'] }]);
        } finally {
          await manager.stop();
        }
      }
    }));

  it('says why where nobody takes it', () =>
    inFolder(async (folder) => {
      const notify = await load();
      writeFileSync(join(folder, 'file'), '');
      expect(notify(join(folder, 'none'), octets('x'))).toBe(ENOENT);
      expect(notify(join(folder, 'file'), octets('x'))).toBe(ECONNREFUSED);
      for (const address of ['', 'relative', 'vsock:2:9', `/${'x'.repeat(107)}`, '/a\0b'])
        expect(notify(address, octets('x'))).toBe(EINVAL);
    }));

  it('never waits for whoever does not read', () =>
    inFolder(async (folder) => {
      const notify = await load();
      const path = join(folder, 'deaf');
      const deaf = new Background(pythonCommand(DEAF, path));
      try {
        await deaf.printed(/^bound$/m);
        let errno = 0;
        for (let sent = 0; errno === 0 && sent < MOST; sent++) errno = notify(path, octets('WATCHDOG=1'));
        expect(errno).toBe(EAGAIN);
      } finally {
        await deaf.stop();
      }
    }));
});
