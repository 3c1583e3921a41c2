import { readFileSync } from 'node:fs';

/** What the kernel says of a process, from field 3 on; throws where there is none. Source: proc_pid_stat(5). */
export function statFields(pid: number | 'self'): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name in field 2 may hold spaces and parentheses; the fields after it hold neither.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/**
 * When a process started, in clock ticks after boot; undefined where there is none, or only its remains.
 *
 * With the boot it tells a process from a later one that got the same id. Source: proc_pid_stat(5), fields 3, 20 and 22.
 */
export function startTimeOf(pid: number): number | undefined {
  try {
    const fields = statFields(pid);
    const hasEnded = fields[0] === 'Z' || fields[0] === 'X';
    // While other threads of it are still ending, its sockets and devices are open.
    const isAllGone = hasEnded && Number(fields[17]) <= 1;
    return isAllGone ? undefined : Number(fields[19]);
  } catch {
    return undefined;
  }
}

/** What tells a process from every other one. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: number;
  readonly bootId: string;
}

/** Whether that very process still runs; one that only waits to be reaped does not. */
export const isRunning = ({ pid, startTime, bootId }: ProcessIdentity): boolean =>
  bootId === bootIdentity() && startTimeOf(pid) === startTime;

/** A name for the time since this machine booted. */
export function bootIdentity(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return 'unknown';
  }
}

/** The kernel counts the start of processes in hundredths of a second. Source: time(7), USER_HZ. */
const TICKS_PER_SECOND = 100;

/** How long a process has run, in seconds, to a tenth; undefined where there is none. Source: proc_uptime(5). */
export function ageOf(pid: number): number | undefined {
  const started = startTimeOf(pid);
  if (started === undefined) return undefined;
  const uptime = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]);
  return Math.max(0, Math.round((uptime - started / TICKS_PER_SECOND) * 10) / 10);
}
