import { statSync } from 'node:fs';

/** What the kernel's word for it means, as a sentence goes on after “cannot read FILE: ”. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'a folder of its path is a file',
  ENAMETOOLONG: 'its path, or a name in it, is too long',
  ELOOP: 'its links lead in a circle',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'it is a directory',
  ENXIO: 'it is a device that is not there',
  ENODEV: 'it is a device that is not there',
  EIO: 'its disk, or its device, fails',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
};

/** Node's own words, as `EXDEV: cross-device link not permitted, open 'FILE'`, without what is said anyway. */
const NODES_WORDS = /^[A-Z\d]+: (?<reason>.*?), \w+(?: '.*)?$/s;

/** Why a file cannot be read, for a person, with the kernel's word for it: `no such file (ENOENT)`. */
export const whyUnreadable = (error: unknown, file: string): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  const reason =
    code === 'ENXIO' && isSocket(file)
      ? 'it is a socket'
      : (REASONS[code] ?? NODES_WORDS.exec(message)?.groups?.reason ?? message);
  return `${reason} (${code})`;
};

const isSocket = (file: string): boolean => {
  try {
    return statSync(file).isSocket();
  } catch {
    return false;
  }
};
