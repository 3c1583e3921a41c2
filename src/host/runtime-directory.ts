import { join } from 'node:path';
import { Failure } from '../failure.js';
import { makeFolders } from '../make-folders.js';
import { shellWord } from '../text/shell-word.js';
import { folderFault } from './trust.js';

/** Names the folder outright: for tests, and for the part of a rootless lab that believes itself root. */
export const RUNTIME_DIRECTORY_VARIABLE = 'TUNPIKE_RUNTIME_DIR';

/**
 * The folder of control sockets and state files, whether or not it exists.
 *
 * `/run/tunpike` for root; for others `$XDG_RUNTIME_DIR/tunpike`, or a folder of their own in /tmp.
 */
export function runtimeDirectory(environment: NodeJS.ProcessEnv = process.env, uid = ownUid()): string {
  const named = environment[RUNTIME_DIRECTORY_VARIABLE];
  if (named !== undefined && named !== '') return named;
  if (uid === 0) return '/run/tunpike';
  const session = environment.XDG_RUNTIME_DIR;
  return session?.startsWith('/') ? join(session, 'tunpike') : `/tmp/tunpike-${uid}`;
}

/** Makes the folder where it is missing. A folder that others made, or may write in, is refused. */
export function makeRuntimeDirectory(directory = runtimeDirectory()): string {
  try {
    makeFolders(directory, ownUid() === 0 ? 0o755 : 0o700);
    const fault = folderFault(directory);
    if (fault !== undefined)
      throw new Failure(
        4,
        `${directory} is no place for a control socket: ${fault}`,
        fault.startsWith('others')
          ? `chmod go-w ${shellWord(directory)}`
          : `rm -r ${shellWord(directory)} (as its owner), or ${RUNTIME_DIRECTORY_VARIABLE}=/tmp/my-tunpike`,
      );
    return directory;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      4,
      `no folder for the control socket and the state file: ${reasonOf(error)}`,
      `${RUNTIME_DIRECTORY_VARIABLE}=/tmp/my-tunpike`,
    );
  }
}

/** Where a file system is read-only, Node's recursive mkdir says no more than ENOENT. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' && path !== undefined
    ? `${path} cannot be made, as on a read-only file system`
    : error.message;
};

const ownUid = (): number => process.getuid?.() ?? 0;
