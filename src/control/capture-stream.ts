import { isResultOf } from './answer-shapes.js';
import type { CaptureParams, CaptureResult } from './capture.js';
import {
  answerIn,
  endIfLate,
  type Instance,
  isClosing,
  LONGEST_ANSWER,
  noAnswer,
  reach,
  request,
  wentAway,
} from './connection.js';

const NEWLINE = 0x0a;

/** A capture of a running lab, as it comes. */
export interface CaptureStream {
  readonly result: CaptureResult;
  /** The octets of a pcapng file, in pieces of any length, until the capture has ended. */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Has the lab end it: what it has still comes. */
  end(): void;
  /** Ends it at once. */
  destroy(): void;
}

/**
 * Begins a capture.
 *
 * A `Failure` of the lab arrives as the same `Failure`; throws a `Failure`: 5 if nobody is there, 8 if no answer comes
 * in time; and the reason of `signal` if that is aborted before.
 */
export const captureFrom = async (
  instance: Instance,
  params: CaptureParams,
  signal: AbortSignal,
): Promise<CaptureStream> => {
  const socket = await reach(instance);
  const answered = endIfLate(socket, instance);
  const leave = (): void => void socket.destroy(signal.reason);
  signal.addEventListener('abort', leave);
  if (signal.aborted) leave();
  request(socket, 'capture', params);
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array>;
  const held: Uint8Array[] = [];
  let heldLength = 0;
  try {
    for (;;) {
      const next = await chunks.next();
      if (next.done === true) break;
      const end = next.value.indexOf(NEWLINE);
      held.push(end === -1 ? next.value : next.value.subarray(0, end));
      heldLength += held.at(-1)!.length;
      if (heldLength > LONGEST_ANSWER) throw noAnswer(instance);
      if (end === -1) continue;
      const { result } = answerIn(Buffer.concat(held).toString('utf8'), instance);
      if (!isResultOf('capture', params, result)) throw noAnswer(instance);
      return {
        result: result as CaptureResult,
        pieces: piecesOf(next.value.subarray(end + 1), chunks),
        end: () => void socket.end(),
        destroy: () => void socket.destroy(),
      };
    }
  } catch (error) {
    socket.destroy();
    if (!isClosing(error)) throw error;
  } finally {
    answered();
    signal.removeEventListener('abort', leave);
  }
  socket.destroy();
  throw await wentAway(instance);
};

/** A lab that is killed ends its stream, too. */
async function* piecesOf(
  first: Uint8Array,
  rest: AsyncIterableIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  if (first.length > 0) yield first;
  try {
    yield* rest;
  } catch (error) {
    if (!isClosing(error) && (error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE')
      throw error;
  }
}
