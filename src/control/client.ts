import type { Socket } from 'node:net';
import type { ShowWhat } from '../observe/shown.js';
import { isResultOf } from './answer-shapes.js';
import {
  endIfLate,
  type Instance,
  type Message,
  messages,
  noAnswer,
  PATIENCE,
  reach,
  request,
  wentAway,
} from './connection.js';
import type { ControlMethod, ControlProtocol, ShowExchange } from './protocol.js';

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
  const conversation = new Conversation(instance);
  try {
    return await conversation.call(method, params, timeout);
  } finally {
    conversation.end();
  }
}

/** A lab that has too many connections ends those that have been silent longest: before that, ours goes. In milliseconds. */
const LONGEST_SILENCE = 100;

interface Open {
  readonly socket: Socket;
  readonly answers: AsyncIterator<Message>;
}

/** Asks a running lab one thing after another, by one connection as long as they follow each other closely. */
export class Conversation {
  readonly #instance: Instance;
  #open: Open | undefined;
  #silence: NodeJS.Timeout | undefined;

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  /** As {@link callInstance}; the next one only when this one is answered. */
  async call<Method extends ControlMethod>(
    method: Method,
    params: ControlProtocol[Method]['params'],
    timeout: number = PATIENCE,
  ): Promise<ControlProtocol[Method]['result']> {
    clearTimeout(this.#silence);
    const { name } = this.#instance;
    const { socket, answers } = this.#open ?? (await this.#begin());
    const answered = endIfLate(socket, { name }, timeout);
    try {
      request(socket, method, params);
      const { value, done } = await answers.next();
      if (done) throw await wentAway(this.#instance);
      if (!isResultOf(method, params, value.result)) throw noAnswer(this.#instance);
      this.#silence = setTimeout(() => this.end(), LONGEST_SILENCE);
      return value.result as ControlProtocol[Method]['result'];
    } catch (error) {
      this.end();
      throw error;
    } finally {
      answered();
    }
  }

  /** Closes the connection; whoever asks again gets another. */
  end(): void {
    clearTimeout(this.#silence);
    this.#open?.socket.destroy();
    this.#open = undefined;
  }

  async #begin(): Promise<Open> {
    const socket = await reach(this.#instance);
    this.#open = { socket, answers: messages(socket, this.#instance) };
    return this.#open;
  }
}
