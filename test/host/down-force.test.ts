import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Failure } from '../../src/failure.js';
import { forceDown } from '../../src/host/down-force.js';
import { HostSide } from '../../src/host/host-side.js';
import { namespaceIdentity } from '../../src/host/namespaces.js';
import { readState } from '../../src/host/state-file.js';
import { StateFile } from '../../src/host/state-writing.js';
import { openKernel } from '../../src/tun/open-kernel.js';
import { describeKernel, ip, run, until } from '../support/kernel.js';
import { FailingKernel } from './failing-kernel.js';
import { host, lab, openRealPort } from './lab.js';
import { deadState, state, withFolder } from './state.js';

const unique = (name: string): string => `tpdown-${name}-${process.pid}`;
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const numberOf = (namespace: string): number => statSync(`/run/netns/${namespace}`).ino;

/** A lab in a process of its own, as soon as it is ready. */
async function instance(...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [
    '--import',
    here('typescript-hooks.mjs'),
    here('instance.ts'),
    ...args,
  ]);
  let output = '';
  child.stdout.on('data', (octets) => {
    output += octets;
  });
  child.stderr.on('data', (octets) => {
    output += octets;
  });
  await until(() => output.includes('ready') || child.exitCode !== null, 20_000, 'the instance');
  if (!output.includes('ready')) throw new Error(output);
  return child;
}

const kill = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGKILL');
  await until(() => child.exitCode !== null || child.signalCode !== null, 5_000, 'the end of the instance');
};

/** Has the state file of `lab` say that a process wrote it that has ended. */
const makeDead = (directory: string): void => {
  const file = join(directory, 'lab.state.json');
  const written = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...written, startTime: 1 }));
};

const quiet = { purge: false, log: () => {} };

