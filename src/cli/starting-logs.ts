import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startTimeOf } from '../host/process-identity.js';
import { runtimeDirectory } from '../host/runtime-directory.js';
import { folderFault } from '../host/trust.js';

/** How the name of a log begins whose lab has not started yet; the process that waits for it follows. */
const PREFIX = '.starting.';

/** The log of the lab that this process starts. */
export const startingLog = (directory: string): string =>
  join(directory, `${PREFIX}${process.pid}.${startTimeOf(process.pid) ?? 0}`);

/** Removes the logs of starts whose processes were killed; what is no log of ours stays. */
export const sweepStartingLogs = (directory = runtimeDirectory()): void => {
  if (folderFault(directory) !== undefined) return;
  for (const entry of entriesOf(directory)) {
    const [, pid, startTime] = NAME.exec(entry) ?? [];
    if (pid !== undefined && startTimeOf(Number(pid)) !== Number(startTime)) remove(join(directory, entry));
  }
};

const NAME = /^\.starting\.(\d+)\.(\d+)$/;

const entriesOf = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
};

const remove = (path: string): void => {
  try {
    rmSync(path, { force: true });
  } catch {
    // The next one to sweep may have the right to.
  }
};
