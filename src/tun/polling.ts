import { Failure } from '../failure.js';
import { loadAddon } from './addon.js';

/** What the program does while no datagram is there: look for the next, as far as that pays; sleep; never sleep. */
export type Polling = 'adaptive' | 'interrupt' | 'busy';

const NUMBERS: Readonly<Record<Polling, number>> = { interrupt: 0, adaptive: 1, busy: 2 };

/**
 * Sets what the event loop of this thread does before it sleeps; at first it sleeps at once.
 *
 * Without our addon it always does: looking from JavaScript would cost what it saves.
 */
export const setPolling = (polling: Polling): void => {
  try {
    loadAddon().setPolling(NUMBERS[polling]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
};
