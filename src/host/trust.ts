import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';

/** Why a file is not believed, whatever it says. */
export class Distrust extends Error {}

/** No state of ours is longer; more would only fill the memory. In octets. */
const LONGEST = 256 * 1024 * 1024;
const OTHERS_WRITE = 0o022;

/**
 * Why what is in a folder cannot be believed; undefined where only we and root can have put it there.
 *
 * A folder that is not there holds nothing, and nothing wrong.
 */
export function folderFault(path: string): string | undefined {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      return faultOf(fstatSync(fd));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    return code === 'ENOTDIR' || code === 'ELOOP' ? 'it is no folder' : `it cannot be opened (${code})`;
  }
}

/** Reads a file that only we and root can have written; throws a `Distrust` where it is another's, or no file. */
export function readTrusted(path: string): string {
  // A pipe would keep us waiting for whoever writes into it.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new Distrust('it is no file');
    const fault = faultOf(stat);
    if (fault !== undefined) throw new Distrust(fault);
    if (stat.size > LONGEST) throw new Distrust(`it is ${stat.size} octets long`);
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

function faultOf({ uid, mode }: Stats): string | undefined {
  if (uid !== 0 && uid !== process.getuid?.()) return `it belongs to another user (${uid})`;
  return (mode & OTHERS_WRITE) === 0 ? undefined : 'others may write in it';
}
