import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { type Handle, loadAddon } from '../../src/tun/addon.js';
import { nativeKernel } from '../../src/tun/native-kernel.js';
import { linkDumpRequest, linkEntries } from '../../src/tun/rtnetlink.js';
import { describeKernel, namespacePath, until, withNamespace } from '../support/kernel.js';

const ADDON = new URL('../../src/tun/addon.ts', import.meta.url);
const HOOKS = fileURLToPath(new URL('../host/typescript-hooks.mjs', import.meta.url));
const VIRTIO = 0x4000;
const CLOSE_ON_EXEC = 0o2000000;

/** The descriptors of this process, and whether a program that it starts would get them. */
const descriptors = (): Map<string, boolean> => {
  const found = new Map<string, boolean>();
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      const flags = /flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '';
      found.set(
        `${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`,
        (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0,
      );
    } catch {
      // That of the folder itself.
    }
  }
  return found;
};

/** What is open after something was done that was not before. */
const newDescriptors = (body: () => void): string[] => {
  const before = descriptors();
  body();
  return [...descriptors().keys()].filter((each) => !before.has(each));
};
const attempt = (body: () => unknown) => () => {
  expect(body).toThrow();
};
/** Runs a program that has the addon, and gives what it prints. */
const withAddon = (script: string, before: readonly string[] = []): string => {
  const text = `import { loadAddon } from '${ADDON}';
import { readdirSync } from 'node:fs';
const open = () => readdirSync('/proc/self/fd').length;
const addon = loadAddon();
${script}`;
  const [file, ...args] = [...before, process.execPath, '--import', HOOKS, '--input-type=module', '-e', text];
  return execFileSync(file!, args, { encoding: 'utf8' }).trim();
};

