import type { EventRecord } from '../observe/event-record.js';
import { type Instance, messages, reach, request } from './connection.js';
import type { MonitorParams, MonitorResult } from './monitor.js';

export interface Follower {
  /** The lab tells from now on. */
  began(result: MonitorResult): void;
  /** The next one comes when this one is done with. */
  event(record: EventRecord): void | Promise<void>;
}

/**
 * Hears the events of a running lab until `signal` is aborted or the lab stops; says which of them it was.
 *
 * A `Failure` of the lab arrives as the same `Failure`.
 */
export const followInstance = async (
  instance: Instance,
  params: MonitorParams,
  follower: Follower,
  signal: AbortSignal,
): Promise<'aborted' | 'stopped'> => {
  const socket = await reach(instance);
  const end = (): void => void socket.destroy();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  else request(socket, 'monitor', params);
  try {
    for await (const { result, params: told } of messages(socket, instance)) {
      if (result !== undefined) follower.began(result as MonitorResult);
      else if (told !== undefined) await follower.event(told as EventRecord);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', end);
    socket.destroy();
  }
  return signal.aborted ? 'aborted' : 'stopped';
};
