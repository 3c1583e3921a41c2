import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeKernel, until } from '../support/kernel.js';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

const demo = (...argv: readonly string[]) =>
  spawnSync(process.execPath, [MAIN, 'demo', ...argv], { encoding: 'utf8', timeout: 40_000 });

/** What a demo of that process has left in a folder. */
const leftIn = (folder: string, pid: number | undefined): string[] => {
  try {
    return readdirSync(folder).filter((entry) => entry.startsWith(`demo-${pid}`));
  } catch {
    return [];
  }
};

const expectNothingLeft = (pid: number | undefined): void => {
  expect(leftIn('/run/netns', pid)).toEqual([]);
  expect(leftIn('/run/tunpike', pid)).toEqual([]);
};

describeKernel('the demo', ['ping', 'traceroute', 'mtr', 'bash', 'python3'], () => {
  it.each(['ping', 'three-hop', 'multicast', 'redirect'])(
    'tells the story of %s, as expected at every step',
    (name) => {
      const { status, stdout, stderr, pid } = demo(name);
      expect(stdout).not.toContain('✗');
      expect(stdout).toContain('steps came out as expected.');
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expectNothingLeft(pid);
    },
  );

  it('prints one JSON document with -j', () => {
    const { status, stdout } = demo('three-hop', '-j');
    expect(status).toBe(0);
    const told = JSON.parse(stdout) as { steps: { result: string }[]; icmp: unknown[] };
    expect(told.steps.map(({ result }) => result)).toEqual(Array(3).fill('as expected'));
    expect(told.icmp).toHaveLength(3);
  });

  it('runs a command on the first host instead, and ends with its exit code', () => {
    const { status, stdout, pid } = demo('--run', 'ip -4 -br addr show dev tp-alice-red; exit 42');
    expect(stdout).toContain('198.51.100.10/24');
    expect(status).toBe(42);
    expectNothingLeft(pid);
  });

  it('works in a user namespace', () => {
    const { status, stdout, pid } = demo('--rootless', 'redirect');
    expect(stdout).toContain('3 of 3 steps came out as expected.');
    expect(status).toBe(0);
    expectNothingLeft(pid);
  });

  it.each(['redirect', 'three-hop'])('opens a shell at a terminal, and says what to type: %s', (name) => {
    const script = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
said = b''
while b'alice$ ' not in said: said += os.read(terminal, 65536)
os.write(terminal, b'echo of $TUNPIKE_NAME; exit 3\\n')
try:
    while True: said += os.read(terminal, 65536)
except OSError: pass
print(said.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
    const argv = ['-c', script, process.execPath, MAIN, 'demo', name];
    const { stdout, stderr } = spawnSync('python3', argv, { encoding: 'utf8', timeout: 30_000 });
    expect(stderr).toBe('');
    expect(stdout).toContain('alice 198.51.100.10');
    expect(stdout).toMatch(/203\.0\.113\.10/);
    expect(stdout).toContain('ping -n -c 2 -i 0.2 -W 1 203.0.113.10');
    expect(stdout).toMatch(/^of demo-\d+/m);
    expect(stdout.trim()).toMatch(/ 3$/);
  });

  it('leaves nothing where it is interrupted', async () => {
    const child = spawn(process.execPath, [MAIN, 'demo'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    await until(() => said.includes('1. '), 10_000, 'the first step');
    child.kill('SIGINT');
    await until(() => child.exitCode !== null, 10_000, 'the end of the demo');
    expect(child.exitCode).toBe(1);
    expectNothingLeft(child.pid);
  });
});
