import { Failure } from '../failure.js';
import { cleanUp, type Instance, messages, reach, request } from './connection.js';
import type { ControlMethod, ControlProtocol } from './protocol.js';

/** How long an answer may take, unless told. In milliseconds. */
const PATIENCE = 5000;

/**
 * Asks a running lab one thing, and gives its answer.
 *
 * A `Failure` of the lab arrives as the same `Failure`. Nobody there is a `Failure` (5), no answer within
 * `timeout` milliseconds one (8).
 */
export const callInstance = async <Method extends ControlMethod>(
  instance: Instance,
  method: Method,
  params: ControlProtocol[Method]['params'],
  timeout: number = PATIENCE,
): Promise<ControlProtocol[Method]['result']> => {
  const { name } = instance;
  const socket = await reach(instance);
  const late = new Failure(8, `${name} did not answer within ${timeout / 1000} s`);
  const timer = setTimeout(() => socket.destroy(late), timeout);
  try {
    request(socket, method, params);
    for await (const { result } of messages(socket, instance))
      return result as ControlProtocol[Method]['result'];
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  throw new Failure(5, `${name} went away before it answered`, cleanUp(name));
};
