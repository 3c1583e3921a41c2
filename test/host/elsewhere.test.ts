import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { DeviceObject } from '../../src/host/instance-state.js';
import { leftoverFailure, undoObjects } from '../../src/host/undo.js';
import { describeKernel, run, until, withNamespace } from '../support/kernel.js';

const device = (over: Partial<DeviceObject> = {}): DeviceObject => ({
  kind: 'device',
  name: 'tp-elsewhere',
  namespace: null,
  host: 'alice',
  link: 'red',
  persistent: true,
  created: true,
  index: 7,
  addresses: [],
  routes: [],
  ...over,
});

/** What `down --force` says is left, and the line that undoes it; undefined where nothing is. */
const fixFor = async (ownNamespace: string, object = device()): Promise<string | undefined> => {
  const { left } = await undoObjects([object], { ownNamespace, purge: true, log: () => {} });
  return left.length === 0 ? undefined : leftoverFailure(left, 'lab').fix;
};

describeKernel('what a lab has made in another network namespace', ['unshare', 'ip'], () => {
  it('is undone from there, as long as the namespace is to be found', async () => {
    const child = spawn('unshare', ['-n', 'sleep', '60']);
    try {
      const theirs = (): string => readlinkSync(`/proc/${child.pid}/ns/net`);
      await until(() => theirs() !== readlinkSync('/proc/self/ns/net'), 10_000, 'the namespace');
      const namespace = theirs();
      const force = `nsenter -t ${child.pid} -n tunpike down lab --force`;
      expect(await fixFor(namespace)).toBe(force);
      expect(await fixFor(namespace, device({ created: false, persistent: false }))).toBe(force);
      // The kernel has removed it with the process of the lab.
      expect(await fixFor(namespace, device({ persistent: false }))).toBeUndefined();
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await fixFor(namespace)).toBeUndefined();
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('is found by a name of that namespace, too', () =>
    withNamespace('tpelse', async (name) => {
      const { stdout } = await run('ip', ['netns', 'exec', name, 'readlink', '/proc/self/ns/net']);
      expect(await fixFor(stdout.trim())).toBe(`nsenter --net=/run/netns/${name} tunpike down lab --force`);
    }));
});
