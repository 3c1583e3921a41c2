import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Background } from '../support/background.js';
import { describeKernel, ip, run } from '../support/kernel.js';
import { freshName, leftovers, MAIN, tunpike, withLab } from '../support/lab.js';
import { NOBODY } from '../support/nobody.js';
import { ONE_LINK } from '../support/topologies.js';

/** CAP_NET_ADMIN and CAP_SYS_ADMIN. */
const AT_WORK = (1n << 12n) | (1n << 21n);
const DAC_OVERRIDE = 1n << 1n;

interface Privileges {
  readonly permitted: bigint;
  readonly effective: bigint;
  readonly bounding: bigint;
  readonly hasNoNew: boolean;
}

const privilegesIn = (status: string): Privileges => {
  const field = (name: string): string => new RegExp(`^${name}:\\s*(\\w+)$`, 'm').exec(status)?.[1] ?? '';
  const set = (name: string): bigint => BigInt(`0x${field(name)}`);
  return {
    permitted: set('CapPrm'),
    effective: set('CapEff'),
    bounding: set('CapBnd'),
    hasNoNew: field('NoNewPrivs') === '1',
  };
};

const OWN = privilegesIn(readFileSync('/proc/self/status', 'latin1'));

/** Of each thread of a process: each has its own. */
const privilegesOf = (pid: number): Privileges[] => {
  const threads = readdirSync(`/proc/${pid}/task`);
  expect(threads.length).toBeGreaterThan(5);
  return threads.map((thread) => privilegesIn(readFileSync(`/proc/${pid}/task/${thread}/status`, 'latin1')));
};

const lowered = (kept = AT_WORK): Privileges => ({
  permitted: kept,
  effective: kept,
  bounding: kept,
  hasNoNew: true,
});

const expectLowered = (pid: number, wanted: Privileges): void => {
  for (const found of privilegesOf(pid)) expect(found).toEqual(wanted);
};

describeKernel('a lab at work', ['ping'], () => {
  it('has the privileges that it needs and no other, in every thread, from its start to its end', () =>
    withLab(ONE_LINK, async (lab) => {
      expectLowered(lab.process.pid, lowered());
      const answers = async (): Promise<number> =>
        (await lab.on('alice', 'ping -n -c 1 -W 2 198.51.100.1')).code;
      expect(await answers()).toBe(0);
      await ip('link set tp-alice-red down', lab.namespaceOf('alice'));
      expect(await answers()).not.toBe(0);
      await ip('link set tp-alice-red up', lab.namespaceOf('alice'));
      await expect.poll(answers, { timeout: 5000 }).toBe(0);
      expectLowered(lab.process.pid, lowered());
    }));

  it('keeps nothing from the programs that are run on its hosts', () =>
    withLab(ONE_LINK, async (lab) => {
      const { stdout } = await lab.tunpike('exec', 'alice', '--', 'cat', '/proc/self/status');
      expect(privilegesIn(stdout)).toEqual(OWN);
    }));

  it('keeps nothing from the programs of a demo', async () => {
    const { code, stdout } = await tunpike(['demo', '--run', 'cat /proc/self/status']);
    expect(code).toBe(0);
    expect(privilegesIn(stdout)).toEqual(OWN);
  });
});

/** Runs a lab of one device until it is ready, and sees that it ends well. */
const withUp = async (
  { by = [], flags = [] }: { readonly by?: readonly string[]; readonly flags?: readonly string[] },
  body: (pid: number, name: string) => Promise<void>,
): Promise<void> => {
  const name = freshName();
  const lab = new Background([
    // The device stands in the namespace where the program runs: it gets one of its own, whatever this machine has.
    ...['unshare', '-n', ...by, process.execPath, MAIN, '-n', name, 'up', ...flags],
    ...['--tun', 'tppriv0=192.0.2.1/24,host=192.0.2.2/24'],
  ]);
  try {
    const [, pid] = await lab.printed(/^ready: .*process (\d+)/m);
    await body(Number(pid), name);
    lab.signal('SIGTERM');
    expect(await lab.ended(), lab.stderr).toBe(0);
    expect(lab.stderr).not.toContain('WARN');
    expect(leftovers(name)).toEqual([]);
  } finally {
    await lab.stop();
  }
};

describeKernel('a lab that gives up its privileges', ['setpriv', 'unshare'], () => {
  it('does so where it cannot lower what its programs could gain', () =>
    withUp({ by: ['setpriv', '--bounding-set', '-setpcap'] }, async (pid) => {
      const bounding = OWN.bounding & ~(1n << 8n);
      expectLowered(pid, { ...lowered(), bounding });
    }));

  it('may write in a place of another user that it was told of', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ktpriv-'));
    chownSync(folder, NOBODY, NOBODY);
    chmodSync(folder, 0o700);
    const file = join(folder, 'ready');
    try {
      await withUp({ flags: ['--ready-file', file] }, async (pid) => {
        expect(existsSync(file)).toBe(true);
        expectLowered(pid, lowered(AT_WORK | DAC_OVERRIDE));
      });
      expect(existsSync(file)).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describeKernel('a rootless lab', ['unshare', 'nsenter'], () => {
  it('has no more of its own root than it needs', () =>
    withUp({ flags: ['--rootless'] }, async (pid, name) => {
      expectLowered(pid, lowered());
      const { code, stdout } = await run(process.execPath, [
        ...[MAIN, '-n', name, 'exec', 'tppriv0', '--'],
        ...['ping', '-c', '1', '-W', '2', '192.0.2.1'],
      ]);
      expect(code, stdout).toBe(0);
    }));
});
