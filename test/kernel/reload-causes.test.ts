import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { namespaceIdentity } from '../../src/host/namespaces.js';
import { Background } from '../support/background.js';
import { describeKernel, ip, run, until } from '../support/kernel.js';
import {
  freshName,
  labText,
  launch,
  leftovers,
  MAIN,
  type RunningLab,
  tunpike,
  withLab,
} from '../support/lab.js';
import { reload, replaceFile, rewrite } from '../support/reload.js';

const DEADLINE = 10_000;

const text = (others = '', routes = ''): string => `
links: { red: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  ${others}
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 } }, routes: [${routes}] } }
`;
const BOB = 'bob: { interfaces: { red: { address: 198.51.100.11/24 } } }';

const hosts = async (lab: RunningLab): Promise<number> => (await lab.show<{ hosts: number }>('status')).hosts;
const comesTo = (lab: RunningLab, count: number): Promise<unknown> =>
  until(async () => (await hosts(lab)) === count, DEADLINE, `${count} hosts`);

describeKernel('a lab that watches its file', [], () => {
  it('takes over what an editor writes, in place or by a rename, and what a link leads to', () =>
    withLab(
      text(),
      async (lab) => {
        writeFileSync(lab.file, labText(text(BOB), lab.name).text);
        await comesTo(lab, 2);
        rewrite(lab, text());
        await comesTo(lab, 1);
        // As those do who put a whole folder in the place of another.
        const [one, two] = ['one', 'two'].map((name) => join(lab.folder, name));
        writeFileSync(one!, labText(text(BOB), lab.name).text);
        symlinkSync('one', `${lab.file}~`);
        renameSync(`${lab.file}~`, lab.file);
        await comesTo(lab, 2);
        replaceFile(two!, labText(text(), lab.name).text);
        replaceFile(one!, labText(text(), lab.name).text);
        await comesTo(lab, 1);
      },
      { flags: ['--watch'] },
    ));

  it('refuses what is half written or gone, keeps what it has, and goes on', () =>
    withLab(
      text(),
      async (lab) => {
        const whole = labText(text(BOB), lab.name).text;
        writeFileSync(lab.file, whole.slice(0, whole.length / 2));
        await until(() => lab.process.stderr.includes('refused: '), DEADLINE, 'the refusal');
        expect(await hosts(lab)).toBe(1);
        writeFileSync(lab.file, whole);
        await comesTo(lab, 2);
        rmSync(lab.file);
        await until(() => lab.process.stderr.includes('no such file'), DEADLINE, 'another refusal');
        expect(await hosts(lab)).toBe(2);
        rewrite(lab, text());
        await comesTo(lab, 1);
      },
      { flags: ['--watch'] },
    ));

  it('watches the tables of routes that the file names, too, and those that it comes to name', () =>
    withLab(
      text(),
      async (lab) => {
        const table = join(lab.folder, 'table.txt');
        const routes = async (): Promise<string> => JSON.stringify(await lab.show('routes'));
        rewrite(lab, text('', '{ file: table.txt }'));
        await until(() => lab.process.stderr.includes('refused: '), DEADLINE, 'what is missing');
        writeFileSync(table, 'blackhole 10.1.0.0/16\n');
        await until(async () => (await routes()).includes('10.1.0.0/16'), DEADLINE, 'the route');
        replaceFile(table, 'blackhole 10.2.0.0/16\n');
        await until(async () => (await routes()).includes('10.2.0.0/16'), DEADLINE, 'the other route');
        expect(await routes()).not.toContain('10.1.0.0/16');
      },
      { flags: ['--watch'] },
    ));
});

