import type { EventRecord } from '../observe/event-record.js';
import { isNotificationOf, isResultOf } from './answer-shapes.js';
import { endIfLate, type Instance, messages, noAnswer, reach, request, wentAway } from './connection.js';
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
 * A `Failure` of the lab arrives as the same `Failure`; throws a `Failure`: 5 if the lab goes away before it answers,
 * 8 if it does not answer in time.
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
  let hasBegun = false;
  const end = (): void => void socket.destroy();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  else request(socket, method, params);
  try {
    for await (const { result, params: told } of messages(socket, instance)) {
      answered();
      if (hasBegun ? !isNotificationOf(method, told) : !isResultOf(method, params, result))
        throw noAnswer(instance);
      if (hasBegun) await follower.event(told as EventRecord);
      else follower.began(result as MonitorResult);
      hasBegun = true;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    answered();
    signal.removeEventListener('abort', end);
    socket.destroy();
  }
  if (signal.aborted) return 'aborted';
  if (!hasBegun) throw await wentAway(instance);
  return 'stopped';
};