describeKernel('down --force', [], () => {
  it('removes what a killed instance left, and its state file', () =>
    withFolder(async (directory) => {
      const alice = unique('a');
      const child = await instance(directory, alice);
      await kill(child);
      expect(namespaceIdentity(alice)).toBeDefined();
      const { removed } = await forceDown('lab', { ...quiet, directory });
      expect(removed).toEqual([`removed namespace ${alice}`]);
      expect(namespaceIdentity(alice)).toBeUndefined();
      expect(readdirSync(directory)).toEqual([]);
    }));

  it('refuses while the process lives', () =>
    withFolder(async (directory) => {
      const alice = unique('b');
      const child = await instance(directory, alice);
      try {
        await expect(forceDown('lab', { ...quiet, directory })).rejects.toMatchObject({
          exitCode: 6,
          fix: 'tunpike down lab',
        });
        expect(await ip('-o addr show dev tp-red', alice)).toContain('198.51.100.10/24');
        child.kill('SIGTERM');
        await until(() => child.exitCode !== null, 5_000, 'the end of the instance');
        expect(namespaceIdentity(alice)).toBeUndefined();
      } finally {
        await kill(child);
      }
    }));

  it('leaves a namespace alone that somebody made anew under the same name', () =>
    withFolder(async (directory) => {
      const alice = unique('c');
      const child = await instance(directory, alice);
      await kill(child);
      const ours = numberOf(alice);
      await ip(`netns del ${alice}`);
      await ip(`netns add ${alice}`);
      try {
        // The kernel gives a number away again some time after its namespace is gone.
        for (let i = 0; i < 50 && numberOf(alice) !== ours; i++) {
          await ip(`netns del ${alice}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
          await ip(`netns add ${alice}`);
        }
        const foreign = namespaceIdentity(alice);
        expect(await forceDown('lab', { ...quiet, purge: true, directory })).toEqual({
          removed: [],
          kept: 0,
        });
        expect(namespaceIdentity(alice)).toBe(foreign);
        expect(readdirSync(directory)).toEqual([]);
      } finally {
        await ip(`netns del ${alice}`);
      }
    }));

  it('still knows where the device is from which it could not take what is ours', () =>
    withFolder(async (directory) => {
      const given = unique('k');
      await ip(`netns add ${given}`);
      try {
        await ip('tuntap add dev tp-red mode tun', given);
        const side = await HostSide.bring(lab({ hosts: [host({ namespace: given, persistent: true })] }), {
          openPort: openRealPort,
          instance: { socket: '/s', file: undefined, version: '0', rootless: false },
          log: () => {},
          directory,
        });
        await side.close();
        const { kernel } = new FailingKernel(await openKernel(), 1);
        const purge = { purge: true, log: () => {}, directory };
        await expect(forceDown('lab', { ...purge, kernel })).rejects.toMatchObject({ exitCode: 9 });
        expect(await ip('-o addr show dev tp-red', given)).toContain('198.51.100.10/24');
        makeDead(directory);
        await forceDown('lab', purge);
        expect(await ip('-o addr show dev tp-red', given)).not.toContain('198.51.100.10/24');
        expect(readdirSync(directory)).toEqual([]);
      } finally {
        await ip(`netns del ${given}`);
      }
    }));

  it('removes a device of ours that somebody has renamed', () =>
    withFolder(async (directory) => {
      const given = unique('l');
      await ip(`netns add ${given}`);
      try {
        const side = await HostSide.bring(lab({ hosts: [host({ namespace: given, persistent: true })] }), {
          openPort: openRealPort,
          instance: { socket: '/s', file: undefined, version: '0', rootless: false },
          log: () => {},
          directory,
        });
        await side.close();
        await ip('link set dev tp-red down', given);
        await ip('link set dev tp-red name other', given);
        const { removed } = await forceDown('lab', { ...quiet, purge: true, directory });
        expect(removed).toEqual([`removed device tp-red in namespace ${given}`]);
        expect(await ip('-o link show', given)).not.toContain('other');
      } finally {
        await ip(`netns del ${given}`);
      }
    }));

  it('leaves a device alone that somebody made anew under the same name', () =>
    withFolder(async (directory) => {
      const given = unique('d');
      await ip(`netns add ${given}`);
      try {
        const hosts = [host({ namespace: given, persistent: true })];
        const side = await HostSide.bring(lab({ hosts }), {
          openPort: openRealPort,
          instance: { socket: '/s', file: undefined, version: '0', rootless: false },
          log: () => {},
          directory,
        });
        await side.close();
        await ip('link del dev tp-red', given);
        await ip('tuntap add dev tp-red mode tun', given);
        await forceDown('lab', { ...quiet, purge: true, directory });
        expect(await ip('-o link show dev tp-red', given)).toContain('tp-red');
        expect(readdirSync(directory)).toEqual([]);
      } finally {
        await ip(`netns del ${given}`);
      }
    }));

  it('leaves what is persistent, until it is to be purged', () =>
    withFolder(async (directory) => {
      const alice = unique('e');
      const child = await instance(directory, alice, 'persistent');
      try {
        await kill(child);
        expect(await forceDown('lab', { ...quiet, directory })).toEqual({ removed: [], kept: 2 });
        expect(await ip('-o addr show dev tp-red', alice)).toContain('198.51.100.10/24');
        expect(readState('lab', directory)?.stopped).toBe(true);
        expect((await forceDown('lab', { ...quiet, purge: true, directory })).kept).toBe(0);
        expect(namespaceIdentity(alice)).toBeUndefined();
        expect(readdirSync(directory)).toEqual([]);
      } finally {
        await run('ip', ['netns', 'del', alice]);
      }
    }));

  it('takes only its own addresses and routes off a device that was there before', () =>
    withFolder(async (directory) => {
      const given = unique('f');
      await ip(`netns add ${given}`);
      try {
        await ip('tuntap add dev tp-red mode tun', given);
        await ip('addr add 192.0.2.7/32 dev tp-red', given);
        await ip('link set tp-red mtu 1300 txqueuelen 77', given);
        const side = await HostSide.bring(lab({ hosts: [host({ namespace: given, persistent: true })] }), {
          openPort: openRealPort,
          instance: { socket: '/s', file: undefined, version: '0', rootless: false },
          log: () => {},
          directory,
        });
        await side.close();
        expect(await ip('-o -4 addr show dev tp-red', given)).toContain('198.51.100.10');
        expect(await ip('link show dev tp-red', given)).toMatch(/[<,]UP[,>].* mtu 1500 .* qlen 2000/);
        await forceDown('lab', { ...quiet, purge: true, directory });
        const addresses = await ip('-o -4 addr show dev tp-red', given);
        expect(addresses).toContain('192.0.2.7');
        expect(addresses).not.toContain('198.51.100.10');
        const device = await ip('link show dev tp-red', given);
        expect(device).toMatch(/ mtu 1300 .* qlen 77$/m);
        expect(device).not.toMatch(/[<,]UP[,>]/);
      } finally {
        await ip(`netns del ${given}`);
      }
    }));

  it('is not needed where the lab starts again: it takes over what the killed one left', () =>
    withFolder(async (directory) => {
      const [alice, bob] = [unique('g'), unique('h')];
      await kill(await instance(directory, alice));
      const identity = namespaceIdentity(alice);
      const again = await instance(directory, alice);
      expect(namespaceIdentity(alice)).toBe(identity);
      await kill(again);
      const other = await instance(directory, bob);
      try {
        expect(namespaceIdentity(alice)).toBeUndefined();
      } finally {
        await kill(other);
        await forceDown('lab', { ...quiet, directory });
      }
      expect(readdirSync(directory)).toEqual([]);
    }));

  it('reports what it cannot prove to be ours, and how to remove it by hand', () =>
    withFolder(async (directory) => {
      const alice = unique('i');
      await ip(`netns add ${alice}`);
      try {
        const intended = { kind: 'namespace', name: alice, created: true, identity: null } as const;
        StateFile.claim(deadState({ objects: [intended] }), directory);
        await expect(forceDown('lab', { ...quiet, directory })).rejects.toMatchObject({
          exitCode: 9,
          fix: `ip netns del ${alice}`,
        });
        expect(namespaceIdentity(alice)).toBeDefined();
      } finally {
        await ip(`netns del ${alice}`);
      }
    }));

  it('knows nothing of an instance without a state, and only forgets one of an earlier boot', () =>
    withFolder(async (directory) => {
      await expect(forceDown('lab', { ...quiet, directory })).rejects.toBeInstanceOf(Failure);
      StateFile.claim(state({ bootId: 'earlier' }), directory);
      expect(await forceDown('lab', { ...quiet, directory })).toEqual({ removed: [], kept: 0 });
      expect(readdirSync(directory)).toEqual([]);
    }));
});
