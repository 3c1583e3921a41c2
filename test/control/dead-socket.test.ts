import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { birthplaceOf, removeSocketsOf } from '../../src/control/dead-socket.js';

const folder = mkdtempSync(join(tmpdir(), 'tunpike-dead-'));
const path = (name: string): string => join(folder, name);
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Leaves sockets on which nobody listens, as a killed process does. */
const leave = async (...paths: readonly string[]): Promise<void> => {
  const text = `for (const path of ${JSON.stringify(paths)}) require('node:net').createServer().listen(path);
    setImmediate(() => console.log('listening')); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['-e', text], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
};

it('removes the sockets of a killed process, made and half made, and no others', async () => {
  const [pid, other] = [4121, 4122];
  const [socket, readOnly] = [path('lab.sock'), path('lab.ro.sock')];
  await leave(socket, readOnly, birthplaceOf(socket, pid), birthplaceOf(socket, other), path('other.sock'));
  await removeSocketsOf(pid, [socket, readOnly]);
  expect(readdirSync(folder).map(path).sort()).toEqual(
    [birthplaceOf(socket, other), path('other.sock')].sort(),
  );

  const alive = createServer().listen(socket);
  try {
    await once(alive, 'listening');
    await removeSocketsOf(pid, [socket]);
    expect(readdirSync(folder)).toContain('lab.sock');
  } finally {
    alive.close();
  }
});
