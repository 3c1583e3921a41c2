import { Failure } from '../failure.js';
import { koffiTimers } from './koffi-timer.js';
import { nativeTimers } from './native-timer.js';
import { type KernelBackend, selectBackends } from './open-port.js';
import { isSystemError } from './system-error.js';
import { openTimeoutTimer } from './timeout-timer.js';
import type { OpenTimer } from './timer.js';

/**
 * Timers by the first back end that this machine has, in the order of `openPort`.
 *
 * By `setTimeout`, a millisecond or two late, where there is none (tuntap2 has none), or where the kernel gives no more.
 */
export async function loadTimers(
  backends: readonly KernelBackend[] = selectBackends(process.env.TUNPIKE_TUN),
): Promise<OpenTimer> {
  for (const backend of backends) {
    if (backend === 'tuntap2') break;
    try {
      return orTimeout(backend === 'native' ? nativeTimers() : await koffiTimers());
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }
  return openTimeoutTimer;
}

const orTimeout =
  (open: OpenTimer): OpenTimer =>
  (ring) => {
    try {
      return open(ring);
    } catch (error) {
      if (isSystemError(error)) return openTimeoutTimer(ring);
      throw error;
    }
  };
