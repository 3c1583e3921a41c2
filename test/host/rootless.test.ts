import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { enterCommand } from '../../src/host/netns-exec.js';
import { tunDeviceFault } from '../../src/host/rootless.js';
import { readState } from '../../src/host/state-file.js';
import { describeKernel, run, until } from '../support/kernel.js';
import { AS_NOBODY, NOBODY, withOpenDevice } from '../support/nobody.js';
import { withFolder } from './state.js';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const PROGRAM = [process.execPath, '--import', here('typescript-hooks.mjs'), here('rootless-instance.ts')];

interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
}

function start(command: readonly string[], environment: Record<string, string>): Running {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { env: { ...process.env, ...environment } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (octets) => {
      output += octets;
    });
  return { child, output: () => output };
}

const ended = ({ child }: Running) => until(() => child.exitCode !== null, 60_000, 'the end');

async function ready(running: Running): Promise<number> {
  const done = () => running.output().includes('ready') || running.child.exitCode !== null;
  await until(done, 20_000, 'the rootless lab');
  const pid = /^ready (\d+)$/m.exec(running.output())?.[1];
  if (pid === undefined) throw new Error(running.output());
  return Number(pid);
}

const namedNamespaces = (): readonly string[] => (existsSync('/run/netns') ? readdirSync('/run/netns') : []);

describeKernel('a rootless lab', ['unshare', 'nsenter', 'setpriv'], () => {
  it('has its namespaces for itself, and its state file where everybody finds it', () =>
    withFolder(async (folder) => {
      // Somebody else's lab may have an alice of its own.
      const before = namedNamespaces();
      const running = start(PROGRAM, { TUNPIKE_RUNTIME_DIR: folder });
      try {
        const pid = await ready(running);
        expect(running.output()).toContain(`"uid":0,"namespaces":"alice","directory":"${folder}"`);
        expect(namedNamespaces().filter((name) => !before.includes(name))).not.toContain('alice');
        expect(readState('rootless', folder)).toMatchObject({ pid, rootless: true });
        const [file = '', ...args] = enterCommand({ namespace: 'alice', rootlessPid: pid }, [
          'ip',
          '-o',
          'addr',
        ]);
        expect((await run(file, args)).stdout).toContain('198.51.100.10/24');
      } finally {
        running.child.kill('SIGTERM');
        await ended(running);
      }
      expect(running.child.exitCode).toBe(7);
      expect(readdirSync(folder)).toEqual([]);
    }));

  it('needs no root at all', () =>
    withFolder(async (folder) => {
      const node = join(folder, 'tun');
      execFileSync('mknod', ['-m', '0666', node, 'c', '10', '200']);
      chownSync(folder, NOBODY, NOBODY);
      chmodSync(folder, 0o755);
      const command = [...withOpenDevice(node), ...AS_NOBODY, ...PROGRAM];
      const running = start(command, { XDG_RUNTIME_DIR: folder, TUNPIKE_RUNTIME_DIR: '' });
      try {
        const pid = await ready(running);
        expect(running.output()).toContain(`"uid":0,"namespaces":"alice","directory":"${folder}/tunpike"`);
        const enter = enterCommand({ namespace: 'alice', rootlessPid: pid }, ['sh', '-c', 'pwd; ip -o addr']);
        const keep = enter.indexOf('sh');
        const asUser = [...enter.slice(0, keep), '--preserve-credentials', ...enter.slice(keep)];
        const outcome = await run(AS_NOBODY[0]!, [...AS_NOBODY.slice(1), ...asUser]);
        expect(outcome.stdout).toContain('198.51.100.10/24');
        expect(outcome.stdout).toContain(`${process.cwd()}\n`);
        const [file = '', ...args] = enter;
        expect((await run(file, args)).stdout).toContain('198.51.100.10/24');
      } finally {
        running.child.kill('SIGTERM');
        await ended(running);
      }
      expect(running.child.exitCode).toBe(7);
      expect(readdirSync(join(folder, 'tunpike'))).toEqual([]);
    }));

  it('builds a /run of its own where that has no netns, and keeps what is in it', async () => {
    // A /run that nobody else sees stands for a machine on which no namespace ever had a name.
    const bare = ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs t /run && mkdir /run/lab && exec "$@"', 'sh'];
    const running = start([...bare, ...PROGRAM], { TUNPIKE_RUNTIME_DIR: '/run/lab' });
    try {
      const pid = await ready(running);
      const [file = '', ...args] = enterCommand({ namespace: undefined, rootlessPid: pid }, [
        'ls',
        '/run',
        '/run/lab',
      ]);
      expect((await run(file, args)).stdout.split('\n')).toEqual(
        expect.arrayContaining(['lab', 'netns', 'rootless.state.json']),
      );
    } finally {
      running.child.kill('SIGTERM');
      await ended(running);
    }
    expect(running.child.exitCode).toBe(7);
  });

  it('says what is missing where the device may not be opened', () =>
    withFolder(async (folder) => {
      const node = join(folder, 'tun');
      execFileSync('mknod', ['-m', '0600', node, 'c', '10', '200']);
      chmodSync(folder, 0o755);
      const running = start([...withOpenDevice(node), ...AS_NOBODY, ...PROGRAM], { XDG_RUNTIME_DIR: folder });
      await ended(running);
      expect(running.child.exitCode).toBe(4);
      expect(running.output()).toContain('failure 4: no permission to read and write /dev/net/tun');
    }));

  it('says what is missing where user namespaces are off', () =>
    withFolder(async (folder) => {
      // The limit is that of a user namespace around it, so that the machine's own stays.
      const off = [
        'unshare',
        '-Ur',
        'sh',
        '-c',
        'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"',
        'sh',
      ];
      const running = start([...off, ...PROGRAM], { TUNPIKE_RUNTIME_DIR: folder });
      await ended(running);
      expect(running.child.exitCode).toBe(4);
      expect(running.output()).toContain('does not let us make a user namespace');
      expect(running.output()).toContain('sudo sysctl -w user.max_user_namespaces=');
    }));

  it('says how to get the device where there is none', () => {
    expect(tunDeviceFault('/nonexistent/tun')?.fix).toContain('modprobe tun');
  });
});
