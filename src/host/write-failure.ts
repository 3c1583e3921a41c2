import { dirname } from 'node:path';
import { type ExitCode, Failure } from '../failure.js';
import { RUNTIME_DIRECTORY_VARIABLE } from './runtime-directory.js';

const ELSEWHERE = `${RUNTIME_DIRECTORY_VARIABLE}=/var/tmp/my-tunpike   (for every command that means this lab)`;

/** By the kernel's word for it: what that means, and what mends it in that folder. */
const MEANINGS: Readonly<Record<string, readonly [string, (folder: string) => string]>> = {
  ENOSPC: ['no space is left', (folder) => `make room: df -h ${folder}; df -i ${folder}`],
  EDQUOT: ['the disk quota is used up', (folder) => `make room in ${folder}, or: ${ELSEWHERE}`],
  EFBIG: ['it would be longer than files may be', () => 'ulimit -f unlimited'],
  EROFS: ['the file system is read-only', (folder) => `mount -o remount,rw ${folder}, or: ${ELSEWHERE}`],
  EACCES: ['permission denied', (folder) => `ls -ld ${folder}; or: ${ELSEWHERE}`],
  EPERM: ['not permitted', (folder) => `lsattr -d ${folder}; or: ${ELSEWHERE}`],
};

/**
 * The failure of whoever could not note what is made on this machine; any other error stays as it is.
 *
 * `what` is what could not be done with the file: `cannot be written`.
 */
export const writeFailure = (error: unknown, path: string, what: string, exitCode: ExitCode = 4): unknown => {
  if (error instanceof Failure || !(error instanceof Error) || !('code' in error)) return error;
  const [meaning, fix] = MEANINGS[String(error.code)] ?? [error.message, () => ELSEWHERE];
  return new Failure(exitCode, `${path} ${what}: ${meaning} (${error.code})`, fix(dirname(path)));
};
