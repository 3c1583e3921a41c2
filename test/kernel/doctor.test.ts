import { expect, it } from 'vitest';
import type { Check } from '../../src/host/doctor-check.js';
import { describeKernel, ip, run } from '../support/kernel.js';
import { MAIN, withLab } from '../support/lab.js';
import { ONE_LINK } from '../support/topologies.js';

interface Device {
  readonly backend: string;
  readonly io: string;
  readonly offload: readonly string[];
}

const doctor = async (environment: Readonly<Record<string, string>>): Promise<readonly Check[]> => {
  const words = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const { code, stdout } = await run('env', [...words, process.execPath, MAIN, 'doctor', '-j']);
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

describeKernel('the doctor', [], () => {
  it.each([
    { TUNPIKE_OFFLOAD: 'all', TUNPIKE_IO_URING: 'off' },
    { TUNPIKE_OFFLOAD: 'tcp' },
    { TUNPIKE_OFFLOAD: 'all', TUNPIKE_TUN: 'koffi' },
  ])('says of devices what a lab then has, and leaves nothing (%j)', async (environment) => {
    const before = await ip('-j link show');
    const checks = await doctor(environment);
    expect(await ip('-j link show')).toBe(before);
    const detail = (name: string): string => checks.find((check) => check.name === name)?.detail ?? '';
    await withLab(
      ONE_LINK,
      async (lab) => {
        const [device] = await lab.show<readonly Device[]>('devices');
        expect(detail('TUN backend')).toMatch(new RegExp(`^${device?.backend}\\b`));
        expect(detail('io_uring').startsWith('there')).toBe(device?.io === 'io_uring');
        const offload = device?.offload.join(', ');
        expect(detail('offload')).toMatch(new RegExp(`^${offload === '' ? 'none' : offload}[:( ]`));
      },
      { environment },
    );
  });
});
