import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { type RunningLab, startLab } from '../support/lab.js';
import { ONE_LINK } from '../support/topologies.js';

/** How often the loop of a program has slept. */
const sleeps = (pid: number): number =>
  Number(
    /^voluntary_ctxt_switches:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/task/${pid}/status`, 'utf8'))![1],
  );

/** The processor time of a program in ticks of 10 ms. */
const ticks = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return Number(fields[11]) + Number(fields[12]);
};

const pass = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** How often it sleeps while it answers a hundred pings, which are 3 ms apart. */
const sleepsOf = async (lab: RunningLab): Promise<number> => {
  const before = sleeps(lab.process.pid);
  const { stdout } = await lab.on('alice', 'ping -q -c 100 -i 0.003 198.51.100.1');
  expect(stdout).toContain('100 received');
  return sleeps(lab.process.pid) - before;
};

const reloadWith = async (lab: RunningLab, from: string, to: string): Promise<void> => {
  writeFileSync(lab.file, readFileSync(lab.file, 'utf8').replace(`poll: ${from}`, `poll: ${to}`));
  const { code, stdout } = await lab.tunpike('reload');
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`poll: ${to} (was ${from})`) });
};

describeKernel('what a lab does while no datagram is there', ['ping'], () => {
  it('never sleeps, sleeps at once, or adapts and takes no processor where nothing comes', async () => {
    const lab = await startLab(`${ONE_LINK}\npoll: busy\n`);
    try {
      expect(await sleepsOf(lab)).toBeLessThan(50);
      await reloadWith(lab, 'busy', 'interrupt');
      expect(await sleepsOf(lab)).toBeGreaterThan(50);
      await reloadWith(lab, 'interrupt', 'adaptive');
      await sleepsOf(lab);
      const before = ticks(lab.process.pid);
      await pass(1000);
      expect(ticks(lab.process.pid) - before).toBeLessThanOrEqual(3);
    } finally {
      await lab.abandon();
    }
  });
});
