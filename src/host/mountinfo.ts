import { readFileSync } from 'node:fs';

/** A mount that this process sees. Source: proc_pid_mountinfo(5). */
export interface Mount {
  readonly id: string;
  readonly parent: string;
  /** What of its file system is mounted; of a network namespace `net:[INODE]`. */
  readonly root: string;
  readonly point: string;
}

/** All mounts, in the order of the kernel. */
export const readMounts = (mountinfo = readFileSync('/proc/self/mountinfo', 'utf8')): readonly Mount[] =>
  mountinfo.split('\n').flatMap((line) => {
    const [id, parent, , root, point] = line.split(' ');
    return id && parent && root && point ? [{ id, parent, root, point }] : [];
  });
