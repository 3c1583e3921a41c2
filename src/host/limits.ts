import { readFileSync } from 'node:fs';
import { Failure } from '../failure.js';
import { OPEN_FILES_A_BATCH } from './maker.js';
import { moreOpenFiles } from './open-files.js';
import type { HostChange } from './plan.js';

/** The descriptors of a device: its own, and two sockets, that hears of changes to it and that asks for routes. */
const A_DEVICE = 3;
/** Those of the program itself, of its clients, and of what it reads. */
const OTHERS = 100;

/** Throws a `Failure` (4) where the process may not have as many open files as the host side will need. */
export function checkLimits(changes: readonly HostChange[], limit = openFilesLimit()): void {
  const devices = changes.filter(({ kind }) => kind === 'device').length;
  const namespaces = changes.filter(({ kind }) => kind === 'namespace').length;
  const needed = devices * A_DEVICE + Math.min(namespaces, OPEN_FILES_A_BATCH) + OTHERS;
  if (needed <= limit) return;
  throw new Failure(
    4,
    `${devices} host interfaces need up to ${needed} open files, and this process may have ${limit}; nothing was changed`,
    `${moreOpenFiles(2 ** Math.ceil(Math.log2(needed)))}   (or LimitNOFILE= in a systemd unit)`,
  );
}

/** Node asks for as many as it may have before it runs anything of ours. Source: getrlimit(2). */
function openFilesLimit(): number {
  try {
    const line = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'latin1'));
    return line === null || line[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(line[1]);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
