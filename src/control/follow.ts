import { JSONRPCErrorException } from 'json-rpc-2.0';
import { asFailure, type Instance, LONGEST_ANSWER, reach } from './client.js';
import { splitLines, TOO_LONG } from './lines.js';
import type { EventRecord, MonitorParams, MonitorResult } from './protocol.js';

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
  else socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'monitor', params })}\n`);
  try {
    for await (const line of splitLines(socket, LONGEST_ANSWER)) {
      if (line === TOO_LONG) break;
      const told = JSON.parse(line) as Told;
      if (told.error !== undefined) {
        const { message, code, data } = told.error;
        throw asFailure(new JSONRPCErrorException(message, code, data), instance);
      }
      if (told.result !== undefined) follower.began(told.result);
      else if (told.params !== undefined) await follower.event(told.params);
    }
  } catch (error) {
    if (!signal.aborted && (error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
  } finally {
    signal.removeEventListener('abort', end);
    socket.destroy();
  }
  return signal.aborted ? 'aborted' : 'stopped';
};

/** A response, or a notification. */
interface Told {
  readonly result?: MonitorResult;
  readonly params?: EventRecord;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}
