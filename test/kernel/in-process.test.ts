import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { callInstance } from '../../src/control/client.js';
import { readConfiguration, SILENT, startLab } from '../../src/index.js';
import { Background } from '../support/background.js';
import { describeKernel, run } from '../support/kernel.js';
import { labText, leftovers, tunpike } from '../support/lab.js';
import { ONE_LINK } from '../support/topologies.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException'] as const;
const listening = (): number[] => SIGNALS.map((name) => process.listenerCount(name));

const configured = (more = '') => {
  const { name, text } = labText(ONE_LINK + more);
  const { configuration } = readConfiguration(text, 'lab.yaml');
  return { name, configuration: configuration! };
};

/** A program that starts a lab, says so, and goes on with what it is given. */
const programThat = (text: string, goesOn: string): string => `
import { createLog, readConfiguration, startLab } from '${join(import.meta.dirname, '../../dist/index.js')}';
const { configuration } = readConfiguration(${JSON.stringify(text)}, 'lab.yaml');
const log = createLog({ level: 'info', format: 'json', color: false });
const lab = await startLab(configuration, { configFile: undefined, log });
console.log('started');
${goesOn}
`;

describeKernel('a lab in a process of somebody else', ['ping'], () => {
  it.each([true, false, undefined])(
    'listens for signals only if asked to, and leaves nothing: %s',
    async (isHandling) => {
      const { name, configuration } = configured();
      const before = listening();
      const lab = await startLab(configuration, {
        configFile: undefined,
        log: SILENT,
        ...(isHandling === undefined ? {} : { handleSignals: isHandling }),
      });
      try {
        expect(listening()).toEqual(before.map((count) => count + (isHandling ? 1 : 0)));
        const { code } = await run('ping', ['-c', '1', '198.51.100.1'], { namespace: `${name}-alice` });
        expect(code).toBe(0);
        expect(lab.show('status')).toMatchObject({ name, state: 'running', hosts: 1 });
        expect(lab.show('changes')).toEqual(lab.changes);
      } finally {
        lab.stop('the test is over');
        await lab.stopped;
      }
      await expect.poll(listening).toEqual(before);
      expect(leftovers(name)).toEqual([]);
    },
  );

  it('is undone, and listens no more, where its socket cannot be opened', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tpinprocess-'));
    const path = join(folder, 'taken');
    writeFileSync(path, 'mine');
    const { name, configuration } = configured(`control: { socket: ${path} }\n`);
    const before = listening();
    try {
      const start = startLab(configuration, { configFile: undefined, log: SILENT, handleSignals: true });
      await expect(start).rejects.toMatchObject({ exitCode: 6 });
      expect(listening()).toEqual(before);
      expect(leftovers(name)).toEqual([]);
      expect(existsSync(path)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is undone before an error that nobody caught is told', async () => {
    const { name, configuration } = configured();
    const lab = await startLab(configuration, { configFile: undefined, log: SILENT, handleSignals: true });
    const failure = new Error('a defect');
    const [listener] = process.listeners('uncaughtException').slice(-1);
    listener!(failure, 'uncaughtException');
    await expect(lab.stopped).rejects.toBe(failure);
    expect(leftovers(name)).toEqual([]);
  });

  it('is stopped by its control socket', async () => {
    const { name, configuration } = configured();
    const lab = await startLab(configuration, { configFile: undefined, log: SILENT });
    const instance = { name, socket: `/run/tunpike/${name}.sock` };
    expect(await callInstance(instance, 'stop', {})).toMatchObject({ name, pid: process.pid });
    await lab.stopped;
    expect(leftovers(name)).toEqual([]);
  });

  it.each([
    ['a throw', "throw new Error('mine');", 1],
    ['a rejected promise', "Promise.reject(new Error('mine'));", 1],
    ['an exception of a timer', "setTimeout(() => { throw new Error('mine'); }, 10);", 1],
    ['a signal', "process.kill(process.pid, 'SIGTERM');", 128 + constants.signals.SIGTERM],
  ])('leaves %s of the caller to the caller', async (_, goesOn, code) => {
    const { name, text } = labText(ONE_LINK);
    const program = new Background([
      process.execPath,
      '--input-type=module',
      '-e',
      programThat(text, goesOn),
    ]);
    try {
      expect(await program.ended()).toBe(code);
      expect(program.stdout).toBe('started\n');
      expect(program.stderr.includes('Error: mine')).toBe(code === 1);
      expect(program.stderr).not.toContain('internal error');
    } finally {
      await program.kill();
      await tunpike(['down', name, '--force']);
    }
    expect(leftovers(name)).toEqual([]);
  });
});
