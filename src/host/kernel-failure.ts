import { type ExitCode, Failure } from '../failure.js';
import { moreOpenFiles } from './open-files.js';

const AS_ROOT = 'run as root, or without it: tunpike up --rootless';

/** By the kernel's word for it: how the program ends, what that means here, and what mends it. */
const MEANINGS: Readonly<Record<string, readonly [ExitCode, string, string?]>> = {
  EPERM: [4, 'not permitted', AS_ROOT],
  EACCES: [4, 'permission denied', AS_ROOT],
  EROFS: [4, 'the file system is read-only', AS_ROOT],
  EEXIST: [6, 'it exists already'],
  EBUSY: [6, 'it is in use'],
  EMFILE: [4, 'this process may have no more open files', moreOpenFiles(65_536)],
  ENFILE: [4, 'this machine has no more open files', 'sysctl -w fs.file-max=1000000'],
  ENOSPC: [4, 'the kernel makes no more of them', 'sysctl -w user.max_net_namespaces=100000'],
  ENOMEM: [4, 'the kernel has no memory for it'],
  ENOBUFS: [4, 'the kernel has no memory for it'],
};

/** What the kernel's refusal means for whoever asked for it; what is no refusal of the kernel's stays as it is. */
export function kernelFailure(error: unknown, what: string, reason?: string): unknown {
  if (error instanceof Failure || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  const [exitCode, meaning, fix] = MEANINGS[code] ?? [7, error.message];
  return new Failure(exitCode, `${what}: ${reason ?? meaning} (${code})`, fix);
}