describeKernel('a reload', ['cc', 'setsid', 'unshare'], () => {
  it('follows SIGHUP in a session without a terminal, and several at once', () =>
    withLab(
      text(),
      async (lab) => {
        rewrite(lab, text(BOB));
        for (let i = 0; i < 5; i++) lab.process.signal('SIGHUP');
        const both = await Promise.all([reload(lab), reload(lab), lab.tunpike('reload')]);
        expect(both[2]).toMatchObject({ code: 0 });
        await comesTo(lab, 2);
        const count = lab.process.stderr.match(/"msg":"reloaded /g)?.length ?? 0;
        expect(count).toBeGreaterThanOrEqual(4);
        expect(count).toBeLessThanOrEqual(8);
      },
      { by: ['setsid', '-w'] },
    ));

  it('is refused (7) of a lab without a file', async () => {
    const name = freshName();
    const lab = new Background([
      ...['unshare', '-n', process.execPath, MAIN, '-n', name, 'up'],
      ...['--tun', 'tpreload0=192.0.2.1/24,host=192.0.2.2/24'],
    ]);
    try {
      await lab.printed(/^ready/m);
      expect(await tunpike(['reload', '-n', name])).toMatchObject({
        code: 7,
        stderr: expect.stringContaining('without a file'),
      });
    } finally {
      await lab.stop();
    }
    expect((await tunpike(['reload', '-n', name])).code).toBe(5);
  });

  it('never waits for a pipe', () =>
    withLab(text(), async (lab) => {
      await run('mkfifo', [join(lab.folder, 'pipe')]);
      rewrite(lab, text('', '{ file: pipe }'));
      expect(await lab.tunpike('reload')).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('`pipe` is not a file'),
      });
      renameSync(join(lab.folder, 'pipe'), lab.file);
      expect((await lab.tunpike('reload')).code).toBe(7);
    }));

  it('makes and removes the hosts of a lab without privileges', () =>
    withLab(
      text(),
      async (lab) => {
        const answers = async (host: string): Promise<number> =>
          (await lab.tunpike('exec', host, '--', 'ping', '-c', '1', '-W', '2', '198.51.100.1')).code;
        rewrite(lab, text(BOB));
        expect((await reload(lab)).isApplied).toBe(true);
        expect(await answers('bob')).toBe(0);
        rewrite(lab, text());
        expect((await reload(lab)).changes.at(-1)).toContain('network namespace removed');
        expect(await answers('alice')).toBe(0);
        expect(await answers('bob')).toBe(2);
      },
      { flags: ['--rootless'] },
    ));

  let shim = '';
  beforeAll(async () => {
    shim = join(mkdtempSync(join(tmpdir(), 'tpkill-')), 'kill-at.so');
    const source = fileURLToPath(new URL('../support/kill-at.c', import.meta.url));
    const { code, stderr } = await run('cc', ['-shared', '-fPIC', '-o', shim, source, '-ldl']);
    if (code !== 0) throw new Error(stderr);
  });
  afterAll(() => rmSync(dirname(shim), { recursive: true, force: true }));

  // What the start does comes before: two names, and three mounts.
  it.each(
    ['linkat:3', 'mount:4', 'persist:1', 'umount2:1'].flatMap((call) => [`${call}:before`, `${call}:after`]),
  )('that is killed leaves nothing that `down --force` does not find: at %s', async (moment) => {
    const before = labText(text('carol: { interfaces: { red: { address: 198.51.100.12/24 } } }'));
    const after = labText(text(BOB.replace('/24', '/24, persistent: true')), before.name);
    const decoy = `${before.name}-bobby`;
    await ip(`netns add ${decoy}`);
    const identity = namespaceIdentity(decoy);
    const { folder, process: lab } = launch(before, { environment: { LD_PRELOAD: shim, KILL_AT: moment } });
    try {
      await lab.printed(/^ready.*\n/m);
      replaceFile(join(folder, 'lab.yaml'), after.text);
      lab.signal('SIGHUP');
      expect(await lab.ended()).toBe(128 + 9);
      const { code, stderr } = await tunpike(['down', before.name, '--purge']);
      expect([code, stderr]).toEqual([0, '']);
      expect(leftovers(before.name)).toEqual([decoy]);
      expect(namespaceIdentity(decoy)).toBe(identity);
    } finally {
      await lab.kill();
      rmSync(folder, { recursive: true, force: true });
      await tunpike(['down', before.name, '--purge']);
      await ip(`netns del ${decoy}`);
    }
  });
});
