import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { namespaceIdentity } from '../../src/host/namespaces.js';
import { describeKernel, ip, run, until } from '../support/kernel.js';
import { freshName, labText, launch, leftovers, tunpike } from '../support/lab.js';

const HOSTS = 100;
const ROUNDS = 8;

const manyHosts = (name: string) =>
  labText(
    `
links: { red: {} }
hosts:
${Array.from({ length: HOSTS }, (_, i) => `  h${i}: { interfaces: { red: { address: 10.0.1.${i + 10}/16, routes: [default]${i % 25 === 0 ? ', persistent: true' : ''} } } }`).join('\n')}
routers: { r1: { interfaces: { red: { address: 10.0.0.1/16 } } } }
`,
    name,
  );

describeKernel('a lab that is killed while it starts', ['cc'], () => {
  it('leaves nothing that `down --force` does not find, and nothing of anybody else is touched', async () => {
    const lab = manyHosts(freshName());
    // Names that begin and end like ours, and one that a host of ours would have.
    const decoys = [`${lab.name}x-h1`, `${lab.name}-h${HOSTS}`, `x${lab.name}-h0`];
    for (const decoy of decoys) await ip(`netns add ${decoy}`);
    const identities = decoys.map(namespaceIdentity);
    const ours = () => leftovers(lab.name).filter((name) => !decoys.includes(name));
    const counts: number[] = [];
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const { folder, process } = launch(lab);
        try {
          await until(() => existsSync(`/run/tunpike/${lab.name}.state.json`), 15_000, 'the state file');
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
          process.signal('SIGKILL');
          await process.ended();
        } finally {
          await process.stop();
          rmSync(folder, { recursive: true, force: true });
        }
        counts.push(ours().length);
        if (round % 4 === 3) {
          // It starts over what was left, as well.
          const again = launch(lab);
          await again.process.printed(/^ready.*\n/m);
          again.process.signal('SIGTERM');
          expect(await again.process.ended()).toBe(0);
          rmSync(again.folder, { recursive: true, force: true });
        }
        const { code, stderr } = await tunpike(['down', lab.name, '--purge']);
        expect([0, 5], stderr).toContain(code);
        expect(ours()).toEqual([]);
      }
      // Nothing that outlived the process makes something later.
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(ours()).toEqual([]);
      expect(decoys.map(namespaceIdentity)).toEqual(identities);
      expect(readdirSync('/run/tunpike').filter((file) => file.startsWith(lab.name))).toEqual([]);
      console.error(`left by those that were killed: ${counts.join(' ')}`);
      expect(Math.max(...counts)).toBeGreaterThan(1);
    } finally {
      for (const decoy of decoys) await ip(`netns del ${decoy}`);
      await tunpike(['down', lab.name, '--purge']);
    }
  }, 120_000);

  /** Two hosts, one of them with a persistent device: so each call is made for the first and for the second. */
  const twoHosts = (name: string) =>
    labText(
      `
links: { red: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, persistent: true } } }
  bob: { interfaces: { red: { address: 198.51.100.11/24 } } }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 } } } }
`,
      name,
    );

  let shim = '';
  beforeAll(async () => {
    shim = join(mkdtempSync(join(tmpdir(), 'tpkill-')), 'kill-at.so');
    const source = fileURLToPath(new URL('../support/kill-at.c', import.meta.url));
    const { code, stderr } = await run('cc', ['-shared', '-fPIC', '-o', shim, source, '-ldl']);
    if (code !== 0) throw new Error(stderr);
  });
  afterAll(() => rmSync(dirname(shim), { recursive: true, force: true }));

  const moments = [
    'linkat:1',
    'linkat:2',
    'mount:2',
    'mount:3',
    'persist:1',
    'umount2:1',
    'unlink:1',
    'unlink:3',
  ].flatMap((call) => [`${call}:before`, `${call}:after`]);

  it.each(moments)('is cleaned up wherever that was: at %s', async (moment) => {
    const lab = twoHosts(freshName());
    const other = `${lab.name}-carol`;
    await ip(`netns add ${other}`);
    const ours = () => leftovers(lab.name).filter((name) => name !== other);
    const environment = { LD_PRELOAD: shim, KILL_AT: moment };
    const first = launch(lab, { environment });
    try {
      await until(
        () => /^ready/m.test(first.process.stdout) || first.process.code !== undefined,
        15_000,
        'either',
      );
      first.process.signal('SIGTERM');
      expect(await first.process.ended(), first.process.stderr).toBe(128 + 9);
      const { code, stderr } = await tunpike(['down', lab.name, '--purge']);
      expect([code, stderr]).toEqual([0, '']);
      expect(ours()).toEqual([]);
      // And again, with a start in the place of the clean-up.
      const second = launch(lab, { environment });
      await until(
        () => /^ready/m.test(second.process.stdout) || second.process.code !== undefined,
        15_000,
        'either',
      );
      second.process.signal('SIGTERM');
      await second.process.ended();
      const third = launch(lab);
      await third.process.printed(/^ready.*\n/m);
      third.process.signal('SIGTERM');
      expect(await third.process.ended()).toBe(0);
      for (const { folder } of [second, third]) rmSync(folder, { recursive: true, force: true });
      expect(ours().filter((name) => name.startsWith(`${lab.name}-`))).toEqual([`${lab.name}-alice`]);
    } finally {
      await first.process.stop();
      rmSync(first.folder, { recursive: true, force: true });
      await tunpike(['down', lab.name, '--purge']);
      await ip(`netns del ${other}`);
    }
    expect(ours()).toEqual([]);
  });
});
