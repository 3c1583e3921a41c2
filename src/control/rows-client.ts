import { Failure } from '../failure.js';
import type { Shown, ShowWhat } from '../observe/shown.js';
import {
  answerIn,
  type Instance,
  isClosing,
  LONGEST_ANSWER,
  noAnswer,
  reach,
  request,
  wentAway,
} from './connection.js';
import { ListAnswer } from './list-answer.js';
import type { ShowExchange } from './protocol.js';

/** The subjects that are lists. */
type ListWhat = { [What in ShowWhat]: Shown[What] extends readonly unknown[] ? What : never }[ShowWhat];

/**
 * Asks a running lab for a list, and gives its rows as they arrive, some at a time.
 *
 * It fails as `callInstance` does, also when rows have come already; `patience` is for each piece of the answer. In
 * milliseconds.
 */
export async function* askForRows<What extends ListWhat>(
  instance: Instance,
  params: ShowExchange<What>['params'],
  patience: number,
): AsyncGenerator<Shown[What], void> {
  const { name } = instance;
  const socket = await reach(instance);
  const answer = new ListAnswer();
  let isBegun = false;
  const late = (): Failure =>
    new Failure(8, `${name} ${isBegun ? 'sent no more' : 'did not answer'} within ${patience / 1000} s`);
  const timer = whileWaiting(patience, () => socket.destroy(late()));
  try {
    request(socket, 'show', params);
    for await (const octets of socket as AsyncIterable<Uint8Array>) {
      isBegun = true;
      timer.pause();
      const rows = takenFrom(answer, octets, instance);
      if (rows.length > 0) yield rows as unknown as Shown[What];
      if (answer.isWhole) {
        if (Array.isArray(answerIn(answer.rest, instance).result)) return;
        throw noAnswer(instance);
      }
      if (answer.heldLength > LONGEST_ANSWER) throw noAnswer(instance);
      timer.resume();
    }
  } catch (error) {
    if (!isClosing(error)) throw error;
  } finally {
    timer.pause();
    socket.destroy();
  }
  throw await wentAway(instance, isBegun ? 'had answered all' : 'answered');
}

const takenFrom = (answer: ListAnswer, octets: Uint8Array, instance: Instance): readonly unknown[] => {
  try {
    const rows = answer.take(octets);
    if (!rows.includes(null)) return rows;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw noAnswer(instance);
};

/** Calls back when there was nothing to do for so long; what is done meanwhile may take its time. */
const whileWaiting = (patience: number, action: () => void) => {
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  const wait = (length: number): void => {
    timer = setTimeout(() => {
      // Where a write held the whole process, the timer is over before what has come meanwhile is read.
      const left = since + patience - performance.now();
      if (left > 0) wait(left);
      else action();
    }, length);
  };
  const resume = (): void => {
    since = performance.now();
    timer ?? wait(patience);
  };
  const pause = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  resume();
  return { resume, pause };
};
