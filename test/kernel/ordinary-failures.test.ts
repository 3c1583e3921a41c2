import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeKernel, type Outcome, run } from '../support/kernel.js';
import { labText, leftovers, MAIN, tunpike } from '../support/lab.js';
import { AS_NOBODY } from '../support/nobody.js';
import { ONE_LINK } from '../support/topologies.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ktordinary-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const after = (before: readonly string[], ...argv: readonly string[]): Promise<Outcome> => {
  const [file = '', ...args] = [...before, process.execPath, MAIN, ...argv];
  return run(file, args, { timeout: 20_000 });
};

const expectFailure = (
  { code, stdout, stderr }: Outcome,
  wanted: number,
  what: string,
  fix: string,
): void => {
  expect(stderr).toBe(`error: ${what}\nfix: ${fix}\n`);
  expect(stdout).toBe('');
  expect(code).toBe(wanted);
};

/** A lab of root's in the background, while something is done. */
const withDetached = async (body: (name: string) => Promise<void>): Promise<void> => {
  const { name, text } = labText(ONE_LINK);
  const file = join(folder, 'lab.yaml');
  writeFileSync(file, text);
  try {
    expect((await tunpike(['up', '-d', file])).code).toBe(0);
    await body(name);
  } finally {
    await tunpike(['down', name, '--force']);
  }
  expect(leftovers(name)).toEqual([]);
};

describeKernel('what ordinary conditions refuse', ['setpriv', 'rmdir'], () => {
  it('is told to another user than the one whose lab it is', () =>
    withDetached(async (name) => {
      const asNobody = [...AS_NOBODY, 'env', 'TUNPIKE_RUNTIME_DIR=/run/tunpike'];
      expectFailure(
        await after(asNobody, 'logs', name),
        4,
        `the log /run/tunpike/${name}.log cannot be read: it belongs to root`,
        'run as root',
      );
      const forced = await after(asNobody, 'down', name, '--force');
      expect(forced.stderr).toMatch(
        new RegExp(
          `^error: no permission to end ${name} \\(process \\d+\\)\nfix: run as the user who started it`,
        ),
      );
      expect(forced.code).toBe(4);
      expectFailure(
        await after(asNobody, '-n', name, 'exec', 'alice', '--', 'id'),
        4,
        `no permission to enter the network namespace ${name}-alice: this needs CAP_SYS_ADMIN`,
        'run as root',
      );
      expect((await tunpike(['-n', name, 'show', 'status'])).code).toBe(0);
    }));

  it('is no place for what is named relative to a folder that is gone, and nothing else', () =>
    withDetached(async (name) => {
      const [lab, other] = [join(folder, 'lab.yaml'), join(folder, 'other.yaml')];
      writeFileSync(other, labText(ONE_LINK).text);
      const inGone = (...argv: readonly string[]): Promise<Outcome> =>
        after(
          ['sh', '-c', 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"', join(folder, 'gone')],
          ...argv,
        );
      for (const argv of [
        ['systemd', 'lab.yaml'],
        ['init', 'new.yaml'],
        ['-n', name, 'capture', '-w', 'x.pcapng'],
        ['test', lab, '--host', 'alice', '--evidence', 'ev', '--', 'false'],
        ['up', '--ready-file', 'ready', other],
      ])
        expectFailure(
          await inGone(...argv),
          4,
          'the folder that this was started in is gone',
          'cd to another one, or name files by their whole path',
        );
      expect((await inGone('down', name)).code).toBe(0);
      const up = await inGone('up', '-d', lab);
      expect(up).toMatchObject({ code: 0, stderr: '' });
    }));

  it('is a limit of open files that only root may raise', async () => {
    const few = [...AS_NOBODY, 'bash', '-c', 'ulimit -n 22; exec "$@"', 'bash'];
    const { code, stderr } = await after(few, 'show', 'routes');
    expect(stderr).toMatch(/^error: .* enough open files .*\nfix: sudo prlimit --pid \$\$ --nofile=1024\b/);
    expect(code).toBe(4);
  });

  it('is a runtime folder that is a file', async () => {
    const directory = join(folder, 'run');
    writeFileSync(directory, 'precious\n');
    const there = (...argv: readonly string[]): Promise<Outcome> =>
      after(['env', `TUNPIKE_RUNTIME_DIR=${directory}`], ...argv);
    const what = `${directory} is no place for a control socket: it is no folder`;
    const fix = `rm -r ${directory} (as its owner), or TUNPIKE_RUNTIME_DIR=/tmp/my-tunpike`;
    const tun = 'ktfile0=192.0.2.1/24,host=192.0.2.2/24';
    for (const argv of [['logs'], ['up', '--tun', tun], ['up', '-d', '--tun', tun]])
      expectFailure(await there(...argv), 4, what, fix);
    expect(await there('down', 'ktnone', '--force')).toMatchObject({ code: 0, stderr: '' });
    expect((await there('doctor')).stdout).toContain(`${directory}: it is no folder\n         fix: ${fix}\n`);
  });

  it('is no runtime folder that is named by where we are', async () => {
    const { name, text } = labText(ONE_LINK);
    writeFileSync(join(folder, 'lab.yaml'), text);
    const there = (...argv: readonly string[]): Promise<Outcome> =>
      after(['env', '-C', folder, 'TUNPIKE_RUNTIME_DIR=a/run'], ...argv);
    try {
      expect(await there('up', '-d', 'lab.yaml')).toMatchObject({ code: 0, stderr: '' });
      expect(existsSync(join(folder, 'a/run', `${name}.sock`))).toBe(true);
      expect((await there('ls')).stdout).toContain(name);
      expect((await there('show', 'status')).code).toBe(0);
    } finally {
      expect((await there('down', name, '--force')).code).toBe(0);
    }
    expect(leftovers(name)).toEqual([]);
  });
});
