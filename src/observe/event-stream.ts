import type { Event, EventType, Observer } from '../event.js';

/**
 * One observer that stands for any number of others, which come and go.
 *
 * Each is asked which types it wants; while none wants a type, no event of it is built.
 */
export class EventStream implements Observer {
  readonly #observers: Set<Observer>;

  constructor(...observers: readonly Observer[]) {
    this.#observers = new Set(observers);
  }

  /** Adds an observer; the function returned removes it. */
  add(observer: Observer): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  wants(type: EventType): boolean {
    for (const observer of this.#observers) if (observer.wants(type)) return true;
    return false;
  }

  notify(event: Event): void {
    for (const observer of this.#observers) if (observer.wants(event.type)) observer.notify(event);
  }
}
