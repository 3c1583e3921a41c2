import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { callInstance } from '../../src/control/client.js';
import { readConfiguration, SILENT, startLab } from '../../src/index.js';
import { describeKernel, run } from '../support/kernel.js';
import { labText, leftovers } from '../support/lab.js';

const ONE_LINK = `
links: { red: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } } }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 } } } }
`;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException'] as const;
const listening = (): number[] => SIGNALS.map((name) => process.listenerCount(name));

const configured = (more = '') => {
  const { name, text } = labText(ONE_LINK + more);
  const { configuration } = readConfiguration(text, 'lab.yaml');
  return { name, configuration: configuration! };
};

describeKernel('a lab in a process of somebody else', ['ping'], () => {
  it.each([true, false])(
    'listens for signals only where it is to, and leaves nothing: %s',
    async (isHandling) => {
      const { name, configuration } = configured();
      const before = listening();
      const lab = await startLab(configuration, {
        configFile: undefined,
        log: SILENT,
        handleSignals: isHandling,
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
      const start = startLab(configuration, { configFile: undefined, log: SILENT });
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
    const lab = await startLab(configuration, { configFile: undefined, log: SILENT });
    const failure = new Error('a defect');
    const [listener] = process.listeners('uncaughtException').slice(-1);
    listener!(failure, 'uncaughtException');
    await expect(lab.stopped).rejects.toBe(failure);
    expect(leftovers(name)).toEqual([]);
  });

  it('is stopped by its control socket', async () => {
    const { name, configuration } = configured();
    const lab = await startLab(configuration, { configFile: undefined, log: SILENT, handleSignals: false });
    const instance = { name, socket: `/run/tunpike/${name}.sock` };
    expect(await callInstance(instance, 'stop', {})).toMatchObject({ name, pid: process.pid });
    await lab.stopped;
    expect(leftovers(name)).toEqual([]);
  });
});
