import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeKernel, until } from '../support/kernel.js';
import { labText, startLab, withLab } from '../support/lab.js';
import { ServiceManager } from '../support/service-manager.js';
import { ONE_LINK } from '../support/topologies.js';

/** How long the loop hangs when it is told that the window has changed. In milliseconds. */
const HANG = 1000;
const HANGS = `process.on('SIGWINCH',()=>{for(const end=Date.now()+${HANG};Date.now()<end;);console.error('hung')})`;
/** The time after which it counts as dead. In milliseconds. */
const PATIENCE = 300;

const supervised = async (body: (manager: ServiceManager, folder: string) => Promise<void>) => {
  const folder = mkdtempSync(join(tmpdir(), 'tpnotify-'));
  const manager = await ServiceManager.at(join(folder, 'notify'));
  try {
    await body(manager, folder);
  } finally {
    await manager.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

describeKernel('a lab that a service manager supervises', ['python3'], () => {
  it('says when it is ready, reloads, lives, hangs and stops', () =>
    supervised(async (manager) => {
      const environment = {
        NOTIFY_SOCKET: manager.address,
        WATCHDOG_USEC: String(PATIENCE * 1000),
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(HANGS)}`,
      };
      const began = process.hrtime.bigint() / 1000n;
      const stopped = await withLab(
        ONE_LINK,
        async (lab) => {
          const well = `STATUS=${lab.name} is ready: 1 router, 1 link, 1 host`;
          await manager.heard('READY=1');
          expect(manager.news).toEqual([['READY=1', well]]);
          await manager.heard('WATCHDOG=1', 3);

          lab.process.signal('SIGHUP');
          await manager.heard('READY=1', 2);
          const [, [first, at = ''] = [], last] = manager.news;
          expect([first, last]).toEqual(['RELOADING=1', ['READY=1', well]]);
          expect(at).toMatch(/^MONOTONIC_USEC=\d+$/);
          expect(BigInt(at.slice(15))).toBeGreaterThan(began);
          expect(BigInt(at.slice(15))).toBeLessThan(process.hrtime.bigint() / 1000n);

          const file = readFileSync(lab.file, 'utf8');
          writeFileSync(lab.file, file.replace('198.51.100.1/24', '198.51.100.300/24'));
          expect((await lab.tunpike('reload')).code).toBe(3);
          await manager.heard('READY=1', 3);
          expect(manager.news.at(-1)?.[1]).toContain(`${well}; the last reload was refused: `);

          const before = manager.told.length;
          lab.process.signal('SIGWINCH');
          await until(() => lab.process.stderr.includes('hung'), 20_000, 'the end of the hang');
          const after = manager.told.length;
          await until(() => manager.told.length > after + 1, 20_000, 'signs of life again');
          const times = manager.told.slice(before - 1).map(({ at: time }) => time);
          const pauses = times.slice(1).map((time, i) => time - times[i]!);
          expect(Math.max(...pauses)).toBeGreaterThan(HANG / 2);
          return lab.process.pid;
        },
        { environment },
      );
      expect(manager.news.at(-1)).toEqual(['STOPPING=1', 'STATUS=stopping: SIGTERM']);
      expect(new Set(manager.told.map(({ pid }) => pid))).toEqual(new Set([stopped]));
    }));

  it('says why it cannot start', () =>
    supervised(async (manager, folder) => {
      const ready = join(folder, 'taken');
      writeFileSync(ready, 'not ours');
      const options = {
        environment: { NOTIFY_SOCKET: manager.address },
        flags: ['--ready-file', ready],
      };
      await expect(startLab(labText(ONE_LINK), options)).rejects.toThrow('ended (6)');
      expect(manager.news).toEqual([[expect.stringMatching(`^STATUS=cannot start: .*${ready}`)]]);
    }));
});
