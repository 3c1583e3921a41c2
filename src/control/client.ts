import { Failure } from '../failure.js';
import type { ShowWhat } from '../observe/shown.js';
import { cleanUp, type Instance, messages, reach, request } from './connection.js';
import type { ControlMethod, ControlProtocol, ShowExchange } from './protocol.js';

/** How long to wait for an answer by default, in milliseconds. */
const PATIENCE = 5000;

/**
 * Asks a running lab one thing, and returns its answer.
 *
 * A `Failure` of the lab arrives as the same `Failure`. Throws a `Failure` (5) if nobody is there, and (8) if no
 * answer comes within `timeout` milliseconds.
 */
export function callInstance<What extends ShowWhat>(
  instance: Instance,
  method: 'show',
  params: ShowExchange<What>['params'],
  timeout?: number,
): Promise<ShowExchange<What>['result']>;
export function callInstance<Method extends ControlMethod>(
  instance: Instance,
  method: Method,
  params: ControlProtocol[Method]['params'],
  timeout?: number,
): Promise<ControlProtocol[Method]['result']>;
export async function callInstance(
  instance: Instance,
  method: ControlMethod,
  params: ControlProtocol[ControlMethod]['params'],
  timeout: number = PATIENCE,
): Promise<unknown> {
  const { name } = instance;
  const socket = await reach(instance);
  const late = new Failure(8, `${name} did not answer within ${timeout / 1000} s`);
  const timer = setTimeout(() => socket.destroy(late), timeout);
  try {
    request(socket, method, params);
    for await (const { result } of messages(socket, instance)) return result;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  throw new Failure(5, `${name} went away before it answered`, cleanUp(name));
}
