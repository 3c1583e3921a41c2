import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeKernel, type Outcome, run } from '../support/kernel.js';
import { leftovers, MAIN, type RunningLab, startLab, withLab } from '../support/lab.js';
import { ONE_LINK } from '../support/topologies.js';

const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{"name":"lab","pid":4711}}\n';

describeKernel('`tunpike down` where some labs run and some were killed', [], () => {
  /** A runtime folder of its own: what names no lab means those of all other tests, too. */
  let runtime: string;
  let labs: RunningLab[];

  beforeEach(() => {
    runtime = mkdtempSync(join(tmpdir(), 'tpdown-'));
    labs = [];
  });

  afterEach(async () => {
    for (const lab of labs) {
      await lab.process.stop();
      await down(lab.name, '--force', '--purge');
      rmSync(lab.folder, { recursive: true, force: true });
      expect(leftovers(lab.name)).toEqual([]);
    }
    rmSync(runtime, { recursive: true, force: true });
  });

  const program = (...words: readonly string[]): Promise<Outcome> =>
    run('env', [`TUNPIKE_RUNTIME_DIR=${runtime}`, process.execPath, MAIN, ...words], { timeout: 20_000 });
  const down = (...flags: readonly string[]): Promise<Outcome> => program('down', ...flags);

  const started = async (): Promise<RunningLab> => {
    const lab = await startLab(ONE_LINK, { environment: { TUNPIKE_RUNTIME_DIR: runtime } });
    labs.push(lab);
    return lab;
  };

  const killed = async (): Promise<RunningLab> => {
    const lab = await started();
    await lab.process.kill();
    return lab;
  };

  it('undoes by --force without a name what all that were killed left, and ends none that runs', async () => {
    const [first, second, healthy] = [await killed(), await killed(), await started()];
    const { code, stdout } = await down('--force');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`${first.name} is down\n`)]);
    expect(stdout).toContain(`${second.name} is down\n`);
    expect([leftovers(first.name), leftovers(second.name)]).toEqual([[], []]);
    expect(healthy.process.code).toBeUndefined();
    const again = await down('--force');
    expect([again.code, again.stderr]).toEqual([
      5,
      `error: no lab was killed, and nothing was left behind; running: ${healthy.name}\nfix: tunpike down ${healthy.name}\n`,
    ]);
    expect((await down()).code).toBe(0);
    expect(await healthy.process.ended()).toBe(0);
    expect(await down('--force')).toMatchObject({ code: 0, stdout: 'nothing is left of any lab\n' });
  });

  it('finds a lab whose state file somebody has taken away: it writes it again when it is asked', async () => {
    const [lost, healthy] = [await started(), await started()];
    const file = join(runtime, `${lost.name}.state.json`);
    const said = JSON.parse(readFileSync(file, 'utf8'));
    rmSync(file);
    expect((await program('ls')).stdout).toContain(lost.name);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(said);
    rmSync(file);
    expect((await program('-n', lost.name, 'show', 'status')).code).toBe(0);
    rmSync(file);
    const unnamed = await down();
    expect([unnamed.code, unnamed.stderr]).toEqual([
      5,
      expect.stringContaining('several instances are running'),
    ]);
    rmSync(file);
    expect(await down(lost.name, '--force')).toMatchObject({ code: 0, stdout: `${lost.name} is down\n` });
    expect(await lost.process.ended()).toBe(0);
    expect(leftovers(lost.name)).toEqual([]);
    expect(healthy.process.code).toBeUndefined();
  });

  it('says so where something answers for a lab that has no state file all the same', async () => {
    const socket = join(runtime, 'lab.sock');
    let answer = ANSWER;
    const server = createServer((client) => {
      client.on('error', () => {});
      client.on('data', () => client.write(answer));
    }).listen(socket);
    await once(server, 'listening');
    try {
      const what = `another process (4711) answers on ${socket}, and there is no state file of lab`;
      for (const words of [['lab', '--force'], ['lab'], ['--force'], []])
        expect(await down(...words)).toMatchObject({ code: 6, stderr: `error: ${what}\nfix: kill 4711\n` });
      expect((await program('ls')).stderr).toContain(what);
      answer = '';
      const silent = await down('lab', '--force');
      expect([silent.code, silent.stderr]).toEqual([
        6,
        expect.stringContaining(`listens on ${socket} and does not answer`),
      ]);
      answer = ANSWER;
      expect((await program('doctor')).stdout).toContain(what);
    } finally {
      server.close();
    }
  });

  it('ends none by --purge without a name where several may be meant', async () => {
    const [dead, healthy] = [await killed(), await started()];
    const { code, stderr } = await down('--purge');
    expect([code, stderr]).toEqual([
      5,
      `error: several labs may be meant: ${healthy.name} (running), ${dead.name} (ended without cleaning up)\nfix: tunpike down ${dead.name} --purge\n`,
    ]);
    expect(leftovers(dead.name)).not.toEqual([]);
    expect((await down(dead.name, '--purge')).code).toBe(0);
    expect(leftovers(dead.name)).toEqual([]);
    expect(healthy.process.code).toBeUndefined();
    // Now only one can be meant.
    expect((await down('--purge')).code).toBe(0);
    expect(await healthy.process.ended()).toBe(0);
  });

  it('says of a lab in another runtime folder where it is, and names what was killed here', () =>
    withLab(ONE_LINK, async (elsewhere) => {
      const forced = await down(elsewhere.name, '--force');
      expect([forced.code, forced.stderr]).toEqual([
        5,
        `error: \`${elsewhere.name}\` (process ${elsewhere.process.pid}) is in another runtime folder, /run/tunpike\nfix: TUNPIKE_RUNTIME_DIR=/run/tunpike tunpike down ${elsewhere.name}\n`,
      ]);
      const dead = await killed();
      const unnamed = await down();
      expect(unnamed.code).toBe(5);
      // Labs of other tests may be there, too.
      if (!unnamed.stderr.includes('several instances are running'))
        expect(unnamed.stderr).toContain(`, and ${dead.name} ended without cleaning up; `);
      expect(elsewhere.process.code).toBeUndefined();
    }));
});
