import { lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';

/**
 * Removes a socket that nobody listens on any more, and says what was there.
 *
 * Only a refused connection proves that. A socket that answers stays, and so does any other file.
 */
export const removeDeadSocket = async (
  path: string,
): Promise<'nothing' | 'removed' | 'alive' | 'no socket'> => {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return 'nothing';
  if (!there.isSocket()) return 'no socket';
  if (await isAnswered(path)) return 'alive';
  unlinkSync(path);
  return 'removed';
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
