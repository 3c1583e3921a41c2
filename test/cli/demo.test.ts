import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Background } from '../support/background.js';
import { describeKernel, until } from '../support/kernel.js';
import { MAIN } from '../support/lab.js';

/** How long a demo may take. In milliseconds. */
const PATIENCE = 60_000;

type Environment = Readonly<Record<string, string>>;

const begin = (environment: Environment, ...argv: readonly string[]): Background =>
  new Background([process.execPath, MAIN, 'demo', ...argv], { ...process.env, ...environment });

/** Lets a demo run to its end. */
const demo = async (environment: Environment, ...argv: readonly string[]) => {
  const program = begin(environment, ...argv);
  try {
    const status = await program.ended(PATIENCE);
    return { status, stdout: program.stdout, stderr: program.stderr, pid: program.pid };
  } finally {
    await program.kill();
  }
};

/** What a demo of that process has left in a folder. */
const leftIn = (folder: string, pid: number | undefined): string[] => {
  try {
    return readdirSync(folder).filter((entry) => entry.startsWith(`demo-${pid}`));
  } catch {
    return [];
  }
};

/** The processes that a demo of that process has started; also those that are no children of it any more. */
const programsOf = (pid: number | undefined): string[] =>
  readdirSync('/proc').filter((entry) => {
    try {
      return readFileSync(`/proc/${entry}/environ`, 'latin1').includes(`TUNPIKE_NAME=demo-${pid}\0`);
    } catch {
      return false;
    }
  });

const expectNothingLeft = (pid: number | undefined): void => {
  expect(leftIn('/run/netns', pid)).toEqual([]);
  expect(leftIn('/run/tunpike', pid)).toEqual([]);
  expect(programsOf(pid)).toEqual([]);
};

describeKernel(
  'the demo',
  ['ping', 'traceroute', 'mtr', 'bash', 'curl', 'iperf3'],
  () => {
    it.each(['ping', 'three-hop', 'multicast', 'mtu-blackhole', 'bad-day', 'redirect'])(
      'tells the story of %s, as expected at every step',
      async (name) => {
        const { status, stdout, stderr, pid } = await demo({}, name);
        expect(stdout).not.toContain('✗');
        expect(stdout).toMatch(/(\d+) of \1 steps came out as expected\./);
        expect(stderr).toBe('');
        expect(status).toBe(0);
        expectNothingLeft(pid);
      },
    );

    it.each([
      ['| head -2', 0, ''],
      ['> /dev/full', 70, 'error: the answer could not be written: ENOSPC'],
    ])('ends as other commands do where its output cannot be written: %s', (where, status, says) => {
      const script = `set -o pipefail; "${process.execPath}" "${MAIN}" demo ping ${where}`;
      const ended = spawnSync('bash', ['-c', script], { encoding: 'utf8', timeout: PATIENCE });
      expect(ended.stderr.slice(0, says.length || 100)).toBe(says);
      expect(ended.status).toBe(status);
    });

    it.each([
      ['mtu-blackhole', '7 of 10 steps came out as expected, 3 skipped.', 'curl'],
      ['bad-day', '2 of 6 steps came out as expected, 4 skipped.', 'iperf3'],
    ])('names the program that is missing: %s', async (name, sum, program) => {
      const folder = mkdtempSync(join(tmpdir(), 'demo-'));
      try {
        for (const each of ['ip', 'env', 'sh', 'cat', 'ping']) {
          const { stdout } = spawnSync('sh', ['-c', `command -v ${each}`], { encoding: 'utf8' });
          symlinkSync(stdout.trim(), join(folder, each));
        }
        const { status, stdout, pid } = await demo({ PATH: folder }, name);
        expect(stdout).toContain(`skipped: ${program} is not installed (apt-get install ${program})`);
        expect(stdout).toContain(sum);
        expect(status).toBe(0);
        expectNothingLeft(pid);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('prints one JSON document with -j', async () => {
      const { status, stdout } = await demo({}, 'three-hop', '-j');
      expect(status).toBe(0);
      const told = JSON.parse(stdout) as { steps: { result: string }[]; icmp: unknown[] };
      expect(told.steps.map(({ result }) => result)).toEqual(Array(3).fill('as expected'));
      expect(told.icmp).toHaveLength(3);
    });

    it('runs a command on the first host instead, and ends with its exit code', async () => {
      const { status, stdout, pid } = await demo(
        {},
        '--run',
        'ip -4 -br addr show dev tp-alice-red; exit 42',
      );
      expect(stdout).toContain('198.51.100.10/24');
      expect(status).toBe(42);
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
      expect(stdout).toMatch(/ping -n -c \d -i 0\.2 -W 1 203\.0\.113\.10/);
      expect(stdout).toMatch(/^of demo-\d+/m);
      expect(stdout.trim()).toMatch(/ 3$/);
    });

    it('works in a user namespace', async () => {
      const { status, stdout, pid } = await demo({}, '--rootless', 'redirect');
      expect(stdout).toContain('6 of 6 steps came out as expected.');
      expect(status).toBe(0);
      expectNothingLeft(pid);
    });

    it.each([
      ['ping', /1\. /, 'SIGINT'],
      ['ping', /1\. /, 'SIGTERM'],
      ['mtu-blackhole', /3\. /, 'SIGINT'],
    ] as const)('leaves nothing where it is interrupted, and its code says so: %s', async (...given) => {
      const [name, moment, signal] = given;
      const child = begin({}, name);
      try {
        await child.printed(moment);
        child.signal(signal);
        expect(await child.ended()).toBe(128 + constants.signals[signal]);
      } finally {
        await child.kill();
      }
      expectNothingLeft(child.pid);
    });

    it('takes the servers of its story with it where it is killed', async () => {
      const child = begin({}, 'mtu-blackhole');
      try {
        await child.printed(/1\. /);
        expect(programsOf(child.pid)).not.toEqual([]);
        await child.kill();
        await until(() => programsOf(child.pid).length === 0, 5000, 'the end of the server');
      } finally {
        await child.kill();
        spawnSync(process.execPath, [MAIN, 'down', '--force', `demo-${child.pid}`]);
      }
      expectNothingLeft(child.pid);
    });
  },
  { concurrent: true },
);
