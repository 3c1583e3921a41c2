import { setTimeout as delay } from 'node:timers/promises';
import { type NameProof, processesOf } from './namespaces.js';

/** How long a program may take to end by itself, in milliseconds. */
const PATIENCE = 1000;
const POLL = 20;
/** How often it is looked for those that go on being started while others are forced to end. */
const MOST_LOOKS = 50;

/**
 * Ends every program that still runs in namespaces of ours: first asked, then forced, until there is none, or new ones
 * come again and again.
 *
 * Only for namespaces that were made for us alone, each with what proves it. Each is ended by its process id.
 */
export const endProgramsIn = async (namespaces: readonly NameProof[]): Promise<void> => {
  const asked = new Set<number>();
  const deadline = performance.now() + PATIENCE;
  let looks = 0;
  for (;;) {
    const pids = programsIn(namespaces);
    if (pids.length === 0 || looks === MOST_LOOKS) return;
    const isLate = performance.now() > deadline;
    if (isLate) looks += 1;
    for (const pid of pids) {
      if (isLate) end(pid, 'SIGKILL');
      else if (!asked.has(pid)) end(pid, 'SIGTERM');
      asked.add(pid);
    }
    await delay(POLL);
  }
};

const end = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
};

const programsIn = (namespaces: readonly NameProof[]): readonly number[] =>
  [...processesOf(namespaces).values()].flat().filter((pid) => pid !== process.pid);
