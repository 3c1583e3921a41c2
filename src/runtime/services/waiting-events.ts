import type { Event, EventType } from '../../event.js';
import { type EventFields, eventFieldsOf } from '../../observe/event-record.js';
import type { Instant } from '../../time.js';

/** An event as it waits: what it says of a datagram was read while that was there. */
export interface WaitingEvent {
  readonly type: EventType;
  readonly time: Instant;
  readonly fields: EventFields;
}

/** Events that were left out in a row, by type. */
export type LeftOut = ReadonlyMap<EventType, number>;

/** So many wait at most: a few megabytes. */
const MOST = 8192;

/** Events in their order, until there is time to tell them; where they become too many, the last ones are left out, and counted. */
export class WaitingEvents {
  readonly #most: number;
  #waiting: WaitingEvent[] = [];
  /** How many of them were taken. */
  #taken = 0;
  /** Since it was full: nothing waits behind what was left out. */
  #leftOut = new Map<EventType, number>();

  constructor(most = MOST) {
    this.#most = most;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(event: Event): void {
    const { type, time } = event;
    if (this.#leftOut.size === 0 && this.#waiting.length < this.#most)
      this.#waiting.push({ type, time, fields: eventFieldsOf(event) });
    else this.#leftOut.set(type, (this.#leftOut.get(type) ?? 0) + 1);
  }

  /** The next event; behind the last one, those that were left out. Undefined if there are none. */
  take(): WaitingEvent | LeftOut | undefined {
    const next = this.#waiting[this.#taken];
    if (next !== undefined) {
      this.#taken += 1;
      if (this.#taken === this.#waiting.length && this.#leftOut.size === 0) this.#clear();
      return next;
    }
    const leftOut = this.#leftOut;
    this.#clear();
    return leftOut.size === 0 ? undefined : leftOut;
  }

  #clear(): void {
    this.#waiting = [];
    this.#taken = 0;
    this.#leftOut = new Map();
  }
}
