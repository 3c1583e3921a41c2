import { expect } from 'vitest';
import { until } from './kernel.js';
import type { RunningLab } from './lab.js';

interface InterfaceRow {
  readonly interface: string;
  readonly operStatus: string;
  readonly mtu: number;
}

/** What the lab says of one of its interfaces. */
export const interfaceNamed = async (lab: RunningLab, name: string): Promise<InterfaceRow | undefined> =>
  (await lab.show<InterfaceRow[]>('interfaces')).find((row) => row.interface === name);

/** Waits until an interface is up or down. */
export const comesTo = (lab: RunningLab, name: string, operStatus: 'UP' | 'DOWN'): Promise<boolean> =>
  until(
    async () => (await interfaceNamed(lab, name))?.operStatus === operStatus,
    5000,
    `${name} to be ${operStatus}`,
  );

/** Changes something on a host, by a command that has nothing to say. */
export const change = async (lab: RunningLab, host: string, command: string): Promise<void> => {
  const { code, stderr } = await lab.on(host, command);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
};
