import type { EventRecord } from '../observe/event-record.js';
import { endIfLate, type Instance, messages, reach, request } from './connection.js';
import type { MonitorParams, MonitorResult } from './monitor.js';

export interface Follower {
  /** Events come from now on. */
  began(result: MonitorResult): void;
  /** The next event waits until this one is handled. */
  event(record: EventRecord): void | Promise<void>;
}

/**
 * Follows the events of a running lab until `signal` is aborted or the lab stops; says which.
 *
 * A `Failure` of the lab arrives as the same `Failure`; throws a `Failure` (8) if it does not answer in time.
 */
export const followInstance = async (
  instance: Instance,
  params: MonitorParams,
  follower: Follower,
  signal: AbortSignal,
  method: 'monitor' | 'trace' = 'monitor',
): Promise<'aborted' | 'stopped'> => {
  const socket = await reach(instance);
  const answered = endIfLate(socket, instance);
  const end = (): void => void socket.destroy();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  else request(socket, method, params);
  try {
    for await (const { result, params: told } of messages(socket, instance)) {
      answered();
      if (result !== undefined) follower.began(result as MonitorResult);
      else if (told !== undefined) await follower.event(told as EventRecord);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    answered();
    signal.removeEventListener('abort', end);
    socket.destroy();
  }
  return signal.aborted ? 'aborted' : 'stopped';
};