describeKernel('the addon', ['prlimit'], () => {
  it('leaves no descriptor open that nobody can close, and hands none to other programs', () =>
    withNamespace('tpleave', async (namespace) => {
      const addon = loadAddon();
      const kernel = nativeKernel();
      const path = namespacePath(namespace);
      addon.hasRing();
      const handles: Handle[] = [];
      const keep = (handle: Handle) => {
        handles.push(handle);
      };
      const own = openSync(path, 'r');
      expect(
        newDescriptors(() => {
          for (let i = 0; i < 3; i++) {
            attempt(() => addon.open(path, 'lo', 0, false))();
            attempt(() => addon.open('/proc/self/ns/mnt', 'tp9', 0, false))();
            attempt(() => addon.openRouteSocket('/proc/self/ns/mnt'))();
            attempt(() => addon.adopt(own))();
            attempt(() => addon.exchange(own, new Uint8Array(5)))();
            attempt(() => addon.setting(own, 'ipv4/none', '1'))();
            addon.exchange(own, new Uint8Array(0));
            addon.setting(own, 'ipv4/ip_forward', '1');
            for (const fd of kernel.makeNamespaces(3)) closeSync(fd);
            kernel.prepareFolder();
          }
        }),
      ).toEqual([]);
      const opened = newDescriptors(() => {
        keep(addon.open(path, 'tp0', 0, false).descriptor);
        keep(addon.open(path, 'tp1', VIRTIO, false).descriptor);
        keep(addon.openLinkSocket(path));
        keep(addon.openRouteSocket(path));
        keep(addon.openTimer(() => {}));
      });
      expect(opened).toHaveLength(5);
      const made = kernel.makeNamespaces(2);
      const inherited = [...descriptors()].filter(([, isInherited]) => isInherited).map(([name]) => name);
      for (const each of [...opened, ...made.map((fd) => `${fd} `)])
        expect(inherited.filter((name) => name.startsWith(each))).toEqual([]);
      for (const fd of [own, ...made]) closeSync(fd);
      for (const handle of handles) addon.close(handle);
      expect([...descriptors().keys()].filter((name) => opened.includes(name))).toEqual([]);
    }));

  it('closes what is closed once only: its number may be somebody else’s by then', () => {
    const addon = loadAddon();
    const socket = addon.openRouteSocket(undefined);
    addon.close(socket);
    const ours = Array.from({ length: 40 }, () => openSync('/dev/null', 'r'));
    addon.close(socket);
    for (const fd of ours) closeSync(fd);
  });

  it('leaves no memory behind', () => {
    const addon = loadAddon();
    const requests = new Uint8Array(1 << 20);
    const ask = (times: number) => {
      for (let i = 0; i < times; i++) attempt(() => addon.exchange(-1, requests))();
    };
    ask(5);
    const before = process.memoryUsage.rss();
    ask(200);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 << 20);
  });

  it('lets go of what it calls back', async () => {
    const addon = loadAddon();
    setFlagsFromString('--expose_gc');
    const collect = runInNewContext('gc') as () => void;
    const callbackOfClosedTimer = (): WeakRef<() => void> => {
      const callback = () => {};
      addon.close(addon.openTimer(callback));
      return new WeakRef(callback);
    };
    const found = callbackOfClosedTimer();
    await until(
      () => {
        collect();
        return found.deref() === undefined;
      },
      5000,
      'the callback to be collected',
    );
  });

  it('has closed all that was held when it says so, and from then on closes at once', () =>
    withNamespace('tpleave', async (namespace) => {
      const addon = loadAddon();
      const there = openSync(namespacePath(namespace), 'r');
      const links = () => linkEntries(addon.exchange(there, linkDumpRequest())).map(({ name }) => name);
      const open = () => addon.open(namespacePath(namespace), 'tp%d', 0, false).descriptor;
      try {
        const handles = Array.from({ length: 100 }, open);
        expect(links()).toHaveLength(101);
        await nativeKernel().closeTogether(() => handles.forEach(addon.close));
        expect(links()).toEqual(['lo']);
        const one = open();
        addon.close(one);
        expect(links()).toEqual(['lo']);
      } finally {
        closeSync(there);
      }
    }));

  it('leaves no namespace open where it may not open as many as are wanted', () => {
    const script = `
const before = open();
try {
  addon.makeNamespaces(100);
} catch ({ code }) {
  console.log(code, open() - before);
}`;
    expect(withAddon(script, ['prlimit', '--nofile=60'])).toBe('EMFILE 0');
  });

  it('leaves nothing of a thread that has written and ends', () => {
    const script = `
import { Worker } from 'node:worker_threads';
const rings = () => {
  const worker = new Worker(\`
    import { workerData } from 'node:worker_threads';
    const loaded = { exports: {} };
    process.dlopen(loaded, workerData);
    loaded.exports.hasRing();\`, { eval: true, workerData: file });
  return new Promise((resolve) => worker.on('exit', resolve));
};
import { fileURLToPath } from 'node:url';
const file = fileURLToPath(new URL('../../build/tun-linux-' + process.arch + '.node', '${ADDON}'));
await rings();
const before = open();
for (let i = 0; i < 5; i++) await rings();
console.log(open() - before);`;
    expect(withAddon(script)).toBe('0');
  });

  it('gives up privileges in all threads, for good, and leaves nothing open of that', () => {
    const script = `
import { readFileSync } from 'node:fs';
const before = open();
addon.lowerPrivileges(1 << 12);
console.log(open() - before);
for (const task of readdirSync('/proc/self/task')) {
  const status = readFileSync('/proc/self/task/' + task + '/status', 'utf8');
  const fields = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb', 'NoNewPrivs'];
  console.log(fields.map((name) => parseInt(new RegExp(name + ':\\\\s*(.*)').exec(status)[1], 16)).join());
}`;
    const [opened, ...threads] = withAddon(script).split('\n');
    expect(opened).toBe('0');
    expect(threads.length).toBeGreaterThan(5);
    expect(new Set(threads)).toEqual(new Set(['0,4096,4096,4096,0,1']));
  });

  it('leaves no name where there is nothing to give it to', () => {
    const name = `tpleave-${process.pid}`;
    const kernel = nativeKernel();
    kernel.prepareFolder();
    const placeholder = openSync('/run/netns', 0o20200000 | 2);
    try {
      expect(() => kernel.attach(2 ** 30, placeholder, name)).toThrow(/mount/);
      expect(existsSync(`/run/netns/${name}`)).toBe(false);
    } finally {
      closeSync(placeholder);
    }
  });
});
