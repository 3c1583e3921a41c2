import { loadAddon } from './addon.js';
import { selectBackends } from './open-port.js';

/**
 * Gives up all capabilities of this process but some, by their numbers, for good and in every thread.
 *
 * Also what it starts later gets no more. Gives the number of threads that could not be reached. Only the native
 * back end can do it: undefined where another one is chosen, or the addon was not built. Throws what the kernel says.
 *
 * Source: capabilities(7).
 */
export function lowerPrivileges(keep: readonly number[]): number | undefined {
  if (!canLowerPrivileges()) return undefined;
  return loadAddon().lowerPrivileges(keep.reduce((bits, each) => bits | (1 << each), 0));
}

/** Whether the back end that will be used is one that can. */
export function canLowerPrivileges(): boolean {
  try {
    return selectBackends(process.env.TUNPIKE_TUN)[0] === 'native' && loadAddon() !== undefined;
  } catch {
    return false;
  }
}
