import { join, resolve } from 'node:path';
import { Failure } from '../failure.js';
import { makeFolders } from '../make-folders.js';
import { shellWord } from '../text/shell-word.js';
import { folderFault } from './trust.js';

/** Names the folder outright: for tests, and for the part of a rootless lab that believes itself root. */
export const RUNTIME_DIRECTORY_VARIABLE = 'TUNPIKE_RUNTIME_DIR';
/** Set for that part, to the number of the user who it is outside. */
export const INSIDE_VARIABLE = 'TUNPIKE_ROOTLESS';

/**
 * The folder of control sockets and state files, whether or not it exists.
 *
 * A whole path, whatever the variable says. `/run/tunpike` for root; for others `$XDG_RUNTIME_DIR/tunpike`, or a folder of their own in /tmp.
 */
export function runtimeDirectory(environment: NodeJS.ProcessEnv = process.env, uid = ownUid()): string {
  const named = environment[RUNTIME_DIRECTORY_VARIABLE];
  if (named !== undefined && named !== '') return resolve(named);
  if (uid === 0) return '/run/tunpike';
  const session = environment.XDG_RUNTIME_DIR;
  return session?.startsWith('/') ? join(session, 'tunpike') : `/tmp/tunpike-${uid}`;
}

/** Makes the folder where it is missing. A folder that others made, or may write in, is refused. */
export function makeRuntimeDirectory(directory = runtimeDirectory()): string {
  try {
    makeFolders(directory, ownUid() === 0 ? 0o755 : 0o700);
  } catch (error) {
    throw (
      directoryFailure(directory) ??
      new Failure(
        4,
        `no folder for the control socket and the state file: ${reasonOf(error)}`,
        `${RUNTIME_DIRECTORY_VARIABLE}=/tmp/my-tunpike`,
      )
    );
  }
  const failure = directoryFailure(directory);
  if (failure !== undefined) throw failure;
  return directory;
}

/** Why what is there cannot be the folder of control sockets; undefined where it can, or where nothing is there. */
export function directoryFailure(directory: string): Failure | undefined {
  const fault = folderFault(directory);
  return fault === undefined
    ? undefined
    : new Failure(4, `${directory} is no place for a control socket: ${fault}`, remedyOf(directory, fault));
}

/** What mends that. */
export const remedyOf = (directory: string, fault: string): string =>
  fault.startsWith('others')
    ? `chmod go-w ${shellWord(directory)}`
    : `rm -r ${shellWord(directory)} (as its owner), or ${RUNTIME_DIRECTORY_VARIABLE}=/tmp/my-tunpike`;

/** Where a file system is read-only, Node's recursive mkdir says no more than ENOENT. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' && path !== undefined
    ? `${path} cannot be made, as on a read-only file system`
    : error.message;
};

const ownUid = (): number => process.getuid?.() ?? 0;
