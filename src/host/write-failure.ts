import { dirname } from 'node:path';
import { type ExitCode, Failure } from '../failure.js';
import { shellFile } from '../text/shell-word.js';
import { RUNTIME_DIRECTORY_VARIABLE } from './runtime-directory.js';

const ELSEWHERE = `${RUNTIME_DIRECTORY_VARIABLE}=/var/tmp/my-tunpike   (for every command that means this lab)`;

/** What to do, where it can be written elsewhere as well. */
type Remedy = (folder: string, elsewhere: string) => string;

/** By the kernel's word for it: what that means, and what mends it in that folder. */
const MEANINGS: Readonly<Record<string, readonly [string, Remedy]>> = {
  ENOSPC: ['no space is left', (folder) => `make room: df -h ${folder}; df -i ${folder}`],
  EDQUOT: ['the disk quota is used up', (folder, elsewhere) => `make room in ${folder}, or: ${elsewhere}`],
  EFBIG: ['it would be longer than files may be', () => 'ulimit -f unlimited'],
  EROFS: [
    'the file system is read-only',
    (folder, elsewhere) => `mount -o remount,rw ${folder}, or: ${elsewhere}`,
  ],
  EACCES: ['permission denied', (folder, elsewhere) => `ls -ld ${folder}; or: ${elsewhere}`],
  EPERM: ['not permitted', (folder, elsewhere) => `lsattr -d ${folder}; or: ${elsewhere}`],
};

/** As for what is noted in the runtime folder, where nothing else is said. */
interface WriteFailureOptions {
  readonly exitCode?: ExitCode;
  /** Another way to say where, as the fix ends. */
  readonly elsewhere?: string;
}

/**
 * The failure of whoever could not note what is made on this machine; any other error stays as it is.
 *
 * `what` is what could not be done with the file: `cannot be written`.
 */
export const writeFailure = (
  error: unknown,
  path: string,
  what: string,
  { exitCode = 4, elsewhere = ELSEWHERE }: WriteFailureOptions = {},
): unknown => {
  if (error instanceof Failure || !(error instanceof Error) || !('code' in error)) return error;
  const [meaning, remedy]: readonly [string, Remedy] = MEANINGS[String(error.code)] ?? [
    error.message,
    () => elsewhere,
  ];
  return new Failure(
    exitCode,
    `${path} ${what}: ${meaning} (${error.code})`,
    remedy(shellFile(dirname(path)), elsewhere),
  );
};
