import { lstatSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { identityAt, removeOwn } from '../owned-file.js';

/** What is where a control socket is to be. */
export type Found = 'nothing' | 'dead' | 'alive' | 'no socket' | 'foreign';

/**
 * Looks at what is where a control socket is to be, and touches nothing.
 *
 * Only a refused connection proves that nobody listens; a dead socket of another user is not ours to remove.
 */
export const findSocket = async (path: string): Promise<Found> => {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return 'nothing';
  if (!there.isSocket()) return 'no socket';
  if (await isAnswered(path)) return 'alive';
  return there.uid === process.geteuid?.() ? 'dead' : 'foreign';
};

/** Removes a socket of ours on which nobody listens any more, and says what was there; the rest stays. */
export const removeDeadSocket = async (path: string): Promise<Found> => {
  const before = identityAt(path);
  const found = await findSocket(path);
  if (found === 'dead' && before !== undefined) removeOwn(path, before);
  return found;
};

/**
 * The name under which a process makes a socket, beside its own and no longer: libuv removes what has it at the end.
 */
export const birthplaceOf = (path: string, pid: number): string =>
  join(dirname(path), `.${pid.toString(36)}`);

/** Removes the sockets that a process of ours left when it was killed, also while it made them. */
export const removeSocketsOf = async (pid: number, paths: readonly (string | undefined)[]): Promise<void> => {
  for (const path of paths) {
    if (path === undefined) continue;
    await removeDeadSocket(path);
    await removeDeadSocket(birthplaceOf(path, pid));
  }
};

const isAnswered = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
