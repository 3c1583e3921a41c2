import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { pathWithSbin } from './program-path.js';

/** How long a program may take to end by itself, in milliseconds. */
const PATIENCE = 1000;
const POLL = 20;

/**
 * Ends every program that still runs in namespaces of ours: first asked, then forced.
 *
 * Only for namespaces that were made for us alone. Each is ended by its process id.
 */
export const endProgramsIn = async (namespaces: readonly string[]): Promise<void> => {
  const left = async (): Promise<readonly number[]> => (await Promise.all(namespaces.map(programsIn))).flat();
  for (const pid of await left()) end(pid, 'SIGTERM');
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const pids = await left();
    if (pids.length === 0) return;
    if (performance.now() > deadline) {
      for (const pid of pids) end(pid, 'SIGKILL');
      return;
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

/** The processes of a named namespace; none where it is gone. */
const programsIn = (namespace: string): Promise<readonly number[]> =>
  new Promise((resolve) => {
    const env = { ...process.env, PATH: pathWithSbin() };
    execFile('ip', ['netns', 'pids', namespace], { timeout: 5000, env }, (_error, stdout) => {
      const pids = stdout.split('\n').filter((line) => /^\d+$/.test(line));
      resolve(pids.map(Number).filter((pid) => pid !== process.pid));
    });
  });
