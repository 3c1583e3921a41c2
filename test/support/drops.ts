import type { RunningLab } from './lab.js';

interface DropRow {
  readonly interface: string;
  readonly reason: string;
  readonly packets: number;
}

/** How many datagrams were dropped for a reason, everywhere or on one interface. */
export const dropped = async (lab: RunningLab, reason: string, on?: string): Promise<number> => {
  const rows = await lab.show<DropRow[]>('drops');
  return rows
    .filter((row) => row.reason === reason && (on === undefined || row.interface === on))
    .reduce((sum, { packets }) => sum + packets, 0);
};
